"""The timeline: what was said and done, in order; words live here and only here."""
