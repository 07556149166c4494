"""Words in, sound out: clauses, reading aloud, voices."""
