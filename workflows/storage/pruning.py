"""What is kept of runs does not grow for ever: by age, by count and by size the oldest goes first."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...agents.roles.types import Keep
from ...tools.base.database import Database
from ..spec.names import seconds
from .moving import kept, sizes
from .runs import Runs
from .store import Store
from .types import RunHeld, RunRow

ROOM = 0.9
"""Where it is too much, so much of what is allowed stays: else the next run would be too much again."""
_AT_ONCE = 400
_LAST = "CASE WHEN ended > claimed THEN ended WHEN claimed > created THEN claimed ELSE created END"
"""When a run last did something, in SQL."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed.

    Attributes:
        runs: Deleted, but for their words.
        checkpoints: Whose steps were removed: there is no way back to them.
        begin_again: Those of them that had not come to their end; who resumes one begins from its input.
        sound: Bytes of recordings.
    """

    runs: tuple[str, ...] = ()
    checkpoints: tuple[str, ...] = ()
    begin_again: tuple[str, ...] = ()
    sound: int = 0

    def __bool__(self) -> bool:
        return bool(self.runs or self.checkpoints or self.sound)

    def __str__(self) -> str:
        done = [
            f"{len(names)} {what}"
            for names, what in ((self.runs, "old runs"), (self.checkpoints, "old runs' steps"))
            if names
        ]
        if self.sound:
            done.append(f"{self.sound / 1e6:.1f} MB of sound")
        told = f"removed: {', '.join(done)}" if done else "nothing was removed"
        again = ", ".join(self.begin_again)
        return f"{told}; if resumed, these begin again from their input: {again}" if again else told


async def prune(store: Store, keep: Keep) -> Pruned:
    """Remove what is older or more than is kept; most of the time that is nothing, and found out quickly.

    A run that can be resumed is left as it is for as long as steps are kept, and longer while somebody works at it.

    Raises:
        StorageError: what is kept cannot be read or written.
    """
    before = time.time() - seconds(keep.checkpoints)
    found = await _old(store, before)
    removed, again = await _without_steps(store.runs, found)
    deleted = await _over_count(store.runs, keep.runs, before)
    sound = await _old_sound(store, keep, before)
    if not await _is_too_much(store, keep):
        return Pruned(deleted, removed, again, sound)
    more, more_sound = await _over_size(store, keep, before)
    return Pruned(deleted, (*removed, *more), again, sound + more_sound)
