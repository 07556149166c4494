"""What everyone stands on: the error tree, engines found by name, files read and written safely."""
