"""What runs did outside: noted before a call, and after it."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Literal

from ...tools.base.database import Database
from ...tools.base.errors import InputError
from ...tools.base.suggest import did_you_mean
from .schema import columns, insertion, made, mine
from .types import OPEN, CallMade, CallRow, CallState, RunHeld

_COLUMNS = ", ".join(columns(CallRow))
_SETTLE = "What is known of its calls is shown by: antiphon runs show {}"
_AGAIN = "calls.state = 'void' OR calls.keyed = 1 AND calls.state <> 'done'"
"""Which calls may be made again without anything happening twice."""


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of a database.

    Attributes:
        is_held: Whether somebody works at the run of that name at this moment.
    """

    database: Database
    is_held: Callable[[str], Awaitable[bool]]

    async def find(self, run: str, key: str) -> CallRow | None:
        """The call of that place, if it was ever about to be made."""
        rows = await self.database.rows(f"SELECT {_COLUMNS} FROM calls WHERE run = ? AND key = ?", run, key)
        return made(CallRow, rows[0]) if rows else None

    async def of(self, run: str) -> list[CallRow]:
        """All calls of a run, in the order they began."""
        rows = await self.database.rows(f"SELECT {_COLUMNS} FROM calls WHERE run = ? ORDER BY began, key", run)
        return [made(CallRow, row) for row in rows]

    async def intend(self, row: CallRow) -> None:
        """Note that a call is about to be made.

        What is noted for that place already gives way where calling once more does no harm: a person said that it did
        not take place, or the other side knows its key.

        Raises:
            RunLost: the run is no longer that owner's.
            CallMade: it may have taken place already.
        """
        sql, values = insertion("calls", row)
        changes = ", ".join(f"{name} = excluded.{name}" for name in columns(CallRow))
        sql += f" ON CONFLICT (run, key) DO UPDATE SET {changes} WHERE {_AGAIN}"
        async with self.database.transaction() as transaction:
            await mine(self.database, transaction, row.run, row.epoch)
            if not await transaction.count(sql, *values):
                raise CallMade(f"the call {row.key} may have taken place already", hint=_SETTLE.format(row.run))

    async def finish(self, run: str, key: str, epoch: int, state: CallState, result_entry: str = "") -> None:
        """Note what became of a call.

        Raises:
            RunLost: the run is no longer that owner's.
            CallMade: a person, or this owner, has said already what became of it.
        """
        async with self.database.transaction() as transaction:
            await mine(self.database, transaction, run, epoch)
            if not await transaction.count(
                "UPDATE calls SET state = ?, result_entry = ?, ended = ?"
                " WHERE run = ? AND key = ? AND state NOT IN ('done', 'void')",
                *(state, result_entry, time.time()),
                *(run, key),
            ):
                raise CallMade(f"what became of the call {key} is settled already", hint=_SETTLE.format(run))

    async def settle(
        self,
        run: str,
        key: str,
        state: Literal["done", "failed", "void"],
        result_entry: str = "",
        *,
        again: CallRow | None = None,
    ) -> CallRow:
        """A person says whether a call took place: `done` with its result, `failed` with why, or `void`: it did not.

        Args:
            run: Its whole name.
            again: The call as it was found settled, where what a person said before is put right.
        Raises:
            InputError: there is no such call, or it is known what became of it.
            RunHeld: it may still be under way, as somebody works at the run.
        """
        row = await self.find(run, key)
        if row is None:
            keys = [one.key for one in await self.of(run)]
            raise InputError(f"the run {run} made no call {key!r}", hint=did_you_mean(key, keys))
        if row.state not in OPEN and row != again:
            raise InputError(f"the call {key} is no open question: it is {row.state!r}", hint=_SETTLE.format(run))
        if row.state != "uncertain" and await self.is_held(run):
            raise RunHeld(f"the call {key} may be under way: the run {run} is being worked at", hint="Wait for its end")
        settled = replace(row, state=state, result_entry=result_entry, ended=time.time())
        async with self.database.transaction() as transaction:
            if not await transaction.count(  # as it was when looked at: else somebody has begun to work at it
                "UPDATE calls SET state = ?, result_entry = ?, ended = ?"
                " WHERE run = ? AND key = ? AND state = ? AND epoch = ? AND result_entry = ?",
                *(settled.state, settled.result_entry, settled.ended),
                *(run, key, row.state, row.epoch, row.result_entry),
            ):
                raise RunHeld(f"the call {key} was gone on with meanwhile", hint=_SETTLE.format(run))
        return settled
