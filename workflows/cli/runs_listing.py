"""`antiphon runs list`: a table, and the same for programs."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from ...tools.base.printable import printable
from ..spec.width import width
from .runs_facts import Line
from .runs_told import status_told

HEAD = ("run", "workflow", "status", "began", "worked", "waits for")


def table(lines: Sequence[Line], columns: int) -> Iterator[str]:
    """The runs as lines of text.

    Args:
        columns: How wide the screen is; 0 where nothing is to be cut.
    """
    rows = [HEAD, *(_cells(line) for line in lines)]
    widths = [max(width(row[i]) for row in rows) for i in range(len(HEAD) - 1)]
    for row in rows:
        begin = "  ".join(padded(cell, wide) for cell, wide in zip(row[:-1], widths, strict=True))
        yield cut(f"{begin}  {row[-1]}".rstrip(), columns)


def as_json(line: Line) -> dict[str, Any]:
    """A run for programs; times are seconds since 1970."""
    row = line.row
    return {
        "id": row.id,
        "workflow": row.workflow,
        "status": line.status,
        "thread": row.thread,
        "parent": row.parent,
        "created": row.created,
        "began": row.began or None,
        "ended": row.ended or None,
        "worked_s": round(worked(line), 3),
        "steps": row.steps,
        "tokens": row.tokens,
        "about": line.about,
    }


def worked(line: Line) -> float:
    """Seconds a run was worked at, up to now where somebody does."""
    noted = max(line.row.spent.get("noted", 0.0), line.row.claimed)
    return line.row.seconds + (max(time.time() - noted, 0) if line.is_held else 0)


def when(seconds: float) -> str:
    """A time of this place."""
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M")


def lasted(seconds: float) -> str:
    """A length of time: 0.3 s, 12 min, 3 h 5 min."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def padded(text: str, columns: int) -> str:
    """A text and spaces up to a width on the screen."""
    return text + " " * (columns - width(text))


def cut(text: str, columns: int) -> str:
    """A text on one line, no wider than the screen."""
    text = " ".join(printable(text).split("\n"))
    if not columns or width(text) <= columns:
        return text
    while width(text) > columns - 1:
        text = text[: -max(1, (width(text) - columns) // 2)]
    return f"{text.rstrip()}…"


def _cells(line: Line) -> tuple[str, ...]:
    row = line.row
    about = " ".join(line.about.split())
    took = lasted(worked(line)) if row.epoch else ""
    return (row.id, row.workflow, status_told(row, line.is_held), when(row.began or row.created), took, about)
