"""What goes wrong: who takes it up, what it is called, how often it is told, and what nobody may take up."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from antiphon import run
from antiphon.tools.base.errors import AntiphonError, LimitReached, Refused, ToolFailed, WorkflowFailed
from antiphon.workflows.compile.failures import StepTimeout
from antiphon.workflows.compile.step import Question

from .running import APP, loaded, outcome, steps

HEAD = """
state: {log: {type: list, items: {type: string}, default: [], reduce: append}, n: {type: integer, default: 0}}
output: {log: "${state.log}", n: "${state.n}"}
start: first
nodes:
"""


def fail() -> int:
    raise ValueError("no")


async def test_the_way_goes_on_where_on_error_only_sets_values(tmp_path: Path) -> None:
    text = HEAD + "  first: {kind: python, function: fail, into: n, on_error: {set: {n: 7}}, next: second}\n"
    text += "  second: {kind: set, values: {log: second}, next: end}\n"
    assert (await outcome(tmp_path, text, fail)).output == {"log": ["second"], "n": 7}


async def test_a_route_is_gone_on_with_what_on_error_has_set(tmp_path: Path) -> None:
    text = HEAD + "  first: {kind: python, function: fail, into: n, on_error: {set: {n: 7}},"
    text += " route: [{when: state.n == 7, to: seven}, {else: end}]}\n"
    text += "  seven: {kind: set, values: {log: seven}, next: end}\n"
    assert (await outcome(tmp_path, text, fail)).output["log"] == ["seven"]


DEEP = (
    HEAD
    + """  first:
    kind: loop
    max: 5
    as: o
    start: inner
    nodes:
      inner:
        kind: loop
        max: 5
        as: i
        start: put
        nodes:
          put: {kind: set, values: {log: "${string(o) + '.' + string(i)}", n: "${o * 10 + i}"}, next: work}
          work: {kind: python, function: work, with: {n: "${state.n}"}, next: end}
        next: end
    on_error: {set: {log: "${error.message}"}, to: outside}
    next: never
  outside: {kind: set, values: {log: outside}, next: end}
  never: {kind: set, values: {log: never}, next: end}
