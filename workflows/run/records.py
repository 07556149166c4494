"""What is kept of finished runs: one SQLite file for each workflow, which only this user may read.

What is deleted is gone from the bytes of the files, not only from their index.
"""

import json
import sqlite3
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ...tools.base.places import data_folder
from ...tools.base.private_file import opened, purge, transaction

_TABLE = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY,
    workflow TEXT NOT NULL,
    conversation TEXT NOT NULL,
    began TEXT NOT NULL,
    seconds REAL NOT NULL,
    outcome TEXT NOT NULL,
    kept TEXT NOT NULL
)
"""
_COLUMNS = "id, workflow, conversation, began, seconds, outcome, kept"


@dataclass(frozen=True, slots=True)
class Row:
    """One finished run.

    Attributes:
        began: With its time zone, which is UTC in what is read.
        seconds: From the beginning to the end of the run.
        outcome: What the workflow calls its end, "" if it does not say.
        values: What the workflow's `record` declares, and what was noted on the way.
        conversation: Joins the turns of one conversation; "" for a run alone.
        id: 0 before the row is kept.
    """

    workflow: str
    began: datetime
    seconds: float
    outcome: str
    values: Mapping[str, Any]
    conversation: str = ""
    id: int = 0


def records_of(workflow: str, folder: Path | None = None) -> "Records":
    """The records of the workflow of that name, in a data folder; by default this user's."""
    return Records((folder or data_folder()) / "records" / f"{workflow}.sqlite")


class Records:
    """Finished runs in one file; any number of processes may write at once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, row: Row) -> None:
        """Keep a run. Values that JSON has no form for, such as sound, are left out.

        Raises:
            StorageError: it cannot be written.
        """
        began = _text_of(row.began)
        values = json.dumps(dict(row.values), ensure_ascii=False, default=lambda _: None).encode(errors="replace")
        columns = (row.workflow, row.conversation, began, row.seconds, row.outcome, values.decode())
        with self._opened() as database, transaction(database):
            database.execute(
                "INSERT INTO runs (workflow, conversation, began, seconds, outcome, kept) VALUES (?, ?, ?, ?, ?, ?)",
                columns,
            )

    def rows(self, since: datetime | None = None, until: datetime | None = None) -> list[Row]:
        """The runs that began at `since` or later and before `until`, the earliest first.

        Raises:
            StorageError: the file cannot be read.
        """
        if not self.path.exists():
            return []
        begin, end = (_text_of(since) if since else ""), (_text_of(until) if until else "~")
        with self._opened() as database:
            found = database.execute(
                f"SELECT {_COLUMNS} FROM runs WHERE began >= ? AND began < ? ORDER BY began, id", (begin, end)
            ).fetchall()
        return [_row(columns) for columns in found]

    def delete(self, rows: Collection[Row]) -> None:
        """Remove runs for good: afterwards no file of this record holds their words.

        Raises:
            StorageError: it cannot be written, or another program keeps the file open for longer than it should.
        """
        if not rows:
            return
        with self._opened() as database:
            with transaction(database):
                database.executemany("DELETE FROM runs WHERE id = ?", [(row.id,) for row in rows])
            purge(database, self.path)

    def _opened(self) -> AbstractContextManager[sqlite3.Connection]:
        return opened(self.path, "runs", _TABLE)


def _text_of(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds")


def _row(columns: tuple[Any, ...]) -> Row:
    number, workflow, conversation, began, seconds, outcome, values = columns
    return Row(workflow, datetime.fromisoformat(began), seconds, outcome, json.loads(values), conversation, number)
