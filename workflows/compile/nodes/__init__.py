"""One file for each kind of node."""
