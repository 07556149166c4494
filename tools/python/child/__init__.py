"""What runs inside the child process; it imports little, and nothing of the rest."""
