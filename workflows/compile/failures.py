"""What went wrong in a node, by the kinds a workflow file knows, and as an error that names the node."""

import asyncio
from collections.abc import Mapping
from typing import NoReturn

from ...tools.base.errors import (
    AntiphonError,
    EndpointError,
    EndpointTimeout,
    EngineError,
    LimitReached,
    ModelFileError,
    Refused,
    ServiceError,
    ToolFailed,
    WorkflowFailed,
)
from ..spec.kinds.common import ErrorKind


class StepTimeout(AntiphonError, TimeoutError):
    """A node took longer than its `timeout` allows."""


class ItemFailed(AntiphonError):
    """What is known of an error that happened before: its words, and its `kind`. A pass of a map failed with it."""

    def __init__(self, problem: str, kind: ErrorKind, *, at: str) -> None:
        super().__init__(problem, at=at)
        self.kind: ErrorKind = kind


class Repeated(ItemFailed):
    """A call that failed before, in a run that goes on after a crash: it fails again, and nothing is called."""


class CannotGoOn(AntiphonError):
    """The run is no longer this process's, or its state cannot be kept: no on_error can do anything about it."""


class RunLimitReached(LimitReached):
    """The whole run has used up what it may: no on_error can go on with what is left."""


class Ended(WorkflowFailed):
    """An `end` node with `fail` ended its workflow; only the workflow around it may go on."""


def paused(key: str) -> NoReturn:
    """Stop this step until a person has answered; what runs beside it goes on, and a resumed run comes back here.

    Raises:
        GraphBubbleUp: always. It passes through everything here: no retry, no on_error, no failure is told.
    """
    from langgraph.types import interrupt

    interrupt(key)
    raise AssertionError("LangGraph came back from an interrupt that nobody answers")


_KINDS: Mapping[ErrorKind, tuple[type[BaseException], ...]] = {
    "timeout": (EndpointTimeout, TimeoutError),
    "model": (EndpointError, EngineError, ModelFileError),
    "service": (ServiceError,),
    "tool": (ToolFailed,),
    "limit": (LimitReached,),
    "refused": (Refused,),
    "input": (AntiphonError,),
}
"""The first that fits."""


def kind_of(error: BaseException) -> ErrorKind | None:
    """The kind of an error that a workflow can handle.

    None for what it cannot: a bug of ours, the end of the run's limits, the workflow's own end as an error.
    """
    if isinstance(error, ItemFailed):
        return error.kind
    if isinstance(error, RunLimitReached | Ended | CannotGoOn):
        return None
    return next((kind for kind, types in _KINDS.items() if isinstance(error, types)), None)


def is_stopped() -> bool:
    """Whether somebody outside has cancelled this task; if not, its own work raised the CancelledError."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
