"""Nodes that follow one another become one step of the graph: text flows through them while it is being written."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from ...agents.events import StepFinished, StepStarted
from ..spec.types import NodeBase, WorkflowSpec
from .step import Compiled, Outcome, Runner, Step, Streamer, in_language

AHEAD = 256
"""Pieces of text a node may be ahead of the one that follows it."""


@dataclass(frozen=True, slots=True)
class Link:
    """A compiled node of a chain; `into` maps state fields to expressions over `result`, or to None for its value."""

    name: str
    node: NodeBase
    runner: Runner | Streamer
    into: Mapping[str, Compiled | None]


def chains(spec: WorkflowSpec) -> list[list[str]]:
    """The nodes in groups: each begins with a node that follows nobody, and goes on with those that follow it."""
    follower = {node.follows: name for name, node in spec.nodes.items() if node.follows}
    found = []
    for name, node in spec.nodes.items():
        if node.follows:
            continue
        chain = [name]
        while chain[-1] in follower:
            chain.append(follower[chain[-1]])
        found.append(chain)
    return found


async def run_chain(chain: list[Link], step: Step) -> dict[str, Any]:
    """Run the nodes of a chain at the same time and collect what they write to the state."""
    for link in chain:
        step.emit(StepStarted(step=link.name, kind=link.node.kind, about=_about(link, step)))  # type: ignore[attr-defined]
    head = chain[0]
    if isinstance(head.runner, Streamer):
        return await _flow(chain, step)
    began = time.monotonic()
    outcome = await head.runner.run(_of(step, head))
    step.emit(StepFinished(step=head.name, seconds=time.monotonic() - began))
    return _update(head, _of(step, head), outcome)


@dataclass(slots=True)
class _Watched:
    """A stream that knows how long it was waited for and what it gave."""

    source: AsyncIterator[str]
    seconds: float = 0.0
    pieces: list[str] = field(default_factory=list)

    async def __aiter__(self) -> AsyncIterator[str]:
        while True:
            began = time.monotonic()
            try:
                piece = await anext(self.source)
            except StopAsyncIteration:
                return
            finally:
                self.seconds += time.monotonic() - began
            self.pieces.append(piece)
            yield piece


async def _flow(chain: list[Link], step: Step) -> dict[str, Any]:
    """Each node takes up the text of the one before; the last is drained."""
    watched: list[_Watched] = []
    waits: list[_Watched] = []
    notes: dict[str, dict[str, Any]] = {link.name: {} for link in chain}
    async with AsyncExitStack() as stack:
        source: AsyncIterator[str] | None = None
        for link in chain:
            assert isinstance(link.runner, Streamer)
            stream = link.runner.stream(_of(step, link), source, notes[link.name])
            stack.push_async_callback(stream.aclose)  # type: ignore[attr-defined]
            watched.append(_Watched(stream))
            if link is not chain[-1]:
                ahead = await stack.enter_async_context(_read_ahead(watched[-1]))
                waits.append(_Watched(ahead))
                source = aiter(waits[-1])
        async for _ in watched[-1]:
            pass
    update: dict[str, Any] = {}
    for i, link in enumerate(chain):
        own = watched[i].seconds - (waits[i - 1].seconds if i else 0)
        step.emit(StepFinished(step=link.name, seconds=max(own, 0.0)))
        text = "".join(watched[i].pieces).strip()
        update |= _update(link, _of(step, link), Outcome(text, {"text": text, **notes[link.name]}))
    return update


@asynccontextmanager
async def _read_ahead(source: _Watched) -> AsyncIterator[AsyncIterator[str]]:
    """Let a stream run ahead of its reader in a task of its own, which ends with this block."""
    queue: asyncio.Queue[str | BaseException | None] = asyncio.Queue(AHEAD)

    async def fill() -> None:
        try:
            async for piece in source:
                await queue.put(piece)
        except Exception as error:  # the reader raises it, where somebody is waiting
            await queue.put(error)
        else:
            await queue.put(None)

    async def drain() -> AsyncIterator[str]:
        while (piece := await queue.get()) is not None:
            if isinstance(piece, BaseException):
                raise piece
            yield piece

    task = asyncio.create_task(fill())
    try:
        yield drain()
    finally:
        task.cancel()
        await asyncio.wait([task])


def _of(step: Step, link: Link) -> Step:
    return Step(link.name, step.turn, step.state)


def _update(link: Link, step: Step, outcome: Outcome) -> dict[str, Any]:
    return {
        name: outcome.value if compiled is None else step.value(compiled, outcome.result)
        for name, compiled in link.into.items()
    }


def _about(link: Link, step: Step) -> str:
    about = link.node.about
    language = str(step.state.get("language", "en"))
    return about if isinstance(about, str) else str(in_language(about, language))
