"""A database: SQLite in a file of this user's, Postgres where a URL says so. The same SQL for both.

The SQL here keeps to what both know: `?` stands for a value and for nothing else, names are lower case, whole numbers
are BIGINT, others DOUBLE PRECISION, true and false are 1 and 0, times are seconds since 1970, JSON is text. What
differs is asked of the database: `now`, `bytes_type`. An ORM would cost every command a third of a second.
"""

import re
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol

from .errors import InputError, StorageError

Row = Sequence[Any]


class Transaction(Protocol):
    """All that is run in it happens, or nothing of it."""

    async def run(self, sql: str, *values: Any) -> list[Row]:
        """Run a statement; the rows it gives, none for a statement that gives none."""
        ...

    async def count(self, sql: str, *values: Any) -> int:
        """Run a statement; how many rows it wrote."""
        ...


class Database(Protocol):
    """An open database, for one event loop; any number of processes may have it open.

    Attributes:
        now: An expression of its SQL: the seconds since 1970 on the clock of the database.
        bytes_type: What its SQL calls a column of bytes.
        is_shared: Whether other machines may have it open.
    """

    @property
    def now(self) -> str: ...

    @property
    def bytes_type(self) -> str: ...

    @property
    def is_shared(self) -> bool: ...

    async def rows(self, sql: str, *values: Any) -> list[Row]:
        """What a query finds.

        Raises:
            StorageError: the database cannot be read.
        """
        ...

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction that may write; inside of the block only it is used, not the database.

        On SQLite it is the only one. On Postgres it is alone with the rows it has written, and sees what others have
        committed: so it begins with an UPDATE whose WHERE says what must hold (or a SELECT ... FOR UPDATE or FOR
        SHARE), and goes on only where that found a row.

        Raises:
            StorageError: the database cannot be written.
        """
        ...

    async def prepare(self, schema: str, version: int = 0) -> None:
        """Make the tables of a schema, `CREATE ... IF NOT EXISTS` statements, where they are missing.

        `{bytes}` stands for `bytes_type`.

        Args:
            version: Of the schema, noted beside the tables; 0 for one that never changes. What was made before versions
                were noted counts as 1. A SQLite file has one for all its tables.
        Raises:
            StorageError: they were made by another version.
        """

    async def purge(self, *tables: str) -> None:
        """Remove what was deleted from the bytes of the files.

        Args:
            tables: Where it was deleted; SQLite goes through the whole file. A Postgres server keeps what it was told
                lately in its own log, and in its backups, until it writes over them.
        Raises:
            StorageError: others keep it open for longer than they should.
        """


def open_database(where: str | Path) -> AbstractAsyncContextManager[Database]:
    """Open a database for the time of a block.

    Args:
        where: The path of a SQLite file, made if it is missing, or `postgresql://user@host/name`.
    Raises:
        InputError: the URL is of something else.
        MissingExtra: it is Postgres, and its packages are not installed.
        StorageError: it cannot be opened.
    """
    if isinstance(where, str) and "://" in where:
        if not where.startswith(("postgresql://", "postgres://")):
            kind = where.partition("://")[0]
            raise InputError(f"{kind!r} is no database we know", hint="Write postgresql://user@host/name")
        from .postgres_database import open_postgres

        return open_postgres(where)
    from .sqlite_database import open_sqlite

    return open_sqlite(Path(where))


_MADE = re.compile(r"CREATE (?:TABLE|(?:UNIQUE )?INDEX) IF NOT EXISTS (\w+)")


def statements(schema: str, bytes_type: str) -> dict[str, str]:
    """The statements of a schema by what they make."""
    each = (statement.strip() for statement in schema.replace("{bytes}", bytes_type).split(";"))
    return {_made(statement): statement for statement in each if statement}


def check_version(found: int, known: int, place: str, way_out: str) -> None:
    """Refuse tables of another version, whose columns may be others.

    Raises:
        StorageError: they are of another.
    """
    if found != known:
        raise StorageError(
            f"this was made by another version of Antiphon ({found}, this one knows {known})",
            at=place,
            hint=f"Go on with that version, or {way_out}",
        )


def _made(statement: str) -> str:
    found = _MADE.match(statement)
    assert found, statement
    return found[1]
