"""Workflows in workflows: names, errors and limits go through; state, history and ends do not."""

from pathlib import Path

import pytest

from antiphon.tools.base.errors import InputError, LimitReached, ToolFailed, WorkflowFailed

from .running import outcome, steps

OUTER = """
state: {out: {type: list, default: []}, n: {type: integer, default: 5}}
output: {out: "${state.out}", n: "${state.n}"}
start: each
nodes:
  each:
    kind: map
    over: "${[1, 2]}"
    as: x
    do: {kind: flow, use: middle.yaml, with: {x: "${x}"}}
    into: out
    next: end
"""
MIDDLE = """schema: workflow/v1
name: middle
input: {x: {type: integer}}
state: {n: {type: integer, default: 0}}
output: {n: "${state.n}"}
start: go
nodes:
  go: {kind: flow, use: inner.yaml, with: {x: "${input.x}"}, into: {n: "${result.n}"}, next: end}
"""
INNER = """schema: workflow/v1
name: inner
input: {x: {type: integer, minimum: 0, maximum: 9}}
state: {n: {type: integer, default: 0}}
output: {n: "${state.n}"}
start: again
nodes:
  again:
    kind: loop
    max: 3
    start: count
    nodes:
      count: {kind: set, values: {n: "${state.n + input.x}"}, route: [{when: state.n >= 4, to: stop}, {else: work}]}
      work: {kind: python, function: work, with: {x: "${input.x}"}, next: end}
      stop: {kind: end}
    next: end
"""


def work(x: int) -> int:
    return x


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "middle.yaml").write_text(MIDDLE, encoding="utf-8")
    (tmp_path / "inner.yaml").write_text(INNER, encoding="utf-8")
    return tmp_path


async def test_every_workflow_has_a_state_of_its_own_and_an_end_node_ends_its_own(folder: Path) -> None:
    assert (await outcome(folder, OUTER, work)).output == {"out": [{"n": 3}, {"n": 4}], "n": 5}


async def test_events_and_errors_name_the_whole_way(folder: Path) -> None:
    def work(x: int) -> int:
        if x == 2:
            raise ValueError("no")
        return x

    result = await outcome(folder, OUTER.replace("as: x", "as: x\n    on_item_error: skip"), work)
    assert {"each.do#0.go.again.count", "each.do#1.go.again.work"} <= {*steps(result)}
    assert steps(result, "StepFailed") == ["each.do#1.go.again.work", "each.do#1.go", "each.do#1"]
    with pytest.raises(ToolFailed, match=r"^each\.do#1\.go\.again\.work: the function work failed: ValueError: no"):
        await outcome(folder, OUTER, work)


async def test_the_steps_of_all_count_together(folder: Path) -> None:
    steps_in_all = 1 + 2 * (1 + 1 + 1) + (3 * 2) + (2 + 1 + 1)
    assert await outcome(folder, f"limits: {{steps: {steps_in_all}}}" + OUTER, work)
    with pytest.raises(LimitReached, match=rf"taken {steps_in_all - 1} steps"):
        await outcome(folder, f"limits: {{steps: {steps_in_all - 1}}}" + OUTER, work)


async def test_a_wrong_input_names_the_node_that_gives_it(folder: Path) -> None:
    with pytest.raises(InputError, match=r"^each\.do#0\.go: x is 11"):
        await outcome(folder, OUTER.replace("[1, 2]", "[11, 2]"), work)


async def test_a_workflow_that_ends_as_an_error_can_be_taken_up_by_the_one_around_it(folder: Path) -> None:
    (folder / "inner.yaml").write_text(INNER.replace("{kind: end}", "{kind: end, fail: too much}"), encoding="utf-8")
    with pytest.raises(WorkflowFailed, match=r"each\.do#1\.go\.again\.stop: too much"):
        await outcome(folder, OUTER, work)
    skipped = await outcome(folder, OUTER.replace("as: x", "as: x\n    on_item_error: skip"), work)
    assert skipped.output["out"] == [{"n": 3}]
    taken = MIDDLE.replace("next: end", 'on_error: {set: {n: "${size(error.message)}"}}, next: end')
    (folder / "middle.yaml").write_text(taken, encoding="utf-8")
    assert (await outcome(folder, OUTER, work)).output["out"][1]["n"] > 5


async def test_a_run_that_takes_too_long_inside_another_ends_as_a_whole(folder: Path) -> None:
    import asyncio

    async def work(x: int) -> int:
        await asyncio.sleep(5)
        return x

    text = "limits: {time: 100ms}" + OUTER.replace("as: x", "as: x\n    on_item_error: skip")
    with pytest.raises(LimitReached, match="taken 100ms"):
        await asyncio.wait_for(outcome(folder, text, work), 4)
