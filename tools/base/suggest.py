"""'Did you mean', from the names that exist."""

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

_MANY = 12


def is_near(name: str, other: str) -> bool:
    """Whether one is a misspelling of the other."""
    return bool(get_close_matches(name, [other], n=1))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint for an unknown name: the nearest one if any is near, then all of them, or the 12 nearest."""
    names = sorted(known)
    nearest = guess(name, names)
    if len(names) > _MANY:
        names = sorted(names, key=lambda one: -SequenceMatcher(None, name.lower(), one.lower()).ratio())
    listed = ", ".join(names[:_MANY]) + (", ..." if len(names) > _MANY else ".")
    return f"{nearest}Known: {listed}" if names else ""


def guess(name: str, known: Iterable[str]) -> str:
    """The nearest name as a question, with a space behind it; "" where none is near."""
    names = sorted(known)
    small = {one.lower(): one for one in names}
    near = get_close_matches(name, names, n=1) or [
        small[one] for one in get_close_matches(name.lower(), small, n=1, cutoff=0.8)
    ]
    return f"Did you mean {near[0]!r}? " if near else ""
