"""One turn of a conversation at a time: what one leaves is what the next begins with."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from hashlib import sha256

from filelock import FileLock

from .claims import Locks
from .store import Store

_LOOK_S = 0.02
_MINE: ContextVar[frozenset[str]] = ContextVar("_MINE", default=frozenset())
"""The conversations this task has the turn of: what a turn starts in its own conversation need not wait for it."""


@asynccontextmanager
async def turn_of(store: Store, thread: str, waits: Callable[[], None] = lambda: None) -> AsyncIterator[None]:
    """Wait until no other turn of a conversation is under way, in any process, and keep the others waiting.

    Of a SQLite file; in Postgres, the queue of the workers sees to that.

    Args:
        thread: The conversation; "" for one of its own, which needs no turn.
        waits: Called once where another turn is under way.
    Raises:
        StorageError: the file of the lock cannot be made.
    """
    name = f"thread-{sha256(thread.encode(errors='replace')).hexdigest()[:32]}"
    if not thread or store.runs.locks is None or name in _MINE.get():
        yield
        return
    lock = await _taken(store.runs.locks, name, waits)
    mine = _MINE.set(_MINE.get() | {name})
    try:
        yield
    finally:
        _MINE.reset(mine)
        store.runs.locks.path(name).unlink(missing_ok=True)  # while it is held: whoever has it open makes it anew
        lock.release()


async def _taken(locks: Locks, name: str, waits: Callable[[], None]) -> FileLock:
    lock = locks.try_to_take(name)
    if lock is None:
        waits()
    while lock is None:
        await asyncio.sleep(_LOOK_S)
        lock = locks.try_to_take(name)
    return lock
