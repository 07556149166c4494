"""What the checker accepts, the compiled graph runs: to its end, and to what the plainest interpreter finds."""

import asyncio
import copy
from collections import Counter
from random import Random
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from antiphon import Workflow, run
from antiphon.tools.base.errors import FileError, ToolFailed
from antiphon.workflows.run.running import Result
from antiphon.workflows.spec.types import WorkflowSpec

from .interpreter import Failed, Interpreter, Stopped, TooLong
from .random_workflows import REDUCED, Maker, work
from .running import APP, steps


def accepted(made: dict[str, Any]) -> Workflow | None:
    """The workflow, if the checker has nothing against it."""
    try:
        spec = WorkflowSpec.model_validate(made, by_alias=True, by_name=False)
        return Workflow.of(spec, functions=[work])
    except FileError:
        return None


def interpreted(made: dict[str, Any]) -> tuple[Interpreter, dict[str, Any], bool]:
    """The interpreter, the state at the end, and whether the run failed."""
    one, state = Interpreter(), {name: copy.deepcopy(field["default"]) for name, field in made["state"].items()}
    try:
        one.level(made["nodes"], made["start"], state, made["state"])
    except Stopped:
        pass
    except Failed:
        return one, state, True
    return one, state, False


def ran(workflow: Workflow) -> Result | None:
    """What the run comes to; None where a node failed. Anything else that it ends with is a bug."""

    async def within_time() -> Result:
        return await asyncio.wait_for(run(workflow, app=APP), 20)

    try:
        return asyncio.run(within_time())
    except ToolFailed:
        return None


def orderless(state: dict[str, Any]) -> dict[str, Any]:
    """Branches write to a list in any order."""
    lists = [name for name, field in REDUCED.items() if field["type"] == "list"]
    return state | {name: sorted(map(str, state[name])) for name in lists}


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(st.integers(0, 10**9))
def test_what_the_checker_accepts_runs_as_it_is_written(seed: int) -> None:
    made = Maker(Random(seed)).workflow()
    workflow = accepted(made)
    assume(workflow is not None)
    assert workflow is not None
    try:
        expected, state, failed = interpreted(made)
    except TooLong:
        assume(False)
    result = ran(workflow)
    assert (result is None) == failed
    if result is None or expected.broken:
        return
    assert orderless(dict(result.output)) == orderless(state)
    if not expected.cut:
        names = Counter(step.split("#")[0].rsplit(".", 1)[-1] for step in steps(result))
        assert names == Counter(expected.ran)
