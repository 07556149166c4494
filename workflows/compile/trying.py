"""How long a node may take, how often it is tried, and who takes up what it fails with."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from typing import TypeVar

from langgraph.errors import GraphBubbleUp

from ...agents.events import Event, StepFailed
from ...tools.base.errors import AntiphonError
from ..spec.kinds.common import NodeBase, Retry, Timeout
from ..spec.names import seconds
from .failures import StepTimeout, kind_of
from .step import Step

T = TypeVar("T")


@contextmanager
def naming(step: Step) -> Iterator[None]:
    """Name the node in every error that leaves the block, and tell about it; a pause is no error."""
    try:
        yield
    except GraphBubbleUp:
        raise
    except Exception as error:
        if isinstance(error, AntiphonError) and not _names(error.at, step.name):
            error.at = f"{step.name}: {error.at}" if error.at else step.name
        step.emit(StepFailed(step=step.name, problem=str(error), kind=kind_of(error) or ""))
        raise


def _names(at: str, step: str) -> bool:
    """Whether an error says already that it happened in this node, in one within it, or in a block around it."""
    told, name = at.partition(":")[0].partition("#")[0], step.partition("#")[0]
    return told == name or told.startswith(f"{name}.") or (bool(told) and name.startswith(f"{told}."))


async def tried(node: NodeBase, step: Step, work: Callable[[Step], Awaitable[T]]) -> T:
    """Do a node's work, each try within its time, as often as its `retry` says.

    Raises:
        StepTimeout: the last try took too long.
    """
    for wait in _waits(node.retry):
        try:
            async with in_time(node.timeout, step) as timed:
                return await work(timed)
        except Exception as error:
            if node.retry is None or kind_of(error) not in node.retry.on:
                raise
        await asyncio.sleep(wait)
    async with in_time(node.timeout, step) as timed:
        return await work(timed)


def _waits(retry: Retry | None) -> list[float]:
    """The seconds after each try but the last."""
    return [seconds(retry.wait) * retry.backoff**i for i in range(retry.times)] if retry is not None else []


@asynccontextmanager
async def in_time(timeout: str | Timeout | None, step: Step) -> AsyncIterator[Step]:
    """The step with an end to its time; every event of it is a sign of life.

    Raises:
        StepTimeout: it is over.
    """
    limits = Timeout(run=timeout) if isinstance(timeout, str) else timeout
    if limits is None:
        yield step
        return
    run, idle = (seconds(one) if one else None for one in (limits.run, limits.idle))
    now, whole, silence = asyncio.get_running_loop().time, asyncio.timeout(run), asyncio.timeout(idle)
    try:
        async with whole, silence:

            def emit(event: Event) -> None:
                if idle is not None:
                    with suppress(RuntimeError):  # it is over already
                        silence.reschedule(now() + idle)
                step.emit(event)

            yield replace(step, turn=replace(step.turn, emit=emit))
    except TimeoutError:
        if not (whole.expired() or silence.expired()):
            raise
        how = f"{idle:g} s without a sign of life" if silence.expired() else f"{run:g} s"
        with naming(step):
            raise StepTimeout(f"it took longer than {how}") from None
