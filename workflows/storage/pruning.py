"""What is kept of runs does not grow for ever: by age, by count and by size the oldest goes first."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...agents.roles.types import Keep
from ...tools.base.database import Database
from ..spec.names import seconds
from .moving import kept, sizes
from .store import Store
from .types import RunHeld, RunRow

ROOM = 0.9
"""Where it is too much, so much of what is allowed stays: else the next run would be too much again."""
_AT_ONCE = 400
_LAST = "(CASE WHEN ended > claimed THEN ended WHEN claimed > created THEN claimed ELSE created END)"
"""When a run last did something."""
_PAGES = (
    "SELECT (page_count - freelist_count) * page_size, freelist_count * page_size"
    " FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()"
)
_RELATIONS = (
    "SELECT COALESCE(SUM(pg_total_relation_size(oid)), 0) FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = to_regnamespace(current_schema()){}"
)
_LASTING = " AND relname IN ('runs', 'calls', 'questions', 'timeline_entries')"
"""What is not removed for its size."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed.

    Attributes:
        runs: Deleted, but for their words.
        steps: The runs whose checkpoints were removed: there is no way back to them.
        unfinished: Those of both that had not come to their end; of the last, who resumes one begins from its input.
        sound: Bytes of recordings.
    """

    runs: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()
    sound: int = 0

    def __bool__(self) -> bool:
        return bool(self.runs or self.steps or self.sound)

    def __str__(self) -> str:
        parts = (
            (len(self.runs), f"{len(self.runs)} old runs"),
            (len(self.steps), f"the steps of {len(self.steps)} old runs"),
            (self.sound, f"{self.sound / 1e6:.1f} MB of sound"),
        )
        told = ", ".join(text for there_is, text in parts if there_is) or "nothing"
        names = ", ".join(self.unfinished)
        return f"removed: {told}" + (f"; of these had not come to their end: {names}" if names else "")


async def prune(store: Store, keep: Keep) -> Pruned:
    """Remove what is older or more than is kept; most of the time that is nothing, and found out quickly.

    A run that can be resumed stays for as long as steps are kept, and longer while somebody works at it.

    Raises:
        StorageError: what is kept cannot be read or written.
    """
    pruning = _Pruning(store, keep, time.time() - seconds(keep.checkpoints))
    await pruning.by_age()
    await pruning.by_count()
    await pruning.by_age_of_sound()
    await pruning.by_size()
    return Pruned(tuple(pruning.runs), tuple(pruning.steps), tuple(pruning.unfinished), pruning.sound)


class _Pruning:
    def __init__(self, store: Store, keep: Keep, before: float) -> None:
        self.store, self.keep, self.before = store, keep, before
        self.runs: list[str] = []
        self.steps: list[str] = []
        self.unfinished: list[str] = []
        self.sound = 0

    async def by_age(self) -> None:
        """The steps of runs that have done nothing for so long."""
        old = await self._found(f"{_LAST} < ? ORDER BY {_LAST}", self.before)
        for start in range(0, len(old), _AT_ONCE):
            some = old[start : start + _AT_ONCE]
            async with self.store.database.transaction() as transaction:
                there = await kept(transaction, [row.checkpoints for row in some])
            for row in some:
                if row.checkpoints in there:
                    await self._without_steps(row)

    async def by_count(self) -> None:
        """Whole runs: those that are done, then those that nobody has gone on with for so long."""
        ((count,),) = await self.store.database.rows("SELECT COUNT(*) FROM runs")
        if count <= self.keep.runs:
            return
        condition = (
            f"status = 'done' OR {_LAST} < ? ORDER BY CASE status WHEN 'done' THEN 0 ELSE 1 END, {_LAST} LIMIT ?"
        )
        for row in await self._found(condition, self.before, count - self.keep.runs):
            try:
                await self.store.runs.delete(row.id)
            except RunHeld:
                continue
            self.runs.append(row.id)
            self._note(row)

    async def by_age_of_sound(self) -> None:
        """Sound that is old, or of which nobody has said that it is kept."""
        if await self.store.timeline.sound():
            before = time.time() - (seconds(self.keep.audio) if self.keep.audio else 0)
            await self._without_sound(before=before)

    async def by_size(self) -> None:
        """The steps of the oldest runs that are done, then the oldest sound."""
        allowed = self.keep.size_mb * 1_000_000
        if await self._taken() <= allowed:
            return
        async with self.store.database.transaction() as transaction:
            threads = await sizes(transaction)
        excess = await self._used(sum(threads.values())) - int(ROOM * allowed)
        for row in await self._found(f"status = 'done' ORDER BY {_LAST}"):
            if excess > 0 and threads.get(row.checkpoints):
                await self._without_steps(row)
                excess -= threads[row.checkpoints]
        if excess > 0 and (there := await self.store.timeline.sound()):
            await self._without_sound(keep_bytes=max(0, there - excess))
        await self._shrink()

    async def _found(self, condition: str, *values: Any) -> list[RunRow]:
        """Runs with no more of them than is asked for here."""
        sql = f"SELECT id, status, owner, claimed, epoch FROM runs WHERE {condition}"
        return [
            RunRow(id=id, status=status, owner=owner, claimed=claimed, epoch=epoch, workflow="", source="", thread="")
            for id, status, owner, claimed, epoch in await self.store.database.rows(sql, *values)
        ]

    async def _without_steps(self, row: RunRow) -> None:
        try:
            async with self.store.runs.let_alone(row) as transaction:
                await self.store.runs.remove_checkpoints(transaction, row)
        except RunHeld:
            return
        self.steps.append(row.id)
        self._note(row)

    def _note(self, row: RunRow) -> None:
        if row.status != "done" and row.id not in self.unfinished:
            self.unfinished.append(row.id)

    async def _without_sound(self, *, before: float = 0.0, keep_bytes: int | None = None) -> None:
        unfinished = await self._found(f"status <> 'done' AND {_LAST} >= ?", self.before)
        held = [
            row
            for row in await self._found(f"status <> 'done' AND {_LAST} < ? AND owner <> ''", self.before)
            if await self.store.runs.is_held(row)
        ]
        spare = [row.id for row in (*unfinished, *held)]
        timeline = self.store.timeline
        self.sound += await timeline.delete_sound(before, keep_bytes=keep_bytes, spare=spare, purge=False)

    async def _taken(self) -> int:
        """Bytes on the disk, in Postgres at most: other tables may be there, and room that was given up."""
        if self.store.database.is_shared:
            return int((await self.store.database.rows(_RELATIONS.format("")))[0][0])
        return sum([(await _pages(database))[0] for database in self._files])

    async def _used(self, steps: int) -> int:
        """Bytes of what is kept; Postgres does not make its files smaller."""
        if not self.store.database.is_shared:
            return await self._taken()
        lasting = (await self.store.database.rows(_RELATIONS.format(_LASTING)))[0][0]
        return steps + await self.store.timeline.sound() + int(lasting)

    async def _shrink(self) -> None:
        """Give back what a file no longer needs; as it is written anew, only where that is most of it."""
        for database in self._files:
            used, free = await _pages(database)
            if free > used:
                await database.purge()

    @property
    def _files(self) -> Sequence[Database]:
        shared = self.store.database.is_shared
        return () if shared else (self.store.database, self.store.timeline.database)


async def _pages(database: Database) -> tuple[int, int]:
    """Bytes that are used, and free, in a file of SQLite."""
    ((used, free),) = await database.rows(_PAGES)
    return int(used), int(free)
