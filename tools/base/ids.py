"""Names for what is kept: sorted by time where order matters, short where people type them."""

import secrets
import threading
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter that is taken for a number."""
_lock = threading.Lock()
_last = 0


def sorted_id() -> str:
    """26 letters and digits: 48 bits of milliseconds and 80 of chance, as a ULID, in the order they are made.

    Two made in one process never sort the wrong way round; two made in different ones may, within a millisecond.
    Source: https://github.com/ulid/spec
    """
    global _last
    with _lock:
        fresh = (time.time_ns() // 1_000_000 << 80) | secrets.randbits(79)
        _last = fresh if fresh > _last else _last + 1 + secrets.randbits(40)
        return _written(_last, 26)


def short_id() -> str:
    """Nine characters to type, of 40 bits of chance: `fq3k-7mzt`."""
    letters = _written(secrets.randbits(40), 8)
    return f"{letters[:4]}-{letters[4:]}"


def _written(number: int, length: int) -> str:
    return "".join(_ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(length)))
