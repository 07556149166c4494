"""A SQLite file as a database, which only this user may read. Any number of processes may write at once."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from .database import Row, check_version, statements
from .finishing import to_its_end
from .private_file import WAIT_S, make, still_open, storage_error

if TYPE_CHECKING:
    import aiosqlite

T = TypeVar("T")
SETTINGS = ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON", "temp_store=MEMORY", "foreign_keys=ON")
"""NORMAL: a power cut may take the last transactions, a killed process none; each commit is five times as fast."""


_PATIENCE_S = 0.2
"""So long the thread of a connection waits for another to finish writing, before it asks again: until then nothing that
is cancelled can end."""


@asynccontextmanager
async def open_sqlite(path: Path) -> AsyncIterator["SqliteDatabase"]:
    """Open a file, make it if it is missing, close it at the end of the block.

    Raises:
        StorageError: it cannot be made, read or written, or is no database.
    """
    async with open_connection(path, wait_s=_PATIENCE_S) as connection:
        yield SqliteDatabase(path, connection)


@asynccontextmanager
async def open_connection(path: Path, wait_s: float = WAIT_S) -> AsyncIterator["aiosqlite.Connection"]:
    """A connection as everything here wants it: private, waiting for others, quick.

    Args:
        wait_s: How long a statement waits for another connection to finish writing.
    """
    import aiosqlite

    make(path)
    async with _connected(aiosqlite.connect(path, timeout=wait_s, isolation_level=None), path) as connection:
        with _told(path):
            for setting in SETTINGS:
                await _patient(partial(connection.execute_fetchall, f"PRAGMA {setting}"))
        yield connection


@asynccontextmanager
async def _connected(opening: "aiosqlite.Connection", path: Path) -> AsyncIterator["aiosqlite.Connection"]:
    """What happens in the block is told by whoever does it."""
    with _told(path):
        connection = await opening
    try:
        yield connection
    finally:
        await to_its_end(connection.close())


async def _patient(attempt: Callable[[], Awaitable[T]]) -> T:
    """Try again for as long as somebody else writes: SQLite does not always wait for its lock by itself."""
    ends = asyncio.get_running_loop().time() + WAIT_S
    while True:
        try:
            return await attempt()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or asyncio.get_running_loop().time() > ends:
                raise
        await asyncio.sleep(0.02)


@dataclass(slots=True)
class SqliteDatabase:
    """One connection: what runs at the same time takes turns."""

    path: Path
    connection: "aiosqlite.Connection"
    now: str = "((julianday('now') - 2440587.5) * 86400.0)"
    bytes_type: str = "BLOB"
    is_shared: bool = False
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _writer: "asyncio.Task[Any] | None" = None

    async def rows(self, sql: str, *values: Any) -> list[Row]:
        async with self._my_turn():
            return await self._run(sql, values)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["SqliteTransaction"]:
        async with self._my_turn():
            self._writer = asyncio.current_task()
            try:
                await self._run("BEGIN IMMEDIATE", ())
                yield SqliteTransaction(self)
                await self._run("COMMIT", ())
            except BaseException:
                # What was cancelled still runs in the connection's thread, before this; after a COMMIT nothing does.
                await to_its_end(self._roll_back())
                raise
            finally:
                self._writer = None

    async def prepare(self, schema: str, version: int = 0) -> None:
        missing = statements(schema, self.bytes_type)
        there = {str(name) for (name,) in await self.rows("SELECT name FROM sqlite_master")} & missing.keys()
        if version and there:
            found = (await self.rows("PRAGMA user_version"))[0][0] or 1
            check_version(found, version, str(self.path), "move the file away: a new one will be made")
        if missing.keys() - there:  # a file that is ready is not written to
            async with self.transaction() as transaction:
                for name, statement in missing.items():  # in their order: a table before its indexes
                    if name not in there:
                        await transaction.run(statement)
                if version:
                    await transaction.run(f"PRAGMA user_version = {version:d}")

    async def purge(self, *tables: str) -> None:
        async with self._my_turn():
            await self._run("VACUUM", ())
            ends = asyncio.get_running_loop().time() + WAIT_S
            while (await self._run("PRAGMA wal_checkpoint(TRUNCATE)", ()))[0][0]:
                if asyncio.get_running_loop().time() > ends:
                    raise still_open(self.path)
                await asyncio.sleep(0.05)

    @asynccontextmanager
    async def _my_turn(self) -> AsyncIterator[None]:
        assert self._writer is not asyncio.current_task(), "inside of a transaction only it is used"
        async with self._turn:
            yield

    async def _run(self, sql: str, values: tuple[Any, ...]) -> list[Row]:
        with _told(self.path):
            return list(await _patient(partial(self.connection.execute_fetchall, sql, values)))

    async def _count(self, sql: str, values: tuple[Any, ...]) -> int:
        with _told(self.path):
            cursor = await _patient(partial(self.connection.execute, sql, values))
            return cursor.rowcount

    async def _roll_back(self) -> None:
        with _told(self.path):
            await self.connection.rollback()


@dataclass(frozen=True, slots=True)
class SqliteTransaction:
    database: SqliteDatabase

    async def run(self, sql: str, *values: Any) -> list[Row]:
        return await self.database._run(sql, values)

    async def count(self, sql: str, *values: Any) -> int:
        return await self.database._count(sql, values)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise storage_error(error, path) from error
