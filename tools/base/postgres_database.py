"""Postgres as a database, for any number of machines.

Transactions are READ COMMITTED: two that want the same row come one after the other, and the second sees what the first
has written. SERIALIZABLE would make every caller try again whenever two runs write side by side; a lock of all tables
would let one frozen process hold up every other one.
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .database import Row, check_version, statements
from .engines import missing
from .errors import InputError, StorageError
from .private_file import WAIT_S

if TYPE_CHECKING:
    from psycopg import AsyncConnection, AsyncCursor
    from psycopg_pool import AsyncConnectionPool

CONNECTIONS = 8
"""Most connections of one process; Postgres allows 100 for all together unless told otherwise."""
CONNECT_S = 10.0
"""How long the server may take to answer at first."""
IDLE_S = 12.0
"""After so long without a statement the server ends a transaction: its process hangs or was frozen, and others wait for
its rows. Less than `WAIT_S`, so that these see it through."""
_VERSIONS = "CREATE TABLE IF NOT EXISTS antiphon_versions (name TEXT PRIMARY KEY, version BIGINT NOT NULL)"
"""One row for each schema, by the name of its first table."""
_MAKING = 0x616E7470
"""The advisory lock under which one process makes tables."""
_ADVICE = {
    "28": "Put the user into the URL, and the password into PGPASSWORD or a .pgpass file",
    "3D": "Make it with: createdb NAME",
    "25006": "Name the server that may be written to",
    "42501": "Ask whoever runs the server to grant this",
    "42": "The tables may be those of another version; name another database",
    "53100": "Free some space where the server runs",
    "53300": "Close other programs, or raise max_connections of the server",
    "55P03": "Wait until it has ended, or end it; then try again",
}
"""The way out, by the beginning of an error's code; https://www.postgresql.org/docs/current/errcodes-appendix.html"""
_UNCODED = (
    ("authentication", "28"),
    ("no password", "28"),
    ("role", "28"),
    ("does not exist", "3D"),
    ("too many", "53300"),
)
"""What a server that lets nobody in says instead of a code."""
_AWAY = "See whether the server runs, and whether storage.url in app.yaml names it"


@asynccontextmanager
async def open_postgres(url: str) -> AsyncIterator["PostgresDatabase"]:
    """Open a database for the time of a block; its connections are made as they are needed.

    Raises:
        InputError: the URL cannot be read.
        MissingExtra: psycopg is not installed.
        StorageError: the server does not answer, or refuses.
    """
    try:
        import psycopg
        from psycopg_pool import AsyncConnectionPool
    except ImportError as error:  # also without libpq
        raise missing("a Postgres database", error.name or "psycopg[binary]", "postgres") from error

    place = _Place.of(url)
    settings: dict[str, Any] = {"autocommit": True, "cursor_factory": psycopg.AsyncRawCursor}
    logging.getLogger("psycopg").addHandler(logging.NullHandler())  # else it tells the terminal what we raise
    with place.told():  # by itself, as the pool does not say what is wrong
        try:
            async with asyncio.timeout(CONNECT_S):
                await (await psycopg.AsyncConnection.connect(url)).close()
        except TimeoutError as error:
            raise StorageError("the database does not answer", at=place.shown, hint=_AWAY) from error
    pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
        url, min_size=0, max_size=CONNECTIONS, timeout=WAIT_S, kwargs=settings, configure=_configure, open=False
    )
    async with pool:
        yield PostgresDatabase(pool, place)


async def _configure(connection: "AsyncConnection[Any]") -> None:
    from psycopg.types.numeric import FloatLoader

    connection.adapters.register_loader("numeric", FloatLoader)  # what SUM gives
    for name, seconds in (("lock_timeout", WAIT_S), ("idle_in_transaction_session_timeout", IDLE_S)):
        await connection.execute(f"SET {name} = '{seconds:g}s'".encode())


