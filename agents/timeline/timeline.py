"""The record of what was said and done: entries are added, never changed, until somebody wants them forgotten."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from ...tools.base.database import Database, Row, Transaction
from .query import LATEST, Query, conditions, marks, storable
from .rows import COLUMNS, SCHEMA, TABLES, VERSION, Contents, contents_of, entry_of, row_of, shape_of
from .types import BESIDE, Entry, Kind

_READ = ", ".join(f"entry.{name}" for name in COLUMNS)
_AT_ONCE = 400
"""Rows of one statement: Postgres takes 65,535 values, SQLite 32,766."""
_DEEPEST = 1_000_000
"""Most entries of one conversation, so that a circle of parents in an imported file has an end."""
_PAST = f"""
WITH RECURSIVE chain (id, parent, kind, who, forgotten, origin, depth) AS (
    SELECT id, parent, kind, who, forgotten, origin, 0 FROM timeline_entries WHERE id = ?
    UNION ALL
    SELECT above.id, above.parent, above.kind, above.who, above.forgotten, above.origin, chain.depth + 1
    FROM chain JOIN timeline_entries above ON above.id = chain.parent WHERE chain.depth < ?
), near AS (SELECT origin, depth FROM chain WHERE {{kept}} LIMIT ?)
SELECT {_READ}, near.depth FROM near JOIN timeline_entries entry ON entry.origin = near.origin AND {LATEST}
"""
"""Both databases make the rows of `chain` one by one, the nearest first, and stop at the limit of `near`."""


class Timeline:
    """The timeline in a database; any number of processes may add to it at once.

    Every method raises StorageError where the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    async def prepare(self) -> None:
        """Make its tables where they are missing."""
        await self.database.prepare(SCHEMA, VERSION)

    async def append(self, *entries: Entry) -> int:
        """Add entries, all of them or none; how many are new: what is there already is left as it is.

        Raises:
            InputError: the data of one of them is nothing JSON can hold.
        """
        async with self.database.transaction() as transaction:
            return await self.append_in(transaction, entries)

    async def append_in(self, transaction: Transaction, entries: Sequence[Entry]) -> int:
        """The same as a part of a transaction of its database."""
        origins = await self._origins(transaction, entries)
        new = await _insert(
            transaction,
            f"timeline_entries ({', '.join(COLUMNS)}, origin, words)",
            [row_of(entry, origins[entry.id]) for entry in entries],
        )
        contents = [row for entry in entries for row in contents_of(entry) if not entry.forgotten]
        await _insert(transaction, "timeline_contents (entry, place, kind, size, content)", contents)
        for entry in entries:
            if entry.revises:  # what came before what it revises
                await transaction.run(
                    "UPDATE timeline_entries SET origin = ? WHERE origin = ?", origins[entry.id], entry.id
                )
        return new

    async def follow(self, id: str, parent: str) -> None:
        """Let an entry that waited for its turn come after what was said meanwhile."""
        async with self.database.transaction() as transaction:
            await transaction.run("UPDATE timeline_entries SET parent = ? WHERE id = ?", parent, id)

    async def entry(self, id: str) -> Entry | None:
        """An entry with all its bytes; None where there is none of that name."""
        return (await self.entries([id], contents=True)).get(id)

    async def entries(self, ids: Collection[str], *, contents: bool = False) -> dict[str, Entry]:
        """Those of these entries that are there, just as they were added, by their ids.

        Args:
            contents: Whether the bytes of sound and pictures come with them; they may be many.
        """
        rows: list[Row] = []
        for some in _chunks(list(dict.fromkeys(ids))):
            sql = f"SELECT {_READ} FROM timeline_entries entry WHERE entry.id IN ({marks(some)})"
            rows += await self.database.rows(sql, *some)
        return {entry.id: entry for entry in await self._made(rows, contents)}

    async def find(self, query: Query, *, contents: bool = False) -> list[Entry]:
        """The entries a query means, the oldest first."""
        held, values = conditions(query)
        newest = " DESC" if query.last else ""
        sql = f"SELECT {_READ} FROM timeline_entries entry WHERE {held} ORDER BY began{newest}, id{newest}"
        if query.last:
            rows = (await self.database.rows(f"{sql} LIMIT ?", *values, query.last))[::-1]
        else:
            rows = await self.database.rows(sql, *values)
        return await self._made(rows, contents)

    async def past(
        self,
        id: str,
        last: int,
        kinds: Collection[Kind] = (),
        *,
        who: str = "",
        forgotten: bool = True,
    ) -> list[Entry]:
        """What led to an entry, itself included: the last ones of these kinds, each in its latest revision, the
        oldest first.

        Args:
            who: Only what that person, node or workflow said or did.
            forgotten: Whether entries without words are found, too.
        """
        kept = [f"kind IN ({marks(kinds)})"] if kinds else []
        kept += ["who = ?"] if who else []
        kept += [] if forgotten else ["forgotten = 0"]
        values = [*kinds, *([storable(who)] if who else [])]
        sql = _PAST.format(kept=" AND ".join(kept) or "1 = 1")
        rows = await self.database.rows(sql, id, _DEEPEST if kept else last - 1, *values, last)
        nearest = {row[0]: row[:-1] for row in sorted(rows, key=_depth, reverse=True)}
        return await self._made(list(nearest.values()), contents=False)

    async def latest(self, thread: str) -> str:
        """The id of the last entry of a thread that revises no other, "" where there is none.

        What is kept of a state (`value`) and of a run (`record`) is none of its conversation.
        """
        last = f"revises = '' AND kind NOT IN ({marks(BESIDE)}) ORDER BY id DESC LIMIT 1"
        sql = f"SELECT id FROM timeline_entries WHERE thread = ? AND {last}"
        found = await self.database.rows(sql, storable(thread), *BESIDE)
        return str(found[0][0]) if found else ""

    async def forget(self, *queries: Query) -> int:
        """Remove the words, data and bytes of what any of the queries means, in all its revisions, and from the bytes
        of the file; who, when and what kind of thing stay. How many entries that were, revisions not counted."""
        origins: set[str] = set()
        async with self.database.transaction() as transaction:
            for query in queries:
                held, values = conditions(replace(query, forgotten=False, revisions=not query.last))
                newest = f" ORDER BY began DESC, id DESC LIMIT {query.last:d}" if query.last else ""
                sql = f"SELECT origin FROM timeline_entries entry WHERE {held}{newest}"
                origins.update(str(row[0]) for row in await transaction.run(sql, *values))
            for some in _chunks(sorted(origins)):
                await _forget(transaction, some)
        if origins:
            await self.database.purge(*TABLES)
        return len(origins)

    async def sound(self) -> int:
        """How many bytes of sound there are."""
        found = await self.database.rows("SELECT COALESCE(SUM(size), 0) FROM timeline_contents WHERE kind = 'audio'")
        return int(found[0][0])

    async def delete_sound(
        self, before: float = 0.0, *, keep_bytes: int | None = None, spare: Collection[str] = (), purge: bool = True
    ) -> int:
        """Remove the bytes of sound that began before a time, or of the oldest where all of it is more than
        `keep_bytes`; its words stay. How many bytes that were.

        Args:
            spare: The runs whose sound stays.
            purge: Whether it is removed from the bytes of the files at once, for which all of them are written anew.
        """
        spared = f"AND run NOT IN ({marks(spare)})" if spare else ""
        sql = f"""
            SELECT entry, place, size FROM (
                SELECT entry, place, size, began, run, SUM(size) OVER (ORDER BY began DESC, entry DESC, place) AS newer
                FROM timeline_contents JOIN timeline_entries ON id = entry WHERE timeline_contents.kind = 'audio'
            ) AS sound WHERE (began < ? OR newer > ?) {spared}
        """
        async with self.database.transaction() as transaction:
            found = await transaction.run(sql, before, 1 << 62 if keep_bytes is None else keep_bytes, *spare)
            for some in _chunks(found):
                pairs = " OR ".join(["entry = ? AND place = ?"] * len(some))
                names = [name for entry, place, _ in some for name in (entry, place)]
                await transaction.run(f"DELETE FROM timeline_contents WHERE {pairs}", *names)
        if found and purge:
            await self.database.purge(*TABLES)
        return sum(int(size) for _, _, size in found)

    async def _origins(self, transaction: Transaction, entries: Sequence[Entry]) -> dict[str, str]:
        """Of each of these entries the first version."""
        known = {entry.id: entry.id for entry in entries if not entry.revises}
        missing = {entry.revises for entry in entries if entry.revises} - known.keys()
        for some in _chunks(sorted(missing)):
            sql = f"SELECT id, origin FROM timeline_entries WHERE id IN ({marks(some)})"
            known |= {str(id): str(origin) for id, origin in await transaction.run(sql, *some)}
        for entry in sorted(entries, key=lambda entry: entry.revision):
            known.setdefault(entry.id, known.get(entry.revises, entry.revises))
        return known

    async def _made(self, rows: Sequence[Row], contents: bool) -> list[Entry]:
        found: Contents = await self._contents([str(row[0]) for row in rows]) if contents else {}
        return [entry_of(row, found) for row in rows]

    async def _contents(self, ids: Sequence[str]) -> Contents:
        found: dict[tuple[str, int], bytes] = {}
        for some in _chunks(ids):
            sql = f"SELECT entry, place, content FROM timeline_contents WHERE entry IN ({marks(some)})"
            found |= {(entry, place): content for entry, place, content in await self.database.rows(sql, *some)}
        return found


