"""Where a problem is, taken apart, and the line that is meant."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ...tools.base.errors import Problem
from ...tools.base.yaml_syntax import lines_of

_AT = re.compile(
    r"(?P<file>.+?)(?::(?P<line>[0-9]+):(?P<column>[0-9]+))?(?: \(template line (?P<inner>[0-9]+)\))?", re.S
)
_TOKEN = re.compile(r"""'(?:''|[^'])*'|"(?:\\.|[^"\\])*"|\$\{[^}]*\}|[\w.\-]+""")
MAX_SHOWN = 1_000_000
"""Characters of a file that are looked at for the line of a problem."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file; line and column count from 1, columns in code points, and are 0 where they are not known."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"


def place(problem: Problem) -> Place:
    """The place a problem names."""
    found = _AT.fullmatch(problem.at)
    if found is None:
        return Place(problem.at)
    if found["line"] is None and found["inner"] is not None:  # the file is the template
        return Place(found["file"], int(found["inner"]))
    return Place(found["file"], int(found["line"] or 0), int(found["column"] or 0))


def in_words(problem: Problem) -> str:
    """What is wrong and the way out, as sentences, without the place and the code."""
    return str(replace(problem, at="", code="")).removeprefix(": ")


class Lines:
    """The lines of the files that problems are in, each read once."""

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        self._known = {name: lines_of(text) for name, text in (given or {}).items()}

    def at(self, place: Place) -> str:
        """The line of a place; "" where it cannot be shown."""
        if place.file not in self._known:
            self._known[place.file] = _read(Path(place.file))
        lines = self._known[place.file]
        return lines[place.line - 1] if 0 < place.line <= len(lines) else ""

    def width(self, problem: Problem) -> int:
        """How many characters a problem means: what it says, else the word or the text in quotes at its place."""
        if problem.width:
            return problem.width
        where = place(problem)
        token = _TOKEN.match(self.at(where), max(where.column - 1, 0)) if where.column else None
        return len(token[0]) if token else 1


def _read(path: Path) -> list[str]:
    try:
        if path.is_fifo():  # opening it would wait for somebody who writes
            return []
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            return lines_of(file.read(MAX_SHOWN))
    except (OSError, ValueError):
        return []