@dataclass(frozen=True, slots=True)
class PostgresDatabase:
    """A pool of connections: what runs at the same time does so."""

    pool: "AsyncConnectionPool[AsyncConnection[Any]]"
    place: "_Place"
    now: str = "CAST(extract(epoch FROM clock_timestamp()) AS DOUBLE PRECISION)"
    bytes_type: str = "BYTEA"
    is_shared: bool = True

    async def rows(self, sql: str, *values: Any) -> list[Row]:
        with self.place.told():
            async with self.pool.connection() as connection:
                return await _rows(await connection.execute(numbered(sql), values))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["PostgresTransaction"]:
        with self.place.told():
            async with self.pool.connection() as connection, connection.transaction():
                yield PostgresTransaction(connection, self.place)

    async def prepare(self, schema: str, version: int = 0) -> None:
        wanted = statements(schema, self.bytes_type)
        first = next(iter(wanted))
        if version:
            await self._check_version(first, version)
            wanted = {**statements(_VERSIONS, self.bytes_type), **wanted}
        if not await self._missing(wanted):  # even an index that is there would be locked for a moment
            return
        async with self.transaction() as transaction:
            await transaction.run(f"SELECT pg_advisory_xact_lock({_MAKING})")
            for statement in wanted.values():
                await transaction.run(statement)
            if version:
                noted = "INSERT INTO antiphon_versions (name, version) VALUES (?, ?) ON CONFLICT (name) DO NOTHING"
                await transaction.run(noted, first, version)
        if version:
            await self._check_version(first, version)  # somebody else may have been quicker

    async def purge(self, *tables: str) -> None:
        for table in tables:
            await self.rows(f"VACUUM FULL {table}")

    async def _check_version(self, table: str, version: int) -> None:
        if await self._missing({table: ""}):
            return
        noted = not await self._missing({"antiphon_versions": ""})
        rows = await self.rows("SELECT version FROM antiphon_versions WHERE name = ?", table) if noted else []
        found = rows[0][0] if rows else 1
        check_version(found, version, self.place.shown, "name another database under storage.url in app.yaml")

    async def _missing(self, names: "dict[str, str]") -> bool:
        found = await self.rows(
            "SELECT count(*) FROM unnest(?::text[]) AS name WHERE to_regclass(name) IS NULL", [*names]
        )
        return bool(found[0][0])


@dataclass(frozen=True, slots=True)
class PostgresTransaction:
    connection: "AsyncConnection[Any]"
    place: "_Place"

    async def run(self, sql: str, *values: Any) -> list[Row]:
        with self.place.told():
            return await _rows(await self.connection.execute(numbered(sql), values))

    async def count(self, sql: str, *values: Any) -> int:
        with self.place.told():
            return (await self.connection.execute(numbered(sql), values)).rowcount


async def _rows(cursor: "AsyncCursor[Any]") -> list[Row]:
    return await cursor.fetchall() if cursor.description else []


@lru_cache(maxsize=512)
def numbered(sql: str) -> bytes:
    """SQL with `$1`, `$2` in place of each `?`; in bytes, as psycopg takes only literal strings."""
    *pieces, rest = sql.split("?")
    return "".join([*(f"{piece}${number}" for number, piece in enumerate(pieces, 1)), rest]).encode()


@dataclass(frozen=True, slots=True)
class _Place:
    """A URL as it may be shown."""

    shown: str
    password: str

    @classmethod
    def of(cls, url: str) -> "_Place":
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict

        try:
            parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
        except ProgrammingError:
            parts = {"host": "@"}
        if any("@" in parts.get(name, "") for name in ("host", "port", "dbname")):  # a piece of a password, then
            hint = "Write postgresql://user@host/name; in a password %40 is @, %2F is / and %3F is ?"
            raise InputError("the URL of the database cannot be read", hint=hint) from None
        user = f"{parts['user']}@" if "user" in parts else ""
        port = f":{parts['port']}" if "port" in parts else ""
        return cls(
            f"postgresql://{user}{parts.get('host', '')}{port}/{parts.get('dbname', '')}", parts.get("password", "")
        )

    @contextmanager
    def told(self) -> Iterator[None]:
        """What the server says, as a sentence with a way out."""
        from psycopg import Error

        try:
            yield
        except Error as error:
            reason = error.diag.message_primary or _first_line(error)
            code = error.sqlstate or next((code for words, code in _UNCODED if words in reason), "")
            advice = (hint for start, hint in _ADVICE.items() if code.startswith(start))
            hidden = reason.replace(self.password, "***") if self.password else reason
            raise StorageError(hidden, at=self.shown, hint=next(advice, "Try again" if code else _AWAY)) from error


def _first_line(error: Exception) -> str:
    line = str(error).partition("\n")[0]
    return re.sub("^connection failed: |(FATAL|ERROR): +", "", line) or type(error).__name__
