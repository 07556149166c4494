"""The checkpoints of a run change hands: moved to its new owner, copied for a fork, removed.

They lie in tables that LangGraph makes, one set for SQLite and one for Postgres; this is the one place that knows them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ...tools.base.database import Transaction
from ...tools.base.sqlite_database import SqliteTransaction

_HELD = (
    "SELECT c.checkpoint_ns, v.key, v.value"
    " FROM checkpoints c CROSS JOIN LATERAL jsonb_each_text(c.checkpoint -> 'channel_versions') v"
    " WHERE c.thread_id = ? AND c.checkpoint_id <= ?"
)
"""The values that checkpoints refer to."""


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    columns: str


_CHECKPOINTS = _Table("checkpoints", "checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata")
_WRITES = "checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type"
_SQLITE = (_CHECKPOINTS, _Table("writes", f"{_WRITES}, value"))
_BLOBS = _Table("checkpoint_blobs", "checkpoint_ns, channel, version, type, blob")
_POSTGRES = (_CHECKPOINTS, _Table("checkpoint_writes", f"{_WRITES}, blob"), _BLOBS)


async def move(transaction: Transaction, from_thread: str, to_thread: str) -> None:
    """Give every checkpoint of a thread to another one: whoever still writes to the first writes where nobody reads."""
    for table in await _tables(transaction):
        await transaction.run(f"UPDATE {table.name} SET thread_id = ? WHERE thread_id = ?", to_thread, from_thread)


async def copy(transaction: Transaction, from_thread: str, to_thread: str, until: str = "") -> None:
    """Copy the checkpoints of a thread.

    Args:
        until: The checkpoint of the outermost graph that is to be the last: what ran after it is not copied, and runs
            again. "" copies everything, what is half done included.
    """
    for table in await _tables(transaction):
        where, values = _until(table, from_thread, until)
        await transaction.run(
            f"INSERT INTO {table.name} (thread_id, {table.columns})"
            f" SELECT CAST(? AS TEXT), {table.columns} FROM {table.name} WHERE thread_id = ?{where}",
            to_thread,
            from_thread,
            *values,
        )


async def remove(transaction: Transaction, thread: str) -> None:
    """Remove every checkpoint of a thread."""
    for table in await _tables(transaction):
        await transaction.run(f"DELETE FROM {table.name} WHERE thread_id = ?", thread)


def _until(table: _Table, thread: str, until: str) -> tuple[str, Sequence[str]]:
    """Ids are sorted by time, in graphs within graphs as well; what is written to the last checkpoint came after it.

    Source: draft-ietf-uuidrev-rfc4122bis, version 6.
    """
    if not until:
        return "", ()
    if table is _BLOBS:
        return f" AND (checkpoint_ns, channel, version) IN ({_HELD})", (thread, until)
    return f" AND checkpoint_id {'<=' if table is _CHECKPOINTS else '<'} ?", (until,)


async def _tables(transaction: Transaction) -> list[_Table]:
    """Those that are there: nobody may have saved a checkpoint yet."""
    is_sqlite = isinstance(transaction, SqliteTransaction)
    if is_sqlite:
        sql = "SELECT name FROM sqlite_master WHERE type = 'table'"
    else:
        sql = "SELECT tablename FROM pg_tables WHERE schemaname = ANY (current_schemas(false))"
    there = {row[0] for row in await transaction.run(sql)}
    return [table for table in (_SQLITE if is_sqlite else _POSTGRES) if table.name in there]


async def sizes(transaction: Transaction) -> dict[str, int]:
    """How many bytes the checkpoints of each thread take, about. It looks at every checkpoint there is."""
    is_sqlite = isinstance(transaction, SqliteTransaction)
    found: dict[str, int] = {}
    for table in await _tables(transaction):
        columns = [name for name in ("checkpoint", "metadata", "value", "blob") if name in table.columns.split(", ")]
        length = "LENGTH" if is_sqlite else "PG_COLUMN_SIZE"  # of what is stored, which is not read for it
        taken = " + ".join(f"COALESCE({length}({name}), 0)" for name in columns)
        sql = f"SELECT thread_id, SUM({taken}) + 200 * COUNT(*) FROM {table.name} GROUP BY thread_id"
        for thread, size in await transaction.run(sql):
            found[thread] = found.get(thread, 0) + int(size)
    return found


async def kept(transaction: Transaction, threads: Sequence[str]) -> set[str]:
    """Those of these threads, at most 400, that have checkpoints."""
    if not threads or _CHECKPOINTS not in await _tables(transaction):
        return set()
    marks = ", ".join("?" * len(threads))
    sql = f"SELECT DISTINCT thread_id FROM checkpoints WHERE thread_id IN ({marks})"
    return {row[0] for row in await transaction.run(sql, *threads)}