async def _insert(transaction: Transaction, into: str, rows: Sequence[Sequence[Any]]) -> int:
    """Add rows that are not there; how many that were."""
    new = 0
    for some in _chunks(rows):
        places = ", ".join([f"({marks(some[0])})"] * len(some))
        values = [value for row in some for value in row]
        new += await transaction.count(f"INSERT INTO {into} VALUES {places} ON CONFLICT DO NOTHING", *values)
    return new


async def _forget(transaction: Transaction, origins: Sequence[str]) -> None:
    mine = f"SELECT id FROM timeline_entries WHERE origin IN ({marks(origins)})"
    await transaction.run(f"DELETE FROM timeline_contents WHERE entry IN ({mine})", *origins)
    found = await transaction.run(f"SELECT id, parts FROM timeline_entries WHERE id IN ({mine})", *origins)
    shapes: dict[str, list[str]] = {}
    for id, parts in found:
        shapes.setdefault(shape_of(parts), []).append(id)
    for shape, ids in shapes.items():
        for some in _chunks(ids):
            sql = f"UPDATE timeline_entries SET parts = ?, words = '', forgotten = 1 WHERE id IN ({marks(some)})"
            await transaction.run(sql, shape, *some)


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


def _depth(row: Row) -> int:
    return int(row[-1])
