"""The embedded server: llama.cpp in a child process on this machine, shared by every command."""
