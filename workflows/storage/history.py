"""The checkpoints of a run, as points it can be forked at."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from langgraph.checkpoint.base import Checkpoint, CheckpointTuple
from langgraph.checkpoint.serde.types import TASKS
from langgraph.constants import START
from langgraph.types import Send

from .checkpoints import Checkpoints

_BRANCH = "branch:to:"


@dataclass(frozen=True, slots=True)
class Point:
    """A checkpoint of the outermost graph.

    Attributes:
        id: What `fork --at` takes.
        step: -1 is the input, 0 what the input led to, and so on.
        when: Seconds since 1970.
        nodes: Those that run next, one name for each time; none at the end.
    """

    id: str
    step: int
    when: float
    nodes: tuple[str, ...] = ()


async def history(checkpoints: Checkpoints) -> list[Point]:
    """The points of a run, newest first. No word is read.

    Raises:
        StorageError: they cannot be read.
    """
    return [_point(one) for one in await checkpoints.bare()]


def _point(found: CheckpointTuple) -> Point:
    checkpoint = found.checkpoint
    when = datetime.fromisoformat(checkpoint["ts"]).timestamp()
    return Point(checkpoint["id"], found.metadata.get("step", -1), when, tuple(_next(checkpoint)))


def ahead(checkpoint: Checkpoint) -> set[str]:
    """The nodes that are to run, those included that wait for others."""
    waiting = {channel.removeprefix(_BRANCH) for channel in checkpoint["channel_values"] if channel.startswith(_BRANCH)}
    return {*_next(checkpoint), *waiting}


def _next(checkpoint: Checkpoint) -> Iterator[str]:
    """What LangGraph keeps for the next step: a channel for each node that is to run, and a list of Sends."""
    values = checkpoint["channel_values"]
    for channel, value in values.items():
        if channel == START or (channel.startswith(_BRANCH) and not _is_waiting(value)):
            yield channel.removeprefix(_BRANCH)
    yield from (one.node for one in values.get(TASKS) or () if isinstance(one, Send))


def _is_waiting(value: Any) -> bool:
    """Whether this is of a node that waits for all others: its value, and whether they have ended."""
    return isinstance(value, list | tuple) and not value[-1]
