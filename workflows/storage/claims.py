"""One process works at a run at a time.

A run of a SQLite file is kept by a lock of the operating system, which is gone at once when the process that has it
dies, and stays while the process is frozen. A run in Postgres is kept by a lease by the clock of the database, which
its owner renews; whoever does not is taken over from. Either way a new owner raises the epoch of the run, by which
everything its predecessor may still write is refused.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from ...tools.base.database import Database
from ...tools.base.errors import StorageError
from ...tools.base.finishing import to_its_end
from ...tools.base.writing import storage_errors
from .moving import move
from .schema import run_of
from .types import NoSuchRun, RunHeld, RunRow

if TYPE_CHECKING:
    from .runs import Runs
    from .store import Store

LEASE_S = 10.0
"""So long after its last word an owner in Postgres counts as dead."""
RENEW_S = 2.0
"""So often it gives word."""
_TRIES, _PAUSE_S = 5, 0.02
"""Somebody may only have looked whether the run is held."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A run of one's own, for as long as the block.

    Attributes:
        row: The run, with the epoch that is now its owner's.
        lost: Set when the run is no longer one's own, or nobody can say whether it is.
    """

    row: RunRow
    lost: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def claim(store: "Store", id: str, *, owner: str = "") -> AsyncIterator[Claim]:
    """Work at a run, and keep everybody else off it.

    Args:
        id: Its name, or what only its name begins with.
        owner: What others are told; by default the name of this machine and the number of this process.
    Raises:
        NoSuchRun: there is none of that name.
        RunHeld: somebody else works at it.
    """
    row = await store.runs.get(id)
    async with _kept_off(store.runs, row):
        claimed = Claim(await _taken(store, row, owner or this_process()))
        try:
            async with _renewed(store.database, claimed):
                yield claimed
        finally:
            await to_its_end(_left(store.database, claimed.row))


def this_process() -> str:
    """Who works here, for people."""
    return f"process {os.getpid()} on {socket.gethostname()}"


def held(row: RunRow) -> RunHeld:
    """What somebody is told who may not work at a run now."""
    since = f" since {datetime.fromtimestamp(row.claimed):%Y-%m-%d %H:%M:%S}" if row.claimed else ""
    return RunHeld(
        f"the run {row.id} is being worked at by {row.owner or 'another process'}{since}",
        hint="Wait until that ends, or stop that process",
    )


@dataclass(frozen=True, slots=True)
class Locks:
    """A lock of the operating system for each run, as files in a folder."""

    folder: Path

    def path(self, id: str) -> Path:
        """The file of a run; there need be none."""
        return self.folder / f"{id}.lock"

    def take(self, row: RunRow) -> FileLock:
        """Keep every other process off a run, until the lock is released.

        Raises:
            RunHeld: one works at it.
            StorageError: the file cannot be made.
        """
        lock = self.try_to_take(row.id)
        if lock is None:
            raise held(row)
        return lock

    def try_to_take(self, id: str) -> FileLock | None:
        """The lock of a name, until it is released; None where another process has it.

        Raises:
            StorageError: the file cannot be made.
        """
        path = self.path(id)
        with storage_errors(path):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = FileLock(path, mode=0o600)
            try:
                lock.acquire(blocking=False)
            except Timeout:
                return None
        return lock

    @contextmanager
    def kept_off(self, row: RunRow) -> Iterator[None]:
        """Keep every other process off a run for the time of a block; errors as `take`."""
        lock = self.take(row)
        try:
            yield
        finally:
            lock.release()

    async def is_held(self, row: RunRow) -> bool:
        """Whether a process works at a run at this moment, and has not only looked, as this one does."""
        for _ in range(_TRIES):
            if not self._is_taken(row):
                return False
            await asyncio.sleep(_PAUSE_S)
        return self._is_taken(row)

    def _is_taken(self, row: RunRow) -> bool:
        if not self.path(row.id).exists():
            return False
        try:
            self.take(row).release()
        except RunHeld:
            return True
        return False


@asynccontextmanager
async def _kept_off(runs: "Runs", row: RunRow) -> AsyncIterator[None]:
    if runs.locks is None:  # the lease does it
        yield
        return
    lock = await _patiently(runs, runs.locks, row)
    try:
        yield
    finally:
        lock.release()


async def _patiently(runs: "Runs", locks: Locks, row: RunRow) -> FileLock:
    for _ in range(_TRIES):
        try:
            return locks.take(row)
        except RunHeld:
            await asyncio.sleep(_PAUSE_S)
    return locks.take(await runs.get(row.id))  # its owner may have changed


async def _taken(store: "Store", row: RunRow, owner: str) -> RunRow:
    """The run with its new epoch, and its checkpoints where only the new owner writes."""
    database = store.database
    lease = f"{database.now} + {LEASE_S}" if database.is_shared else "0"
    async with database.transaction() as transaction:
        free = await transaction.count(
            f"UPDATE runs SET epoch = epoch + 1, owner = ?, claimed = {database.now}, leased_until = {lease},"
            f" status = 'running' WHERE id = ? AND leased_until <= {database.now}",
            owner,
            row.id,
        )
        mine = await run_of(transaction, row.id)
        if mine is None:
            raise NoSuchRun(f"the run {row.id} was deleted just now")
        if not free:
            raise held(mine)
        await move(transaction, f"{mine.id}.{mine.epoch - 1}", mine.checkpoints)
    return mine


async def _left(database: Database, row: RunRow) -> None:
    """Nobody works at it any more, unless somebody has taken it over or deleted it."""
    async with database.transaction() as transaction:
        await transaction.run(
            "UPDATE runs SET owner = '', leased_until = 0 WHERE id = ? AND epoch = ?", row.id, row.epoch
        )


@asynccontextmanager
async def _renewed(database: Database, claim: Claim) -> AsyncIterator[None]:
    """Renew the lease for as long as the block; a run of a SQLite file needs none."""
    if not database.is_shared:
        yield
        return
    renewing = asyncio.create_task(_renew(database, claim))
    renewing.add_done_callback(lambda _: claim.lost.set())
    try:
        yield
    finally:
        renewing.cancel()
        await asyncio.wait([renewing])


async def _renew(database: Database, claim: Claim) -> None:
    clock = asyncio.get_running_loop().time
    ends = clock() + LEASE_S
    while not claim.lost.is_set():
        await asyncio.sleep(RENEW_S)
        asked = clock()
        try:
            async with database.transaction() as transaction:
                is_mine = await transaction.count(
                    f"UPDATE runs SET leased_until = {database.now} + {LEASE_S} WHERE id = ? AND epoch = ?",
                    claim.row.id,
                    claim.row.epoch,
                )
        except StorageError:
            is_mine = clock() < ends  # the database may come back before the lease has run out
        else:
            ends = asked + LEASE_S
        if not is_mine:
            claim.lost.set()
