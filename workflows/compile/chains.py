"""Nodes that follow one another become one step of the graph: text flows through them while it is being written."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from ...agents.events import StepFinished, StepStarted
from ..spec.kinds.common import NodeBase
from .links import Link
from .step import Outcome, Step, Streamer, in_language

AHEAD = 256
"""Pieces of text a node may be ahead of the one that follows it."""


def chains(nodes: Mapping[str, NodeBase]) -> list[list[str]]:
    """The nodes of a level in groups: each begins with one that follows nobody, and goes on with its followers."""
    follower = {node.follows: name for name, node in nodes.items() if node.follows}
    found = []
    for name, node in nodes.items():
        if node.follows:
            continue
        chain = [name]
        while chain[-1] in follower:
            chain.append(follower[chain[-1]])
        found.append(chain)
    return found


async def run_chain(chain: list[Link], step: Step) -> list[Outcome]:
    """Run the nodes of a chain at the same time; what each found, in their order. `step` is that of the first."""
    for link in chain:
        step.emit(StepStarted(step=_of(step, chain, link).name, kind=kind(link.node), about=about(link.node, step)))
    head = chain[0]
    if isinstance(head.runner, Streamer):
        return await _flow(chain, step)
    assert head.runner is not None
    began = time.monotonic()
    outcome = await head.runner.run(step)
    step.emit(StepFinished(step=step.name, seconds=time.monotonic() - began))
    return [outcome]


def kind(node: NodeBase) -> str:
    """Each kind of node declares its own."""
    return str(getattr(node, "kind"))  # noqa: B009


def about(node: NodeBase, step: Step) -> str:
    """What the node does, for people, in their language."""
    language = str(step.state.get("language", "en"))
    return node.about if isinstance(node.about, str) else str(in_language(node.about, language))


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


async def _flow(chain: list[Link], step: Step) -> list[Outcome]:
    """Each node takes up the text of the one before; the last is drained."""
    watched: list[_Watched] = []
    waits: list[_Watched] = []
    notes: dict[str, dict[str, Any]] = {link.name: {} for link in chain}
    async with AsyncExitStack() as stack:
        source: AsyncIterator[str] | None = None
        for link in chain:
            assert isinstance(link.runner, Streamer)
            stream = link.runner.stream(_of(step, chain, link), source, notes[link.name])
            stack.push_async_callback(stream.aclose)  # type: ignore[attr-defined]
            watched.append(_Watched(stream))
            if link is not chain[-1]:
                ahead = await stack.enter_async_context(_read_ahead(watched[-1]))
                waits.append(_Watched(ahead))
                source = aiter(waits[-1])
        async for _ in watched[-1]:
            pass
    found = []
    for i, link in enumerate(chain):
        own = watched[i].seconds - (waits[i - 1].seconds if i else 0)
        step.emit(StepFinished(step=_of(step, chain, link).name, seconds=max(own, 0.0)))
        text = "".join(watched[i].pieces).strip()
        found.append(Outcome(text, {"text": text, **notes[link.name]}))
    return found


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


def _of(step: Step, chain: list[Link], link: Link) -> Step:
    """The step of one node of the chain."""
    if link is chain[0]:
        return step
    name, hash_, passes = step.name.partition("#")
    return replace(step, name=f"{name.removesuffix(chain[0].name)}{link.name}{hash_}{passes}")
