"""What is wrong with files, told to people and to programs."""
