"""Where knowledge is kept: documents, their passages, words and vectors, in one SQLite file.

A base is a set of documents that are searched together: what a family added, or the folder of a workflow.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from ..base.errors import EngineError, StorageError
from ..base.private_file import make
from .embedding import Embed
from .passages import Article, Passage, in_context, split
from .vectors import key, packed
from .words import tokens

_VERSION = 2
_TABLES = """
CREATE TABLE documents (
    id INTEGER PRIMARY KEY, base TEXT NOT NULL, source TEXT NOT NULL, stamp TEXT NOT NULL, hash TEXT NOT NULL,
    article TEXT NOT NULL, title TEXT NOT NULL, language TEXT NOT NULL, also TEXT NOT NULL,
    further_reading TEXT NOT NULL, added TEXT NOT NULL, UNIQUE (base, source)
);
CREATE TABLE origins (base TEXT NOT NULL, prefix TEXT NOT NULL, path TEXT NOT NULL, UNIQUE (base, prefix));
CREATE TABLE passages (
    id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    heading TEXT NOT NULL, text TEXT NOT NULL, source TEXT NOT NULL, model TEXT NOT NULL, vectors BLOB
);
CREATE INDEX of_document ON passages (document);
CREATE VIRTUAL TABLE words USING fts5 (title, heading, text, tokenize = 'porter unicode61');
CREATE VIRTUAL TABLE names USING fts5 (name, document UNINDEXED, length UNINDEXED, tokenize = 'porter unicode61');
"""
_BATCH = 32
"""Sentences embedded between two commits: about a third of a second of work is lost at most."""


@dataclass(frozen=True, slots=True)
class Document:
    """What is kept of a document beside its text.

    Attributes:
        stamp: Size and time of change of its file: while they are the same it is not read again.
        hash: SHA-256 of its bytes: while it is the same it is not split again.
        added: When, as UTC in ISO 8601.
    """

    source: str
    stamp: str
    hash: str
    title: str
    language: str
    added: str
    passages: int


class Store:
    """The file. Close it, or use it in a `with` block. Any thread may ask; other processes may read meanwhile.

    A thread that is at work when it is closed meets a StorageError at its next step: SQLite would crash otherwise.

    Raises:
        StorageError: the file cannot be made, or is no knowledge file.
        EngineError: this Python's SQLite was built without FTS5.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._closed = False
        if path is not None:
            make(path)
        try:
            self.db = sqlite3.connect(path or ":memory:", timeout=30, check_same_thread=False, isolation_level=None)
        except sqlite3.Error as error:
            raise _storage_error(error, path) from error
        try:
            self._prepare()
        except BaseException:
            self.db.close()
            raise

    def documents(self, base: str) -> list[Document]:
        """The documents of a base, by source."""
        with self.asking() as db:
            rows = db.execute(
                "SELECT source, stamp, hash, title, language, added,"
                " (SELECT count(*) FROM passages WHERE document = documents.id)"
                " FROM documents WHERE base = ? ORDER BY source",
                (base,),
            )
            return [Document(*row) for row in rows]

    def bases(self) -> list[str]:
        """The names of all bases."""
        with self.asking() as db:
            return [base for (base,) in db.execute("SELECT DISTINCT base FROM documents ORDER BY base")]

    def origin(self, base: str, prefix: str) -> str:
        """The path of the file or folder whose sources begin so; "" if nobody has said."""
        with self.asking() as db:
            found = db.execute("SELECT path FROM origins WHERE base = ? AND prefix = ?", (base, prefix)).fetchone()
        return str(found[0]) if found else ""

    def note_origin(self, base: str, prefix: str, path: str) -> None:
        """Say which file or folder the sources that begin so come from."""
        with self.writing():
            self.db.execute("INSERT OR REPLACE INTO origins VALUES (?, ?, ?)", (base, prefix, path))

    def put(
        self,
        base: str,
        article: Article,
        *,
        stamp: str,
        hash: str,
        vectors: Callable[[], Mapping[str, bytes]] | None = None,
        model: str = "",
    ) -> None:
        """Add a document, in place of the one with this source; vectors of passages that stay are kept.

        Args:
            vectors: Gives more vectors that are known already, by `key`.
            model: The name of the model they were made by.
        """
        passages = split(article)
        with self.writing():
            known = dict(vectors() if vectors else {}) | self.vectors(base, article.source)
            self._drop(base, [article.source])
            added = datetime.now(UTC).isoformat(timespec="seconds")
            also = json.dumps(article.also, ensure_ascii=False)
            document = self.db.execute(
                "INSERT INTO documents VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (base, article.source, stamp, hash, article.id, article.title, article.language, also,
                 article.further_reading, added),
            ).lastrowid  # fmt: skip
            assert document is not None
            title = " ".join(token for name in (article.title, *article.also) for token in tokens(name))
            for passage in passages:
                said_as = in_context(passage.title, passage.heading, passage.text)
                self._insert(document, passage, title, model, known.get(key(model, said_as)))
            for name in {article.title: None, **dict.fromkeys(article.also)}:
                said = tokens(name)
                self.db.execute("INSERT INTO names VALUES (?, ?, ?)", (" ".join(said), document, len(said)))

    def touch(self, base: str, source: str, stamp: str) -> None:
        """Note that a file has changed its time but not its bytes."""
        with self.asking() as db:
            db.execute("UPDATE documents SET stamp = ? WHERE base = ? AND source = ?", (stamp, base, source))

    def remove(self, base: str, sources: Sequence[str]) -> None:
        """Delete documents. Their words are in the file's bytes until `purge`."""
        with self.writing():
            self._drop(base, sources)
            left = [source for (source,) in self.db.execute("SELECT source FROM documents WHERE base = ?", (base,))]
            for (prefix,) in self.db.execute("SELECT prefix FROM origins WHERE base = ?", (base,)).fetchall():
                if not any(is_below(source, prefix) for source in left):
                    self.db.execute("DELETE FROM origins WHERE base = ? AND prefix = ?", (base, prefix))

    def purge(self) -> bool:
        """Take what was deleted out of the bytes of the file and its log.

        Returns:
            False while another program reads the file: then the bytes go when it closes it.
        """
        with self.asking() as db:
            for index in ("words", "names"):
                db.execute(f"INSERT INTO {index} ({index}) VALUES ('optimize')")
            db.execute("VACUUM")
            busy: int = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return not busy

    def embed(self, bases: Sequence[str], embed: Embed, progress: Callable[[int, int], None] | None = None) -> None:
        """Make the vectors that are missing, a few passages at a time: what is done stays done when it is stopped.

        Args:
            progress: Told how many sentences of how many are done.
        Raises:
            AntiphonError: the model cannot be used.
        """
        marks = ",".join("?" * len(bases))
        with self.asking() as db:
            rows = db.execute(
                "SELECT p.id, d.title, p.heading, p.text FROM passages p JOIN documents d ON d.id = p.document"
                f" WHERE d.base IN ({marks}) AND (p.vectors IS NULL OR p.model != ?)",
                (*bases, embed.name),
            ).fetchall()
        waiting = [(id, in_context(title, heading, text)) for id, title, heading, text in rows]
        done, total = 0, sum(len(said) for _, said in waiting)
        for batch in _batches(waiting):
            made = embed([one for _, said in batch for one in said], "passage")
            with self.writing():
                at = 0
                for id, said in batch:
                    vectors = packed(made[at : at + len(said)])
                    self.db.execute(
                        "UPDATE passages SET model = ?, vectors = ? WHERE id = ?", (embed.name, vectors, id)
                    )
                    at += len(said)
            done += at
            if progress is not None:
                progress(done, total)

    def vectors(self, base: str, source: str = "") -> dict[str, bytes]:
        """The vectors of a base's passages by `key`, of one document or of all."""
        with self.asking() as db:
            rows = db.execute(
                "SELECT p.model, d.title, p.heading, p.text, p.vectors"
                " FROM passages p JOIN documents d ON d.id = p.document"
                " WHERE d.base = ? AND ? IN (d.source, '') AND p.vectors IS NOT NULL",
                (base, source),
            )
            return {key(model, in_context(*said)): vectors for model, *said, vectors in rows}

    @contextmanager
    def asking(self) -> Iterator[sqlite3.Connection]:
        """The connection, for one thread at a time.

        Raises:
            StorageError: the file has been closed, is damaged, or cannot be read.
        """
        with self._lock:
            if self._closed:
                raise StorageError("the knowledge has been closed", at=str(self.path))
            try:
                yield self.db
            except sqlite3.Error as error:
                raise _storage_error(error, self.path) from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One change, whole or not at all.

        Raises:
            StorageError: the disk is full, or another process writes for more than half a minute.
        """
        with self.asking() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:  # a full disk has ended it already
                    db.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            self._closed = True
            self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _prepare(self) -> None:
        with self.asking() as db:
            for setting in ("synchronous = NORMAL", "foreign_keys = ON", "secure_delete = ON", "temp_store = MEMORY"):
                db.execute(f"PRAGMA {setting}")
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version == _VERSION:
                return
            if version > _VERSION:
                hint = "Use that one, or take the file away: it is made anew from your documents"
                raise StorageError("this file was made by a newer Antiphon", at=str(self.path), hint=hint)
            db.execute("PRAGMA journal_mode = WAL")
            with self.writing():  # under the write lock: of several first writers one makes the tables
                if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                    self._build()

    def _build(self) -> None:
        for table in ("passages", "documents", "origins", "words", "names"):  # of an older version
            self.db.execute(f"DROP TABLE IF EXISTS {table}")
        try:
            for statement in filter(str.strip, _TABLES.split(";")):
                self.db.execute(statement)
        except sqlite3.OperationalError as error:
            if "fts5" not in str(error):
                raise
            hint = "Use a Python whose sqlite3 has it, such as the one from python.org"
            raise EngineError("full-text search (FTS5) is missing from SQLite", hint=hint) from error
        self.db.execute(f"PRAGMA user_version = {_VERSION}")

    def _insert(self, document: int, passage: Passage, title: str, model: str, vectors: bytes | None) -> None:
        row = self.db.execute(
            "INSERT INTO passages VALUES (NULL, ?, ?, ?, ?, ?, ?)",
            (document, passage.heading, passage.text, passage.source, model if vectors else "", vectors),
        ).lastrowid
        said = (" ".join(tokens(passage.heading)), " ".join(tokens(passage.text)))
        self.db.execute("INSERT INTO words (rowid, title, heading, text) VALUES (?, ?, ?, ?)", (row, title, *said))

    def _drop(self, base: str, sources: Sequence[str]) -> None:
        chosen = "SELECT id FROM documents WHERE base = ? AND source IN (SELECT value FROM json_each(?))"
        which = (base, json.dumps(sources))
        self.db.execute(
            f"DELETE FROM words WHERE rowid IN (SELECT id FROM passages WHERE document IN ({chosen}))", which
        )
        self.db.execute(f"DELETE FROM names WHERE document IN ({chosen})", which)
        self.db.execute(f"DELETE FROM documents WHERE id IN ({chosen})", which)


def is_below(source: str, prefix: str) -> bool:
    """Whether a source is that of a file, or lies in the folder, called `prefix`; all do where it is ""."""
    return not prefix or source == prefix or source.startswith(f"{prefix}/")


def _storage_error(error: sqlite3.Error, path: Path | None) -> StorageError:
    reason, at, hint = str(error), str(path or "memory"), "Try again"
    if isinstance(error, sqlite3.OperationalError):
        if "locked" in reason:
            reason, hint = "another program is writing to it", "Try again when it is done"
        elif "full" in reason:
            hint = "Free some space"
        elif "readonly" in reason or "unable to open" in reason:
            hint = "Change its permissions, or those of its folder"
    elif isinstance(error, sqlite3.DatabaseError):
        reason = f"this is no knowledge file, or it is damaged: {reason}"
        hint = "Take it away, and add your documents once more"
    return StorageError(reason, at=at, hint=hint)


def _batches(waiting: Sequence[tuple[int, list[str]]]) -> Iterator[list[tuple[int, list[str]]]]:
    batch: list[tuple[int, list[str]]] = []
    for one in waiting:
        if batch and sum(len(said) for _, said in batch) + len(one[1]) > _BATCH:
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch
