"""The code interpreter: Python in a child process that reaches nothing but its own folder."""
