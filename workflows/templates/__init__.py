"""What a project begins with: `antiphon new NAME --template chat`."""
