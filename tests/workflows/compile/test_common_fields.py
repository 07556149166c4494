"""Branches, retry, timeout, on_error, cache, limits and types: what every node may say, whatever its kind."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from antiphon.tools.base.errors import InputError, LimitReached, Refused, ToolFailed, WorkflowFailed
from antiphon.workflows.compile.failures import StepTimeout
from antiphon.workflows.compile.step import Question

from .running import loaded, outcome, steps


async def test_branches_run_at_once_and_meet(tmp_path: Path) -> None:
    text = """
state: {seen: {type: list, items: {type: string}, default: [], reduce: append}, together: {type: string, default: ""}}
output: {seen: "${state.seen}", together: "${state.together}"}
start: fork
nodes:
  fork: {kind: set, values: {seen: fork}, next: [short, long]}
  short: {kind: set, values: {seen: short}, next: join}
  long: {kind: set, values: {seen: long}, next: longer}
  longer: {kind: set, values: {seen: longer}, next: join}
  join: {kind: set, wait_for: all, values: {together: "${string(size(state.seen))}"}, next: end}
"""
    result = await outcome(tmp_path, text)
    assert sorted(result.output["seen"]) == ["fork", "long", "longer", "short"]
    assert result.output["together"] == "4"
    assert steps(result).count("join") == 1


CALL = """
state: {{answer: {{type: string, default: ""}}}}
output: {{answer: "${{state.answer}}"}}
start: call
nodes:
  call: {{kind: python, function: work, into: answer, next: end{more}}}
  sorry: {{kind: set, values: {{answer: sorry}}, next: end}}
"""


class Failing:
    """Fails so many times, then answers."""

    def __init__(self, times: int) -> None:
        self.times, self.calls = times, 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.times:
            raise ValueError(f"failure {self.calls}")
        return "done"


def call(more: str) -> str:
    text = CALL.format(more=f", {more}" if more else "")
    return text if "sorry" in more else text.replace("  sorry: {kind: set, values: {answer: sorry}, next: end}\n", "")


async def test_a_node_is_tried_again(tmp_path: Path) -> None:
    failing = Failing(2)

    def work() -> str:
        return failing()

    result = await outcome(tmp_path, call("retry: {times: 2, wait: 1ms}"), work)
    assert result.output["answer"] == "done"
    assert steps(result, "StepFailed") == ["call", "call"]


async def test_only_the_named_kinds_of_error_are_tried_again(tmp_path: Path) -> None:
    failing = Failing(1)

    def work() -> str:
        return failing()

    with pytest.raises(ToolFailed, match=r"call.*failure 1"):
        await outcome(tmp_path, call("retry: {times: 2, wait: 1ms, on: [timeout]}"), work)
    assert failing.calls == 1


async def test_a_node_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    stopped = []

    async def work() -> str:
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            stopped.append(True)
            raise
        return "late"

    with pytest.raises(StepTimeout, match=r"call: it took longer than 0\.05 s"):
        await outcome(tmp_path, call("timeout: 50ms"), work)
    assert stopped == [True]


async def test_an_error_goes_where_on_error_says(tmp_path: Path) -> None:
    def work() -> str:
        raise ValueError("no")

    result = await outcome(tmp_path, call("on_error: {to: sorry}"), work)
    assert result.output["answer"] == "sorry"
    assert steps(result, "Recovered") == ["call"]


async def test_an_error_becomes_values_and_the_way_goes_on(tmp_path: Path) -> None:
    def work() -> str:
        raise ValueError("no")

    text = call("""on_error: {set: {answer: "${error.kind + ': ' + error.message}"}}""")
    answer = (await outcome(tmp_path, text, work)).output["answer"]
    assert answer.startswith("tool: ")
    assert "no" in answer


async def test_a_bug_of_ours_is_not_handled_by_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from antiphon.workflows.compile.nodes.set import SetRunner

    async def broken(self: SetRunner, step: Any) -> None:
        raise AssertionError("a bug")

    monkeypatch.setattr(SetRunner, "run", broken)
    text = 'state: {a: {type: string}}\noutput: {a: "${state.a}"}\nstart: n\nnodes:\n'
    text += "  n: {kind: set, values: {a: x}, on_error: {set: {a: y}}, next: end}\n"
    with pytest.raises(AssertionError, match="a bug"):
        await outcome(tmp_path, text)


async def test_the_same_values_are_worked_on_once(tmp_path: Path) -> None:
    calls: list[str] = []

    def work(text: str) -> str:
        calls.append(text)
        return text.upper()

    text = """
