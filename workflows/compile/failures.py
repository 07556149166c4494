"""What went wrong in a node, by the kinds a workflow file knows, and as an error that names the node."""

from typing import TYPE_CHECKING

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
)
from ..spec.kinds.common import ErrorKind

if TYPE_CHECKING:
    from langgraph.errors import NodeTimeoutError


class StepTimeout(AntiphonError, TimeoutError):
    """A node took longer than its `timeout` allows."""


class ItemFailed(AntiphonError):
    """A pass of a map failed; `kind` is that of the error it failed with."""

    def __init__(self, problem: str, kind: ErrorKind, *, at: str) -> None:
        super().__init__(problem, at=at)
        self.kind = kind


_KINDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], ErrorKind], ...] = (
    ((EndpointTimeout, TimeoutError), "timeout"),
    ((EndpointError, EngineError, ModelFileError), "model"),
    (ServiceError, "service"),
    (ToolFailed, "tool"),
    (LimitReached, "limit"),
    (Refused, "refused"),
)


def kind_of(error: BaseException) -> ErrorKind | None:
    """The kind of an error; None for what no workflow can handle: a bug of ours, a stop from outside."""
    if isinstance(error, ItemFailed):
        return error.kind
    if type(error).__name__ == "NodeTimeoutError":
        return "timeout"
    for types, kind in _KINDS:
        if isinstance(error, types):
            return kind
    return "input" if isinstance(error, AntiphonError) else None


def message_of(error: BaseException) -> str:
    """The error as a sentence."""
    return str(error) if isinstance(error, AntiphonError) else str(too_slow(error))  # type: ignore[arg-type]


def too_slow(error: "NodeTimeoutError", name: str = "") -> StepTimeout:
    """LangGraph's own timeout as an error of ours."""
    silent = " without a sign of life" if error.kind == "idle" else ""
    return StepTimeout(f"it took longer than {error.timeout:g} s{silent}", at=name or error.node)
