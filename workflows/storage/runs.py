"""The runs, one row each."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from ...tools.base.database import Database, Transaction
from ...tools.base.suggest import did_you_mean
from .claims import Locks, held
from .moving import remove
from .schema import columns, insertion, lost, made, mine, plain
from .types import NoSuchRun, RunRow, Status

Rows = list[RunRow]
_COLUMNS = ", ".join(columns(RunRow))
_NEAR = 200
"""Among so many of the last runs the one that was meant is looked for."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of a database.

    Attributes:
        locks: What keeps other processes off a run of a SQLite file; None where the database itself does.
    """

    database: Database
    locks: Locks | None = None

    async def add(self, row: RunRow) -> None:
        """Keep a new run."""
        async with self.database.transaction() as transaction:
            sql, values = insertion("runs", row)
            await transaction.run(sql, *values)

    async def get(self, id: str) -> RunRow:
        """The run of that name, or the only one whose name begins so.

        Raises:
            NoSuchRun: there is none, or there are several.
        """
        name = id.strip().lower()
        begins = name.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
        found = await self._where("id LIKE ? ESCAPE '!' ORDER BY id LIMIT 12", begins)
        exact = [row for row in found if row.id == name]
        if name and len(exact or found) == 1:
            return (exact or found)[0]
        if name and found:
            names = ", ".join(row.id for row in found)
            raise NoSuchRun(f"several runs begin with {id!r}", hint=f"Write more of one of: {names}")
        near = await self.database.rows("SELECT id FROM runs ORDER BY created DESC LIMIT ?", _NEAR)
        hint = did_you_mean(name, [row[0] for row in near]) or "No run is kept yet"
        raise NoSuchRun(f"there is no run {id!r}", hint=hint)

    async def list(self, status: Collection[Status] = (), workflow: str = "", thread: str = "", last: int = 50) -> Rows:
        """The last runs, the newest first; only those of a status, a workflow, a conversation."""
        conditions, values = ["1 = 1"], list[Any]()
        if status:
            conditions.append(f"status IN ({', '.join('?' * len(status))})")
            values += status
        for column, wanted in {"workflow": workflow, "thread": thread}.items():
            if wanted:
                conditions.append(f"{column} = ?")
                values.append(wanted)
        return await self._where(f"{' AND '.join(conditions)} ORDER BY created DESC, id DESC LIMIT ?", *values, last)

    async def update(self, id: str, epoch: int, **changes: Any) -> None:
        """Change fields of a run of one's own.

        Raises:
            RunLost: the epoch is no longer the run's.
        """
        unknown = set(changes) - set(columns(RunRow))
        if unknown or not changes:
            raise TypeError(f"no fields of a run that change: {sorted(unknown)}")
        setting = ", ".join(f"{name} = ?" for name in changes)
        values = map(plain, changes.values())
        async with self.database.transaction() as transaction:
            if not await transaction.count(f"UPDATE runs SET {setting} WHERE id = ? AND epoch = ?", *values, id, epoch):
                raise lost(id)

    async def is_held(self, row: RunRow) -> bool:
        """Whether somebody works at a run at this moment."""
        if self.locks is not None:
            return await self.locks.is_held(row)
        return bool(await self._where(f"id = ? AND leased_until > {self.database.now}", row.id))

    async def delete(self, id: str) -> None:
        """Delete a run with its checkpoints, its calls and its questions; its words stay in the timeline.

        Raises:
            RunHeld: somebody works at it.
        """
        row = await self.get(id)
        async with self.let_alone(row) as transaction:
            await self._delete(transaction, row)
        if self.locks is not None:
            self.locks.path(row.id).unlink(missing_ok=True)

    async def delete_mine(self, row: RunRow) -> None:
        """The same for a run of one's own.

        Raises:
            RunLost: it is no longer its owner's.
        """
        async with self.database.transaction() as transaction:
            await mine(self.database, transaction, row.id, row.epoch)
            await self._delete(transaction, row)

    async def _delete(self, transaction: Transaction, row: RunRow) -> None:
        for table, column in {"runs": "id", "calls": "run", "questions": "run"}.items():
            await transaction.run(f"DELETE FROM {table} WHERE {column} = ?", row.id)
        await self.remove_checkpoints(transaction, row)

    async def remove_checkpoints(self, transaction: Transaction, row: RunRow) -> None:
        """Remove the checkpoints of a run, those included that a former owner wrote where nobody reads."""
        for epoch in range(row.epoch + 1):
            await remove(transaction, f"{row.id}.{epoch}")

    @asynccontextmanager
    async def let_alone(self, row: RunRow) -> AsyncIterator[Transaction]:
        """A transaction about a run that nobody works at, and that nobody can claim until it has ended.

        Raises:
            RunHeld: somebody works at it, or has done so since the row was read.
        """
        with self.locks.kept_off(row) if self.locks is not None else nullcontext():
            async with self.database.transaction() as transaction:
                if not await transaction.count(
                    f"UPDATE runs SET epoch = epoch WHERE id = ? AND epoch = ? AND leased_until <= {self.database.now}",
                    *(row.id, row.epoch),
                ):
                    raise held(row)
                yield transaction

    async def _where(self, condition: str, *values: Any) -> Rows:
        rows = await self.database.rows(f"SELECT {_COLUMNS} FROM runs WHERE {condition}", *values)
        return [made(RunRow, row) for row in rows]