input: {text: {type: string}}
state: {answer: {type: string, default: ""}}
output: {answer: "${state.answer}"}
start: call
nodes:
  call: {kind: python, function: work, with: {text: "${input.text}"}, cache: {for: 10m}, into: answer, next: end}
"""
    from antiphon import run

    from .running import APP

    workflow = loaded(tmp_path, text, work)
    answers = [(await run(workflow, app=APP, text=one)).output["answer"] for one in ("a", "b", "a")]
    assert (answers, calls) == (["A", "B", "A"], ["a", "b"])


async def test_a_node_begins_no_more_often_than_it_may(tmp_path: Path) -> None:
    text = """
state: {n: {type: integer, default: 0}}
output: {n: "${state.n}"}
start: count
nodes:
  count: {kind: set, values: {n: "${state.n + 1}"}, limits: {visits: 3}, next: count, on_error: {to: end}}
"""
    assert (await outcome(tmp_path, text)).output["n"] == 3


async def test_a_run_takes_no_more_steps_than_it_may(tmp_path: Path) -> None:
    text = """
limits: {steps: 5}
state: {n: {type: integer, default: 0}}
output: {n: "${state.n}"}
start: count
nodes:
  count:
    kind: set
    values: {n: "${state.n + 1}"}
    route: [{when: state.n < 100, to: count}, {else: end}]
"""
    with pytest.raises(LimitReached, match="taken 5 steps"):
        await outcome(tmp_path, text)


async def test_a_run_takes_no_longer_than_it_may(tmp_path: Path) -> None:
    async def work() -> str:
        await asyncio.sleep(20)
        return "late"

    with pytest.raises(LimitReached, match="taken 50ms"):
        await outcome(tmp_path, "limits: {time: 50ms}" + call(""), work)


async def test_a_value_of_another_type_is_not_written(tmp_path: Path) -> None:
    def work():  # type: ignore[no-untyped-def]  # what it returns is known to the run alone
        return 7

    with pytest.raises(InputError, match=r"call: 'answer' is declared as string, and would become 7"):
        await outcome(tmp_path, call(""), work)


async def test_a_person_is_asked_before_a_node_that_wants_approval(tmp_path: Path) -> None:
    asked: list[Question] = []

    def work() -> str:
        return "sent"

    async def answer(question: Question) -> Mapping[str, Any]:
        asked.append(question)
        return {"approve": len(asked) == 1}

    text = call("approve: true")
    assert (await outcome(tmp_path, text, work, answer=answer)).output["answer"] == "sent"
    with pytest.raises(Refused):
        await outcome(tmp_path, text, work, answer=answer)
    with pytest.raises(Refused, match="nobody"):
        await outcome(tmp_path, text, work, durable=False)


async def test_an_end_node_ends_the_workflow_from_inside_a_loop(tmp_path: Path) -> None:
    text = """
state: {n: {type: integer, default: 0}}
output: {n: "${state.n}"}
start: again
nodes:
  again:
    kind: loop
    max: 10
    start: count
    nodes:
      count:
        kind: set
        values: {n: "${state.n + 1}"}
        route: [{when: state.n == 2, to: stop}, {else: end}]
      stop: {kind: end}
    next: after
  after: {kind: set, values: {n: 100}, next: end}
"""
    assert (await outcome(tmp_path, text)).output["n"] == 2


async def test_an_end_node_that_fails_says_so_in_the_words_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(WorkflowFailed, match="nothing to do"):
        await outcome(tmp_path, "start: stop\nnodes:\n  stop: {kind: end, fail: nothing to do}\n")


async def test_an_error_inside_a_loop_is_taken_up_by_the_loop(tmp_path: Path) -> None:
    def work() -> str:
        raise ValueError("no")

    text = """
state: {answer: {type: string, default: ""}}
output: {answer: "${state.answer}"}
start: again
nodes:
  again:
    kind: loop
    max: 3
    do: {kind: python, function: work, into: answer}
    on_error: {set: {answer: caught}, to: after}
    next: end
  after: {kind: set, values: {answer: "${state.answer + ' and went on'}"}, next: end}
"""
    assert (await outcome(tmp_path, text, work)).output["answer"] == "caught and went on"
