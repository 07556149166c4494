"""The tables of runs, the same in SQLite and Postgres. LangGraph's own, of the checkpoints, are in `moving.py`."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from ...tools.base.database import Database, Row, Transaction
from .types import CallRow, QuestionRow, RunLost, RunRow

VERSION = 2
"""Of these tables, and of LangGraph's as they are used here: one more with each change of a column."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY,
    workflow TEXT NOT NULL,
    source TEXT NOT NULL,
    status TEXT NOT NULL,
    thread TEXT NOT NULL,
    parent TEXT NOT NULL,
    forked_at TEXT NOT NULL,
    created DOUBLE PRECISION NOT NULL,
    began DOUBLE PRECISION NOT NULL,
    ended DOUBLE PRECISION NOT NULL,
    input_entry TEXT NOT NULL,
    output_entry TEXT NOT NULL,
    problem_entry TEXT NOT NULL,
    head_entry TEXT NOT NULL,
    tail_entry TEXT NOT NULL,
    owner TEXT NOT NULL,
    claimed DOUBLE PRECISION NOT NULL,
    epoch BIGINT NOT NULL,
    leased_until DOUBLE PRECISION NOT NULL,
    steps BIGINT NOT NULL,
    tokens BIGINT NOT NULL,
    seconds DOUBLE PRECISION NOT NULL,
    priority BIGINT NOT NULL,
    fingerprint TEXT NOT NULL,
    options TEXT NOT NULL,
    spent TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS runs_by_time ON runs (created);
CREATE INDEX IF NOT EXISTS runs_by_thread ON runs (thread, created);
CREATE TABLE IF NOT EXISTS calls (
    run TEXT NOT NULL,
    key TEXT NOT NULL,
    step TEXT NOT NULL,
    tool TEXT NOT NULL,
    keyed BIGINT NOT NULL,
    state TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    began DOUBLE PRECISION NOT NULL,
    ended DOUBLE PRECISION NOT NULL,
    given_entry TEXT NOT NULL,
    result_entry TEXT NOT NULL,
    PRIMARY KEY (run, key)
);
CREATE TABLE IF NOT EXISTS questions (
    run TEXT NOT NULL,
    key TEXT NOT NULL,
    step TEXT NOT NULL,
    asked DOUBLE PRECISION NOT NULL,
    question_entry TEXT NOT NULL,
    answer_entry TEXT NOT NULL,
    PRIMARY KEY (run, key)
);
"""

R = TypeVar("R", RunRow, CallRow, QuestionRow)


def columns(type_: type[RunRow | CallRow | QuestionRow]) -> tuple[str, ...]:
    """The columns of a table, in the order of the fields of its rows."""
    return tuple(field.name for field in fields(type_))


def insertion(table: str, row: RunRow | CallRow | QuestionRow) -> tuple[str, list[Any]]:
    """The statement that adds a row, and its values."""
    names = columns(type(row))
    marks = ", ".join("?" * len(names))
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", [plain(getattr(row, name)) for name in names]


def plain(value: Any) -> Any:
    """A field of a row as both databases hold it."""
    if isinstance(value, Mapping):
        return json.dumps(dict(value), ensure_ascii=False)
    return int(value) if isinstance(value, bool) else value


def made(type_: type[R], found: Row) -> R:
    """A row as it was before it was kept; the columns are in the order of `columns`."""
    values = dict(zip(columns(type_), found, strict=True))
    for name in ("fingerprint", "options", "spent"):
        if name in values:
            values[name] = json.loads(values[name])
    if "keyed" in values:
        values["keyed"] = bool(values["keyed"])
    return type_(**values)


async def run_of(transaction: Transaction, id: str) -> RunRow | None:
    """A run as a transaction sees it."""
    found = await transaction.run(f"SELECT {', '.join(columns(RunRow))} FROM runs WHERE id = ?", id)
    return made(RunRow, found[0]) if found else None


async def mine(database: Database, transaction: Transaction, run: str, epoch: int) -> None:
    """Go on only if the run is still that owner's, and let nobody take it over before the transaction has ended.

    Raises:
        RunLost: somebody has taken it over, or deleted it.
    """
    lock = " FOR SHARE" if database.is_shared else ""  # a transaction of SQLite that may write is alone
    if not await transaction.run(f"SELECT 1 FROM runs WHERE id = ? AND epoch = ?{lock}", run, epoch):
        raise lost(run)


def lost(run: str) -> RunLost:
    """What an owner is told whose run is no longer its own."""
    return RunLost(
        f"the run {run} is no longer this process's: another one has taken it over, or it was deleted",
        hint=f"What happens with it now is shown by: antiphon runs show {run}",
    )
