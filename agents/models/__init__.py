"""Chat models over any OpenAI-compatible server, the embedded server, the scripted fake, the catalogue."""
