"""Notes that workflows keep on this machine, found again by their words, their subject and their time.

One SQLite file, which only this user may read. There is no index: the words live in one place, so what a person
deletes is gone, and a search looks through the notes it may find in memory (10,000 in less than a second).
"""

import sqlite3
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ...tools.base.private_file import opened, purge, transaction
from ...tools.knowledge.words import tokens, units

_TABLE = """
CREATE TABLE IF NOT EXISTS notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow TEXT NOT NULL,
    store TEXT NOT NULL,
    about TEXT NOT NULL,
    subject TEXT NOT NULL,
    written TEXT NOT NULL,
    words TEXT NOT NULL,
    made_by TEXT UNIQUE
);
CREATE INDEX IF NOT EXISTS notes_by_time ON notes (workflow, store, written)
"""
_COLUMNS = "id, workflow, store, subject, written, words"
FILE = "notes.sqlite"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that was kept.

    Attributes:
        workflow: Who kept it: no other workflow finds it.
        subject: Whom or what it is about; "" if nobody said.
        when: When it was kept, with its time zone, which is UTC in what is read.
        id: 0 before it is kept.
        key: Names what keeps it, so that it is kept once, however often that happens; "" for every time.
    """

    workflow: str
    store: str
    text: str
    subject: str = ""
    when: datetime = field(default_factory=lambda: datetime.now(UTC))
    id: int = 0
    key: str = field(default="", compare=False)


class Notes:
    """Notes in one file; any number of processes may write at once.

    Args:
        path: The file; it is made when the first note is kept.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep(self, note: Note) -> int:
        """Keep a text for good, and give its number.

        Raises:
            StorageError: it cannot be written.
        """
        texts = (note.workflow, note.store, _key(note.subject), note.subject, _text_of(note.when), note.text)
        columns = [text.encode(errors="replace").decode() for text in texts]
        statement = (
            "INSERT INTO notes (workflow, store, about, subject, written, words, made_by) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (made_by) DO UPDATE SET made_by = excluded.made_by RETURNING id"
        )
        with self._opened() as database, transaction(database):
            return int(database.execute(statement, [*columns, note.key or None]).fetchone()[0])

    def find(
        self,
        workflow: str,
        store: str,
        *,
        words: str = "",
        subject: str = "",
        last: int = 5,
        since: datetime | None = None,
    ) -> list[Note]:
        """What a workflow kept, the latest last.

        Args:
            words: Notes with some of these words; where more than `last` have some, those with the most, and of
                equals the latest. Words any question may have are not looked for; English ones are found in each
                of their forms. "" finds every note.
            subject: Only what is about this; the size of letters does not matter.
            last: So many at most.
            since: Only what was kept then or later.
        Raises:
            StorageError: the file cannot be read.
        """
        asked = {"workflow": workflow, "store": store} | ({"about": _key(subject)} if subject.strip() else {})
        found = self._read(asked, since)
        hits = _hits(found, words)
        best = sorted(hits, key=lambda note: (hits[note], note.when, note.id))[-last:] if last > 0 else []
        return sorted(best, key=lambda note: (note.when, note.id))

    def all(self, *, workflow: str = "", subject: str = "", words: Sequence[str] = ()) -> list[Note]:
        """Every note, of every workflow unless one is named, the earliest first.

        Args:
            words: Only notes with each of these in their text or subject, as they are written.
        Raises:
            StorageError: the file cannot be read.
        """
        asked = {"workflow": workflow} if workflow else {}
        found = self._read(asked | ({"about": _key(subject)} if subject.strip() else {}), None)
        wanted = [_key(word) for word in words]
        return [note for note in found if all(word in _key(f"{note.subject} {note.text}") for word in wanted)]

    def delete(self, ids: Collection[int]) -> None:
        """Remove notes for good: afterwards no file holds their words.

        Raises:
            StorageError: it cannot be written, or another program keeps the file open for longer than it should.
        """
        if not ids or not self.path.exists():
            return
        with self._opened() as database:
            with transaction(database):
                database.executemany("DELETE FROM notes WHERE id = ?", [(one,) for one in ids])
            purge(database, self.path)

    def _read(self, asked: Mapping[str, str], since: datetime | None) -> list[Note]:
        if not self.path.exists():
            return []
        conditions = ["written >= ?", *(f"{column} = ?" for column in asked)]
        values = [_text_of(since) if since else "", *asked.values()]
        with self._opened() as database:
            rows = database.execute(
                f"SELECT {_COLUMNS} FROM notes WHERE {' AND '.join(conditions)} ORDER BY written, id", values
            ).fetchall()
        return [_note(row) for row in rows]

    def _opened(self) -> AbstractContextManager[sqlite3.Connection]:
        return opened(self.path, "notes", _TABLE)


def _hits(notes: Sequence[Note], words: str) -> dict[Note, int]:
    """Each note that has some of the words, with how many of them; every note where no word is to be looked for."""
    wanted = units(words)
    if not wanted:
        return dict.fromkeys(notes, 0)
    found: dict[Note, int] = {}
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE VIRTUAL TABLE words USING fts5(said, tokenize = 'porter unicode61')")
        database.executemany(
            "INSERT INTO words (rowid, said) VALUES (?, ?)",
            ((i, " ".join(tokens(f"{note.subject} {note.text}"))) for i, note in enumerate(notes, 1)),
        )
        for unit in wanted:
            phrases = " OR ".join(f'"{phrase}"' for phrase in unit.phrases)
            for (row,) in database.execute("SELECT rowid FROM words WHERE words MATCH ?", (phrases,)):
                found[notes[row - 1]] = found.get(notes[row - 1], 0) + 1
    return found


def _key(subject: str) -> str:
    """A subject as it is compared."""
    return " ".join(unicodedata.normalize("NFKC", subject).casefold().split())


def _text_of(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds")


def _note(row: tuple[Any, ...]) -> Note:
    number, workflow, store, subject, written, words = row
    return Note(workflow, store, words, subject, datetime.fromisoformat(written), number)
