"""First floor: one mind."""
