"""A workflow's graph, run to its end: by itself, or as a step of another."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...agents.events import StepFailed
from ...tools.base.errors import LimitReached
from ..compile.channels import INDEX, NAMES, VALUE, beginning
from ..compile.step import Turn

if TYPE_CHECKING:
    from ..workflow import Workflow

RECURSION = 1_000_000
"""LangGraph's own limit, out of the way: a run's limits are counted in nodes, which mean something to people."""


async def invoke(workflow: "Workflow", turn: Turn, kept: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """The state at the end.

    Args:
        kept: State fields that begin with what the turn before left.
    Raises:
        LimitReached, StepTimeout: the run or a node took too long.
    """
    from langgraph.errors import NodeTimeoutError

    from ..compile.failures import too_slow

    graph = await asyncio.to_thread(lambda: workflow.graph)
    state = beginning(workflow.spec.state) | dict(kept or {}) | {NAMES: {}, INDEX: (), VALUE: None}
    left = turn.spending.seconds_left()
    try:
        async with asyncio.timeout(left) as limit:
            end: Mapping[str, Any] = await graph.ainvoke(state, {"recursion_limit": RECURSION}, context=turn)
            return end
    except TimeoutError:
        if not limit.expired():
            raise
        raise LimitReached(f"the run has taken {turn.spending.limits.time}, all it may") from None
    except NodeTimeoutError as error:
        late = too_slow(error, f"{turn.within}.{error.node}".lstrip("."))
        turn.emit(StepFailed(step=late.at, problem=late.problem))
        raise late from None
