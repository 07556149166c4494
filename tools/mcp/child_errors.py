"""What a child process writes to stderr: not on the user's screen, but its last words at hand if it fails."""

import os
import threading
from contextlib import suppress
from typing import TextIO

KEPT = 2_000
"""Bytes."""


class LastWords:
    """A file for a child to write to; what came last is `text`."""

    def __init__(self) -> None:
        self._read, write = os.pipe()
        self.file: TextIO = os.fdopen(write, "w")
        self._kept = b""
        self._ended = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """Our own end of it; the child may go on writing to its own."""
        with suppress(OSError):
            self.file.close()

    def text(self) -> str:
        """The last line that says something."""
        self._ended.wait(0.2)
        lines = self._kept.decode(errors="replace").splitlines()
        said = [line.strip() for line in lines if line.strip()]
        return "".join(char for char in said[-1] if char.isprintable())[:300] if said else ""

    def _listen(self) -> None:
        while True:
            try:
                data = os.read(self._read, 65_536)
            except OSError:
                break
            if not data:
                break
            self._kept = (self._kept + data)[-KEPT:]
        os.close(self._read)
        self._ended.set()
