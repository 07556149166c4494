"""A node that gives what it gave before for the same values, while this process runs."""

import pickle
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from .step import BrokenOff, Outcome, Runner, Step, Streamer

if TYPE_CHECKING:
    from langgraph.cache.base import BaseCache

Key = Callable[[Step], Any]
"""What must be the same, from the values of this moment."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """Results by the node's place and what it read, for so many seconds."""

    cache: "BaseCache[Any]"
    where: str
    seconds: int
    key: Key

    def key_of(self, step: Step) -> Any:
        """The key of this moment's values."""
        return (("antiphon", self.where), sha256(pickle.dumps(self.key(step))).hexdigest())

    async def find(self, key: Any) -> Outcome | None:
        """The result that is kept, if there is one."""
        found = (await self.cache.aget([key])).get(key)
        return Outcome(*found) if found is not None else None

    async def keep(self, key: Any, outcome: Outcome) -> None:
        """Keep a result."""
        await self.cache.aset({key: ((outcome.value, outcome.result), self.seconds)})


@dataclass(frozen=True, slots=True)
class CachedRunner:
    runner: Runner
    remembered: Remembered

    async def run(self, step: Step) -> Outcome:
        key = self.remembered.key_of(step)
        async with step.turn.gate(str(key)):  # of two passes that need the same, one works and the other waits
            outcome = await self.remembered.find(key)
            if outcome is None:
                outcome = await self.runner.run(step)
                await self.remembered.keep(key, outcome)
            return outcome


@dataclass(frozen=True, slots=True)
class CachedStreamer:
    runner: Streamer
    remembered: Remembered

    async def stream(self, step: Step, source: AsyncIterator[str] | None, notes: dict[str, Any]) -> AsyncIterator[str]:
        key = self.remembered.key_of(step)
        async with step.turn.gate(str(key)):
            outcome = await self.remembered.find(key)
            if outcome is not None:
                notes |= outcome.result
                yield outcome.value
                return
            pieces: list[str] = []
            async with aclosing(self.runner.stream(step, source, notes)) as stream:  # type: ignore[type-var]
                async for piece in stream:
                    pieces.append(piece)
                    yield piece
            if not any(isinstance(piece, BrokenOff) for piece in pieces):
                await self.remembered.keep(key, Outcome("".join(pieces), dict(notes)))


def cached(runner: Runner | Streamer, remembered: Remembered) -> Runner | Streamer:
    """The same node, with a memory."""
    return CachedStreamer(runner, remembered) if isinstance(runner, Streamer) else CachedRunner(runner, remembered)
