"""'Did you mean', from the names that exist."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint for an unknown name: the nearest one if any is near, then all of them (at most 12)."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    listed = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    guess = f"Did you mean {near[0]!r}? " if near else ""
    return f"{guess}Known: {listed}." if names else guess.strip()
