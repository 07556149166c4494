"""A workflow's graph, run to its end: by itself, or as a step of another."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..compile.channels import INDEX, NAMES, RECURSION, beginning
from ..compile.failures import RunLimitReached
from ..compile.step import Turn

if TYPE_CHECKING:
    from ..workflow import Workflow


async def invoke(workflow: "Workflow", turn: Turn, kept: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """The state at the end.

    Args:
        kept: State fields that begin with what the turn before left.
    Raises:
        RunLimitReached: the run took too long.
    """
    graph = await asyncio.to_thread(lambda: workflow.graph)
    state = beginning(workflow.spec.state) | dict(kept or {}) | {NAMES: {}, INDEX: ()}
    limit = asyncio.timeout(turn.spending.seconds_left())
    try:
        async with limit:
            end: Mapping[str, Any] = await graph.ainvoke(state, {"recursion_limit": RECURSION}, context=turn)
            return end
    except TimeoutError:
        if not limit.expired():
            raise
        raise RunLimitReached(f"the run has taken {turn.spending.limits.time}, all it may") from None
