"""A workflow's graph, run to its end: by itself, or as a step of another."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ..compile.channels import INDEX, NAMES, PATH, RECURSION, beginning
from ..compile.failures import RunLimitReached
from ..compile.step import Turn

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from ..workflow import Workflow

PAUSED = "__interrupt__"
"""In the state at the end, the questions that LangGraph's graph waits for."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the state of a run is kept.

    Attributes:
        thread: What LangGraph calls it.
        durability: "sync" after each step, "exit" at the end.
        resumes: Whether it goes on with what is kept.
    """

    saver: "BaseCheckpointSaver[Any]"
    thread: str
    durability: Literal["sync", "exit"]
    resumes: bool


async def invoke(
    workflow: "Workflow", turn: Turn, kept_before: Mapping[str, Any] | None = None, kept: Kept | None = None
) -> Mapping[str, Any]:
    """The state at the end; with `PAUSED` in it, the state where it waits for a person.

    Args:
        kept_before: State fields that begin with what the turn before left.
        kept: Where the state is kept; a workflow that is a step of another is kept with that one.
    Raises:
        RunLimitReached: the run took too long.
    """
    graph = await asyncio.to_thread(lambda: workflow.graph)
    state: dict[str, Any] | None
    state = beginning(workflow.spec.state) | dict(kept_before or {}) | {NAMES: {}, INDEX: (), PATH: turn.path}
    config: dict[str, Any] = {"recursion_limit": RECURSION}
    more: dict[str, Any] = {}
    if kept is not None:
        graph = graph.copy({"checkpointer": kept.saver})
        config["configurable"] = {"thread_id": kept.thread}
        more["durability"] = kept.durability
        state = None if kept.resumes else state
    elif turn.within and not turn.durable:  # several may be at work in one step of the graph around them
        graph = graph.copy({"checkpointer": False})
    from langsmith import tracing_context  # which LangGraph imports anyway

    limit = asyncio.timeout(turn.spending.seconds_left())
    try:
        # An environment variable alone would have LangGraph send every run to a server of its makers.
        with tracing_context(enabled=False):
            async with limit:
                end: Mapping[str, Any] = await graph.ainvoke(state, config, context=turn, **more)
                return end
    except TimeoutError:
        if not limit.expired():
            raise
        raise RunLimitReached(f"the run has taken {turn.spending.limits.time}, all it may") from None
