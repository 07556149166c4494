"""What is kept of finished runs: one SQLite file for each workflow, which only this user may read.

What is deleted is gone from the bytes of the files, not only from their index.
"""

import json
import os
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ...tools.base.errors import StorageError
from ...tools.base.places import data_folder
from ...tools.base.writing import storage_errors

WAIT_S = 20.0
"""How long one process waits for another to finish writing."""

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


def records_of(workflow: str) -> "Records":
    """The records of the workflow of that name, in this user's data folder."""
    return Records(data_folder() / "records" / f"{workflow}.sqlite")


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
        with self._opened() as database, _transaction(database):
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
            with _transaction(database):
                database.executemany("DELETE FROM runs WHERE id = ?", [(row.id,) for row in rows])
            database.execute("VACUUM")
            busy = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise StorageError(
                "the words are deleted, but another program keeps them in the file's log",
                at=str(self.path),
                hint="Close it and delete once more",
            )

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with storage_errors(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))  # its log files take over this mode
        try:
            with closing(sqlite3.connect(self.path, timeout=WAIT_S, isolation_level=None)) as database:
                for setting in ("secure_delete=ON", "temp_store=MEMORY"):
                    database.execute(f"PRAGMA {setting}")
                _prepare(database)
                yield database
        except sqlite3.Error as error:
            raise _storage_error(error, self.path) from error


def _prepare(database: sqlite3.Connection) -> None:
    if database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'runs'").fetchone()[0]:
        return
    with _transaction(database):  # under the write lock: of several first writers one makes the table
        database.execute(_TABLE)
    database.execute("PRAGMA journal_mode=WAL")


@contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[None]:
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def _storage_error(error: sqlite3.Error, path: Path) -> StorageError:
    reason = str(error)
    hint = "Try again"
    if "not a database" in reason or "malformed" in reason or "no such column" in reason:
        reason, hint = f"this is no record of ours, or it is damaged: {reason}", "Move it away; a new one will be made"
    elif "full" in reason:
        hint = "Free some space"
    elif "readonly" in reason or "unable to open" in reason:
        hint = "Change its permissions, or those of its folder"
    return StorageError(reason, at=str(path), hint=hint)


def _text_of(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds")


def _row(columns: tuple[Any, ...]) -> Row:
    number, workflow, conversation, began, seconds, outcome, values = columns
    return Row(workflow, datetime.fromisoformat(began), seconds, outcome, json.loads(values), conversation, number)
