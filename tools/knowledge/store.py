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
from ..base.writing import storage_errors
from .embedding import Embed
from .passages import Article, Passage, sentences, split
from .vectors import key, packed
from .words import tokens

_VERSION = 1
_TABLES = """
CREATE TABLE documents (
    id INTEGER PRIMARY KEY, base TEXT NOT NULL, source TEXT NOT NULL, stamp TEXT NOT NULL, hash TEXT NOT NULL,
    article TEXT NOT NULL, title TEXT NOT NULL, language TEXT NOT NULL, also TEXT NOT NULL,
    further_reading TEXT NOT NULL, added TEXT NOT NULL, UNIQUE (base, source)
);
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

    Raises:
        StorageError: the file cannot be made, or is no knowledge file.
        EngineError: this Python's SQLite was built without FTS5.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._lock = threading.RLock()
        if path is None:
            self.db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        else:
            with storage_errors(path):
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.db = sqlite3.connect(path, timeout=30, check_same_thread=False, isolation_level=None)
        try:
            self._prepare()
        except BaseException:
            self.db.close()
            raise

    def documents(self, base: str) -> list[Document]:
        """The documents of a base, by source."""
        rows = self.db.execute(
            "SELECT source, stamp, hash, title, language, added,"
            " (SELECT count(*) FROM passages WHERE document = documents.id)"
            " FROM documents WHERE base = ? ORDER BY source",
            (base,),
        )
        return [Document(*row) for row in rows]

    def bases(self) -> list[str]:
        """The names of all bases."""
        return [base for (base,) in self.db.execute("SELECT DISTINCT base FROM documents ORDER BY base")]

    def put(
        self,
        base: str,
        article: Article,
        *,
        stamp: str,
        hash: str,
        vectors: Mapping[str, bytes] | None = None,
        model: str = "",
    ) -> None:
        """Add a document, in place of the one with this source; vectors of passages that stay are kept.

        Args:
            vectors: More vectors that are known already, by `key`.
            model: The name of the model they were made by.
        """
        passages = split(article)
        with self.writing():
            known = dict(vectors or {}) | self._vectors_of(base, article.source)
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
                self._insert(document, passage, title, model, known.get(key(model, sentences(passage.text))))
            for name in {article.title: None, **dict.fromkeys(article.also)}:
                said = tokens(name)
                self.db.execute("INSERT INTO names VALUES (?, ?, ?)", (" ".join(said), document, len(said)))

    def touch(self, base: str, source: str, stamp: str) -> None:
        """Note that a file has changed its time but not its bytes."""
        self.db.execute("UPDATE documents SET stamp = ? WHERE base = ? AND source = ?", (stamp, base, source))

    def remove(self, base: str, sources: Sequence[str]) -> None:
        """Delete documents, and their words from the file's bytes."""
        with self.writing():
            self._drop(base, sources)
        self.db.execute("INSERT INTO words (words) VALUES ('optimize')")
        self.db.execute("INSERT INTO names (names) VALUES ('optimize')")
        self.db.execute("VACUUM")
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def embed(self, bases: Sequence[str], embed: Embed, progress: Callable[[int, int], None] | None = None) -> None:
        """Make the vectors that are missing, a few passages at a time: what is done stays done when it is stopped.

        Args:
            progress: Told how many sentences of how many are done.
        Raises:
            AntiphonError: the model cannot be used.
        """
        marks = ",".join("?" * len(bases))
        rows = self.db.execute(
            "SELECT p.id, p.text FROM passages p JOIN documents d ON d.id = p.document"
            f" WHERE d.base IN ({marks}) AND (p.vectors IS NULL OR p.model != ?)",
            (*bases, embed.name),
        ).fetchall()
        waiting = [(id, sentences(text)) for id, text in rows]
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

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One change, whole or not at all.

        Raises:
            StorageError: the disk is full, or another process writes for more than half a minute.
        """
        with self._lock:
            try:
                self.db.execute("BEGIN IMMEDIATE")
                try:
                    yield
                except BaseException:
                    self.db.execute("ROLLBACK")
                    raise
                self.db.execute("COMMIT")
            except sqlite3.OperationalError as error:
                raise StorageError(f"cannot write: {error}", at=str(self.path), hint="Try again") from error

    def close(self) -> None:
        """Let the file go."""
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _prepare(self) -> None:
        try:
            self.db.execute("PRAGMA journal_mode = WAL")
            self.db.execute("PRAGMA synchronous = NORMAL")
            self.db.execute("PRAGMA foreign_keys = ON")
            self.db.execute("PRAGMA secure_delete = ON")
            with self.writing():
                if self.db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                    self._build()
        except sqlite3.DatabaseError as error:
            hint = "Take the file away; it is made anew from your documents"
            raise StorageError(f"this is no knowledge file: {error}", at=str(self.path), hint=hint) from error

    def _build(self) -> None:
        for (table,) in self.db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL"):
            if table in ("documents", "passages", "words", "names"):
                self.db.execute(f"DROP TABLE {table}")
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

    def _vectors_of(self, base: str, source: str) -> dict[str, bytes]:
        rows = self.db.execute(
            "SELECT p.model, p.text, p.vectors FROM passages p JOIN documents d ON d.id = p.document"
            " WHERE d.base = ? AND d.source = ? AND p.vectors IS NOT NULL",
            (base, source),
        )
        return {key(model, sentences(text)): vectors for model, text, vectors in rows}

    def _drop(self, base: str, sources: Sequence[str]) -> None:
        for source in sources:
            found = self.db.execute("SELECT id FROM documents WHERE base = ? AND source = ?", (base, source)).fetchone()
            if found is None:
                continue
            self.db.execute("DELETE FROM words WHERE rowid IN (SELECT id FROM passages WHERE document = ?)", found)
            self.db.execute("DELETE FROM names WHERE document = ?", found)
            self.db.execute("DELETE FROM documents WHERE id = ?", found)


def _batches(waiting: Sequence[tuple[int, list[str]]]) -> Iterator[list[tuple[int, list[str]]]]:
    batch: list[tuple[int, list[str]]] = []
    for one in waiting:
        if batch and sum(len(said) for _, said in batch) + len(one[1]) > _BATCH:
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch
