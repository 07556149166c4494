"""Nodes that follow one another become one step of the graph: text flows through them while it is being written."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

from ...agents.events import StepStarted
from ...tools.base.errors import EngineError
from ..spec.kinds.common import NodeBase
from .failures import is_stopped
from .links import Link
from .step import Outcome, Runner, Step, Streamer, in_language
from .trying import naming

_PASSES = re.compile(r"(#\d+)*$")
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


async def run_chain(chain: list[Link], step: Step) -> list[tuple[Outcome, float]]:
    """Run the nodes of a chain at the same time. `step` is that of the first.

    Returns:
        What each found, in their order, and for how many seconds it worked.
    """
    for link in chain:
        step.emit(StepStarted(step=step_of(step, chain, link).name, kind=kind(link.node), about=about(link, step)))
    head = chain[0]
    if hasattr(head.runner, "stream"):  # a look whether it is a Streamer takes as long as many a node's work
        return await _flow(chain, step)
    runner = cast(Runner, head.runner)
    began = time.monotonic()
    with naming(step):
        outcome = await runner.run(step)
    return [(outcome, time.monotonic() - began)]


def kind(node: NodeBase) -> str:
    """Each kind of node declares its own."""
    return str(getattr(node, "kind"))  # noqa: B009


def about(link: Link, step: Step) -> str:
    """What the node does, for people, in their language."""
    words = link.node.about
    return words if isinstance(words, str) else str(in_language(words, str(step.value(link.values["language"]))))


@dataclass(slots=True)
class _Watched:
    """A stream that knows how long it was waited for and what it gave.

    Attributes:
        step: Whose it is; its own failures name it.
        failed: The failures that the streams of a chain have told of.
    """

    source: AsyncIterator[str]
    step: Step | None = None
    failed: list[BaseException] = field(default_factory=list)
    seconds: float = 0.0
    pieces: list[str] = field(default_factory=list)

    async def __aiter__(self) -> AsyncIterator[str]:
        while True:
            began = time.monotonic()
            try:
                piece = await anext(self.source)
            except StopAsyncIteration:
                return
            except Exception as error:
                if self.step is not None and error not in self.failed:
                    self.failed.append(error)
                    with naming(self.step):
                        raise
                raise
            finally:
                self.seconds += time.monotonic() - began
            self.pieces.append(piece)
            yield piece


async def _flow(chain: list[Link], step: Step) -> list[tuple[Outcome, float]]:
    """Each node takes up the text of the one before; the last is drained."""
    watched: list[_Watched] = []
    waits: list[_Watched] = []
    failed: list[BaseException] = []
    notes: dict[str, dict[str, Any]] = {link.name: {} for link in chain}
    async with AsyncExitStack() as stack:
        source: AsyncIterator[str] | None = None
        for link in chain:
            assert isinstance(link.runner, Streamer)
            own = step_of(step, chain, link)
            stream = link.runner.stream(own, source, notes[link.name])
            stack.push_async_callback(stream.aclose)  # type: ignore[attr-defined]
            watched.append(_Watched(stream, own, failed))
            if link is not chain[-1]:
                ahead = await stack.enter_async_context(_read_ahead(watched[-1]))
                waits.append(_Watched(ahead))
                source = aiter(waits[-1])
        async for _ in watched[-1]:
            pass
    found = []
    for i, link in enumerate(chain):
        own_time = watched[i].seconds - (waits[i - 1].seconds if i else 0)
        result = {"text": "".join(watched[i].pieces).strip(), **notes[link.name]}
        found.append((Outcome(result["text"], result), max(own_time, 0.0)))
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
        except asyncio.CancelledError:
            if is_stopped():
                raise
            await queue.put(EngineError("it stopped by itself in the middle of its text"))
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


def step_of(step: Step, chain: list[Link], link: Link) -> Step:
    """The step of one node of the chain; its visits are those of the first."""
    if link is chain[0]:
        return step
    name = _PASSES.sub("", step.name)
    passes = step.name.removeprefix(name)
    place, _, visit = step.path.rpartition("@")
    path = f"{place.removesuffix(chain[0].name)}{link.name}@{visit}"
    return replace(step, name=f"{name.removesuffix(chain[0].name)}{link.name}{passes}", path=path)
