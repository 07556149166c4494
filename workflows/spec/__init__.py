"""The workflow file as types: reading it with positions, checking it, its expressions and templates."""
