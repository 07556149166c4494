"""What is told while files are fetched or checked."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Step:
    """How far one file is.

    Attributes:
        file: Its name, "" when the note is about the whole model.
        done, total: Bytes.
        doing: "fetching" or "checking".
        source: Where the bytes come from: "the hub", "wheels", or "disk".
        note: Something a person should know, as a sentence; "" for mere progress.
    """

    file: str = ""
    done: int = 0
    total: int = 0
    doing: str = "fetching"
    source: str = ""
    note: str = ""


class Progress(Protocol):
    """Somebody who wants to know."""

    def report(self, step: Step) -> None:
        """Take note of a step; called many times a second, so it must be quick."""
        ...


class Silent:
    """Tells nobody."""

    def report(self, step: Step) -> None:
        """Do nothing."""


SILENT = Silent()


def human(size: int) -> str:
    """A size in bytes as people write it: `2.3 kB`, `491 MB`, `1.1 GB` (powers of ten)."""
    value, units = float(size), ["B", "kB", "MB", "GB"]
    while value >= 999.5 and len(units) > 1:
        value /= 1000
        units.pop(0)
    digits = 1 if value < 9.95 and units[0] != "B" else 0
    return f"{value:.{digits}f} {units[0]}"