"""
)


async def test_an_error_deep_inside_leads_out_of_every_loop(tmp_path: Path) -> None:
    def work(n: int) -> int:
        if n == 21:
            raise ValueError("no")
        return n

    result = await outcome(tmp_path, DEEP.replace("max: 5\n        as: i", "max: 2\n        as: i"), work)
    said = "first.inner.work: the function work failed: ValueError: no."
    assert result.output["log"] == ["1.1", "1.2", "2.1", said, "outside"]
    assert (steps(result, "StepFailed"), steps(result, "Recovered")) == (["first.inner.work"], ["first"])


async def test_an_error_that_nobody_takes_up_is_told_once_and_names_its_node(tmp_path: Path) -> None:
    def work(n: int) -> int:
        raise ValueError("no")

    text = DEEP.replace('    on_error: {set: {log: "${error.message}"}, to: outside}\n', "").replace(
        "  outside: {kind: set, values: {log: outside}, next: end}\n", ""
    )
    told = list[Any]()

    async def listen() -> None:
        async for event in run(loaded(tmp_path, text, work), app=APP):
            told.append(event)

    with pytest.raises(ToolFailed, match=r"first\.inner\.work: the function work failed: ValueError: no"):
        await listen()
    assert [one.step for one in told if type(one).__name__ == "StepFailed"] == ["first.inner.work"]


async def test_a_loop_asks_while_before_and_until_after_each_pass(tmp_path: Path) -> None:
    text = HEAD + "  first: {kind: loop, max: 9, while: state.n != 3, until: state.n == STOP,"
    text += ' do: {kind: set, values: {n: "${state.n + 1}"}}, into: {log: "${string(result.passes)}"}, next: end}\n'
    assert (await outcome(tmp_path, text.replace("STOP", "2"))).output == {"log": ["2"], "n": 2}
    assert (await outcome(tmp_path, text.replace("STOP", "5"))).output == {"log": ["3"], "n": 3}


async def test_a_try_that_takes_too_long_is_tried_again(tmp_path: Path) -> None:
    calls = list[float]()

    async def work() -> int:
        calls.append(time.monotonic())
        await asyncio.sleep(5 if len(calls) < 3 else 0)
        return len(calls)

    text = HEAD + "  first: {kind: python, function: work, into: n, timeout: 50ms,"
    text += " retry: {times: 2, wait: 10ms, backoff: 3}, next: end}\n"
    result = await outcome(tmp_path, text, work)
    assert result.output["n"] == 3
    assert steps(result, "StepFailed") == ["first", "first"]
    assert 0.055 < calls[1] - calls[0] < calls[2] - calls[1] < 1


async def test_a_timeout_in_the_body_of_a_loop_names_the_node(tmp_path: Path) -> None:
    async def slow() -> int:
        await asyncio.sleep(5)
        return 0

    text = HEAD + "  first: {kind: loop, max: 2, start: a,"
    text += " nodes: {a: {kind: python, function: slow, timeout: 20ms, next: end}},"
    with pytest.raises(StepTimeout, match=r"^first\.a: it took longer than 0\.02 s\."):
        await outcome(tmp_path, text + " next: end}\n", slow)
    caught = await outcome(tmp_path, text + ' on_error: {set: {log: "${error.kind}"}}, next: end}\n', slow)
    assert caught.output["log"] == ["timeout"]
    assert steps(caught, "StepFailed") == ["first.a"]


async def test_a_person_is_asked_once_however_often_a_node_is_tried(tmp_path: Path) -> None:
    asked, calls = list[Question](), list[int]()

    async def answer(question: Question) -> Mapping[str, Any]:
        asked.append(question)
        await asyncio.sleep(0.1)  # a person may take longer than the node
        return {"approve": True}

    def work() -> int:
        calls.append(1)
        if len(calls) < 3:
            raise ValueError("no")
        return 0

    text = HEAD + "  first: {kind: python, function: work, approve: true, timeout: 80ms,"
    text += " retry: {times: 2, wait: 1ms}, next: end}\n"
    await outcome(tmp_path, text, work, answer=answer)
    assert (len(asked), len(calls)) == (1, 3)


async def test_a_no_can_be_taken_up(tmp_path: Path) -> None:
    async def answer(question: Question) -> Mapping[str, Any]:
        return {"approve": False}

    text = HEAD + "  first: {kind: set, values: {n: 1}, approve: true, next: end, on_error: {set: {log: refused}}}\n"
    text = text.replace("log: refused", 'log: "${error.kind}"')
    assert (await outcome(tmp_path, text, answer=answer)).output == {"log": ["refused"], "n": 0}
    with pytest.raises(Refused, match=r"^first: a person did not agree to it: first"):
        await outcome(tmp_path, text.replace(', on_error: {set: {log: "${error.kind}"}}', ""), answer=answer)


async def test_the_limits_of_the_run_are_nothing_to_recover_from(tmp_path: Path) -> None:
    text = "limits: {steps: 20}" + HEAD + "  first: {kind: python, function: fail, on_error: {to: back}, next: end}\n"
    text += "  back: {kind: set, values: {n: 1}, limits: {visits: 100}, next: first}\n"
    with pytest.raises(LimitReached, match="the run has taken 20 steps"):
        await asyncio.wait_for(outcome(tmp_path, text, fail), 10)


async def test_steps_are_nodes_that_begin_blocks_and_passes_included(tmp_path: Path) -> None:
    text = HEAD + "  first: {kind: loop, max: 2, start: a, nodes: {a: {kind: set, values: {n: 1}, next: m},"
    text += ' m: {kind: map, over: "${[1, 2]}", as: x, do: {kind: set, values: {log: x}}, next: end}}, next: end}\n'
    assert (await outcome(tmp_path, "limits: {steps: 9}" + text)).output["log"] == ["x"] * 4  # 1 + 2 * (1 + 1 + 2)
    with pytest.raises(LimitReached, match="taken 8 steps"):
        await outcome(tmp_path, "limits: {steps: 8}" + text)


async def test_an_end_that_fails_is_not_taken_up_in_its_own_workflow(tmp_path: Path) -> None:
    text = HEAD + "  first: {kind: loop, max: 2, start: a, nodes: {a: {kind: end, fail: enough}},"
    with pytest.raises(WorkflowFailed, match=r"first\.a: enough"):
        await outcome(tmp_path, text + " on_error: {set: {n: 1}}, next: end}\n")


async def test_a_condition_that_fails_names_its_node_and_can_be_taken_up(tmp_path: Path) -> None:
    text = HEAD + "  first: {kind: set, values: {n: 0}, route: [{when: 1 / state.n > 0, to: other}, {else: end}]MORE}\n"
    text += "  other: {kind: set, values: {log: other}, next: end}\n"
    with pytest.raises(AntiphonError, match=r"^first: .*zero"):
        await outcome(tmp_path, text.replace("MORE", ""))
    taken = await outcome(tmp_path, text.replace("MORE", ", on_error: {to: other}"))
    assert taken.output["log"] == ["other"]


async def test_the_error_of_a_handler_goes_to_the_loop_around_it(tmp_path: Path) -> None:
    text = HEAD + "  first: {kind: loop, max: 2, start: a, on_error: {set: {log: outer}}, next: end, nodes: {a: "
    text += '{kind: python, function: fail, on_error: {set: {n: "${1 / state.n}"}}, next: end}}}\n'
    result = await outcome(tmp_path, text, fail)
    assert result.output["log"] == ["outer"]
    assert steps(result, "Recovered") == ["first.a", "first"]


async def test_a_function_that_cancels_itself_has_failed(tmp_path: Path) -> None:
    async def work() -> int:
        raise asyncio.CancelledError

    text = HEAD + "  first: {kind: python, function: work, next: end}\n"
    with pytest.raises(ToolFailed, match="first: the function work failed: CancelledError"):
        await asyncio.wait_for(outcome(tmp_path, text, work), 5)


def test_a_stop_from_the_keyboard_goes_through(tmp_path: Path) -> None:
    def work() -> int:
        raise KeyboardInterrupt

    workflow = loaded(
        tmp_path, HEAD + "  first: {kind: python, function: work, next: end, on_error: {to: end}}\n", work
    )
    with pytest.raises(KeyboardInterrupt):
        run(workflow, app=APP).result()


async def test_a_plain_function_does_not_hold_up_the_others(tmp_path: Path) -> None:
    def slow() -> int:
        time.sleep(0.2)
        return 0

    async def ticks() -> int:
        for _ in range(10):
            await asyncio.sleep(0.005)
        return round(time.monotonic() * 1000)

    text = HEAD + "  first: {kind: set, values: {n: 0}, next: [a, b]}\n  a: {kind: python, function: slow, next: end}\n"
    text += '  b: {kind: python, function: ticks, into: {n: "${int(result)}"}, next: end}\n'
    began = time.monotonic()
    ticked = (await outcome(tmp_path, text, slow, ticks)).output["n"] / 1000
    assert ticked - began < time.monotonic() - ticked + 0.15


async def test_a_run_begins_and_ends_and_every_step_that_begins_ends(tmp_path: Path) -> None:
    def work(n: int) -> int:
        return n

    result = await outcome(tmp_path, DEEP.replace("max: 5", "max: 2"), work)
    kinds = [type(event).__name__ for event in result.events]
    assert (kinds[0], kinds[-1]) == ("RunStarted", "RunFinished")
    assert sorted(steps(result)) == sorted(steps(result, "StepFinished"))
    assert [event.at_s for event in result.events] == sorted(event.at_s for event in result.events)


async def test_two_runs_of_one_workflow_at_once_do_not_mix(tmp_path: Path) -> None:
    async def work(x: int) -> int:
        await asyncio.sleep(0.001 * x)
        return x

    text = """
input: {many: {type: list, items: {type: integer}}}
state: {out: {type: list, default: []}, log: {type: list, items: {type: integer}, default: [], reduce: append}}
output: {out: "${state.out}", log: "${state.log}"}
start: each
nodes:
  each: {kind: map, over: "${input.many}", as: x, max_parallel: 2, into: out, next: end, on_item_error: skip, do: \
{kind: python, function: work, with: {x: "${x}"}, into: {log: "${x}"}}}
"""
    workflow = loaded(tmp_path, text, work)
    many = [[i, i + 1, i + 2] for i in range(5)]
    results = await asyncio.gather(*(run(workflow, app=APP, many=one) for one in many))
    assert [dict(one.output) for one in results] == [{"out": one, "log": one} for one in many]
