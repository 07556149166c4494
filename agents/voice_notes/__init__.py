"""Voice messages as chats hand them over and take them: their formats, lengths and sizes."""
