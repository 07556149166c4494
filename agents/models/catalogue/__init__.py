"""Model files: what is known, fetched, verified and found."""
