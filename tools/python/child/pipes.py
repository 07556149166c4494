"""Messages from the parent: four bytes of length, then so many bytes."""

import os


def message(source: int) -> bytes:
    """The next message; b"" where the parent has gone."""
    head = _exactly(source, 4)
    return _exactly(source, int.from_bytes(head, "little")) if len(head) == 4 else b""


def _exactly(source: int, size: int) -> bytes:
    got = b""
    while len(got) < size and (more := os.read(source, min(size - len(got), 1 << 20))):
        got += more
    return got
