"""A parent's view of a tutor's record: what was asked, answered, refused and why, sources, time spent."""
