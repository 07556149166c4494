"""SQLite files with people's words: only this user may read them, and what is deleted is gone from their bytes."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from .errors import StorageError
from .writing import storage_errors

WAIT_S = 20.0
"""How long one process waits for another to finish writing."""


def make(path: Path) -> None:
    """Make a file that only this user may read, and its folder, where they are missing; SQLite's own files beside it
    take over its mode.

    A file that is there is not opened: closing it would take away the locks that other connections of this process have
    on it, and other processes would throw its log away. Source: https://sqlite.org/howtocorrupt.html, section 2.2

    Raises:
        StorageError: it cannot be made.
    """
    with storage_errors(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except FileExistsError:
            raise StorageError("this is a file, and must be a folder", at=str(path.parent)) from None
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


@contextmanager
def opened(path: Path, table: str, schema: str) -> Iterator[sqlite3.Connection]:
    """Open a file, make it if it is not there, and close it at the end of the block.

    Any number of processes may write at once.

    Args:
        table: A table that is there once the file has been made.
        schema: The statements that make it.
    Raises:
        StorageError: it cannot be made, read or written, or is no file of ours.
    """
    make(path)
    try:
        with closing(sqlite3.connect(path, timeout=WAIT_S, isolation_level=None)) as database:
            for setting in ("secure_delete=ON", "temp_store=MEMORY"):
                database.execute(f"PRAGMA {setting}")
            _prepare(database, table, schema)
            yield database
    except sqlite3.Error as error:
        raise storage_error(error, path) from error


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """All of the block, or nothing of it."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def purge(database: sqlite3.Connection, path: Path) -> None:
    """Remove what was deleted from the bytes of the file and of its log.

    Raises:
        StorageError: another program keeps the file open for longer than it should.
    """
    database.execute("VACUUM")
    if database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        raise still_open(path)


def _prepare(database: sqlite3.Connection, table: str, schema: str) -> None:
    if not database.execute("SELECT count(*) FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]:
        with transaction(database):  # under the write lock: of several first writers one makes the table
            for statement in schema.split(";"):
                database.execute(statement)
    if database.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            database.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:  # another one writes: whoever opens it next does this
                raise


def still_open(path: Path) -> StorageError:
    """What to say where the log of a file cannot be emptied."""
    return StorageError(
        "the words are deleted, but another program keeps them in the file's log",
        at=str(path),
        hint="Close it and delete once more",
    )


def storage_error(error: sqlite3.Error, path: Path) -> StorageError:
    """What SQLite says, as a sentence with a way out."""
    reason = str(error)
    hint = "Try again"
    if "not a database" in reason or "malformed" in reason or "no such column" in reason:
        reason, hint = f"this is no record of ours, or it is damaged: {reason}", "Move it away; a new one will be made"
    elif "full" in reason or "disk I/O" in reason:
        hint = "Free some space" if "full" in reason else "See whether the disk is full or damaged"
    elif "locked" in reason:
        reason = f"another program has been writing to it for {WAIT_S:g} seconds"
        hint = "Wait until it has ended, or end it; then try again"
    elif "readonly" in reason or "unable to open" in reason:
        hint = "Change its permissions, or those of its folder"
    return StorageError(reason, at=str(path), hint=hint)
