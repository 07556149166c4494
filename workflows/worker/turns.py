"""Whose turn it is in a conversation: its runs enter the queue one after another, so two never write to it at once.

A partition of DBOS for each conversation would do that too, but DBOS 3.4 takes partitions in random order: a priority
would count within a conversation only. With one run of each in the queue, priorities count among all of them.
"""

from dataclasses import dataclass

from ...tools.base.database import Database
from ..storage.types import RunRow

SCHEMA = """
CREATE TABLE IF NOT EXISTS turns (
    thread TEXT PRIMARY KEY,
    run TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    entered BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS runs_queued ON runs (thread) WHERE status = 'queued';
"""
LEFT_S = 10.0
"""A run that was to enter the queue and has not after so long was left there by a process that died."""
_HOLDER = "FROM turns JOIN runs AS its ON its.id = turns.run AND its.status IN ('queued', 'running')"
_ENTERED = "turns.entered = 1 AND (its.status = 'running' OR its.epoch = turns.epoch)"
"""A run that rested and was answered has another epoch than when it entered last: it is to enter once more."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The run that may work in its conversation.

    Attributes:
        entered: Whether it is in the queue already, or at work.
    """

    run: str
    entered: bool


async def turn(database: Database, thread: str) -> Turn | None:
    """Whose turn it is: who has it keeps it until that run is over or rests, then the oldest that is queued has it."""
    async with database.transaction() as transaction:
        await transaction.run("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", f"antiphon turn {thread}")
        holder = await transaction.run(f"SELECT turns.run, {_ENTERED} {_HOLDER} WHERE turns.thread = ?", thread)
        if holder:
            return Turn(holder[0][0], bool(holder[0][1]))
        oldest = "SELECT id FROM runs WHERE thread = ? AND status = 'queued' ORDER BY created, id LIMIT 1"
        next_ = await transaction.run(oldest, thread)
        await transaction.run("DELETE FROM turns WHERE thread = ?", thread)
        if not next_:
            return None
        await transaction.run(
            "INSERT INTO turns (thread, run, epoch, entered) VALUES (?, ?, 0, 0)", thread, next_[0][0]
        )
        return Turn(next_[0][0], False)


async def entered(database: Database, row: RunRow) -> None:
    """Note that the run whose turn it is waits in the queue."""
    async with database.transaction() as transaction:
        noted = "UPDATE turns SET entered = 1, epoch = ? WHERE thread = ? AND run = ?"
        await transaction.run(noted, row.epoch, row.thread, row.id)


async def left(database: Database, most: int = 100) -> list[str]:
    """Conversations whose runs wait although no run of theirs is in the queue or at work."""
    rows = await database.rows(
        f"SELECT DISTINCT waits.thread FROM runs AS waits WHERE waits.status = 'queued'"
        f" AND waits.created < {database.now} - {LEFT_S}"
        f" AND NOT EXISTS (SELECT 1 {_HOLDER} WHERE turns.thread = waits.thread AND {_ENTERED}) LIMIT ?",
        most,
    )
    return [row[0] for row in rows]
