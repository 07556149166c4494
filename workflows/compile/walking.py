"""Nodes that lead to one another run in one step of LangGraph, as long as there is one way and nothing to be kept."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from langgraph.errors import GraphBubbleUp
from langgraph.types import Command, Send

from .channels import VISITS, Channels
from .failures import kind_of
from .step import Turn

if TYPE_CHECKING:
    from langgraph.runtime import Runtime

BREATH_S = 0.005
"""So long nodes may run that wait for nothing, until others have their turn."""


@dataclass(frozen=True, slots=True)
class Going:
    """What a node writes to the state, and the nodes it leads to."""

    update: Mapping[str, Any]
    targets: list[str | Send]


Run = Callable[[Mapping[str, Any], Turn], Awaitable[Going]]
"""A node of a graph at work: a node of the file, a chain of nodes, or a part of a block."""


@dataclass(frozen=True, slots=True)
class Station:
    """A node of a graph.

    Attributes:
        counted: The name its visits are counted under; "" where it has but one, or goes on with what has begun.
        waits: Whether LangGraph must begin it, as it waits for others.
        stored_before, stored_after: Whether a durable run keeps its state before it begins, and when it is done.
    """

    name: str
    run: Run
    counted: str = ""
    waits: bool = False
    stored_before: bool = False
    stored_after: bool = False


@dataclass(frozen=True, slots=True)
class Walked:
    """How far a walk has come: the state there, all that was written on the way, and where it leads."""

    state: Mapping[str, Any]
    update: Mapping[str, Any]
    targets: list[str | Send]


class Broken(Exception):
    """A block failed that is a graph of its own: with which error, and what its nodes had written until then."""

    def __init__(self, error: Exception, written: Mapping[str, Any]) -> None:
        super().__init__(error, written)
        self.error, self.written = error, written


class BrokenOff(Exception):
    """A walk failed: with which error, and the state it had come to."""

    def __init__(self, error: Exception, state: Mapping[str, Any]) -> None:
        super().__init__(error, state)
        self.error, self.state = error, state


@dataclass(slots=True)
class Breath:
    """Lets others have their turn, now and then."""

    last: float = field(default_factory=time.monotonic)

    async def take(self) -> None:
        """Wait for nothing, if it has been long enough."""
        if time.monotonic() - self.last > BREATH_S:
            await asyncio.sleep(0)
            self.last = time.monotonic()


@dataclass(frozen=True, slots=True)
class Walker:
    """Goes through the nodes of one graph.

    Attributes:
        keeps_broken: Whether somebody around the graph wants to know what was written before an error.
    """

    channels: Channels
    keeps_broken: bool = False
    stations: dict[str, Station] = field(default_factory=dict)

    def begins_at(self, name: str) -> Callable[..., Awaitable[Command[Any]]]:
        """The function LangGraph calls for a node: it and those it leads to."""

        async def node(state: dict[str, Any], runtime: "Runtime[Turn]") -> Command[Any]:
            walked = await self.walk(name, state, runtime.context, stored=runtime.context.durable)
            return Command(update=dict(walked.update), goto=walked.targets)

        return node

    async def walk(self, name: str, state: Mapping[str, Any], turn: Turn, *, stored: bool) -> Walked:
        """Run a node and those it leads to, until there are several, or none, or one that waits.

        Args:
            stored: Whether to stop where the state is to be kept, too.
        Raises:
            BrokenOff: it failed in a way that somebody around the graph may take up.
        """
        update, breath, visits = dict[str, Any](), Breath(), dict[str, int]()
        while True:
            station = self.stations[name]
            state = _begun(station, state, visits)
            try:
                going = await station.run(state, turn)
            except GraphBubbleUp:
                raise
            except Exception as error:
                if self.keeps_broken:
                    self._break_off(error, state)
                raise
            self.channels.join(update, going.update)
            state = self.channels.after(state, going.update)
            following = self._following(station, going, stored=stored)
            if following is None:
                return Walked(state, update | ({VISITS: visits} if visits else {}), going.targets)
            name = following
            await breath.take()

    def _following(self, station: Station, going: Going, *, stored: bool) -> str | None:
        """The node to go on with; None where LangGraph has to see to it."""
        if len(going.targets) != 1 or not isinstance(going.targets[0], str):
            return None
        target = self.stations[going.targets[0]]
        if target.waits or (stored and (station.stored_after or target.stored_before)):
            return None
        return target.name

    def _break_off(self, error: Exception, state: Mapping[str, Any]) -> None:
        """Raises BrokenOff where the error is one that can be taken up."""
        cause, written = (error.error, error.written) if isinstance(error, Broken) else (error, {})
        if kind_of(cause) is not None:
            raise BrokenOff(cause, self.channels.after(state, written)) from cause


def _begun(station: Station, state: Mapping[str, Any], visits: dict[str, int]) -> Mapping[str, Any]:
    """The state with one more visit of a node; `visits` gets those that were counted in this walk."""
    if not station.counted:
        return state
    before: Mapping[str, int] = state.get(VISITS) or {}
    visits[station.counted] = before.get(station.counted, 0) + 1
    return {**state, VISITS: {**before, **visits}}
