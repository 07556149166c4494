"""Conversations as files: what is said, what must come of it, played with a script or with a real model."""
