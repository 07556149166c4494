"""Articles as passages with sources, the search over them, and the evidence a small model is given."""
