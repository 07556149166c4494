"""Nodes that lead to one another run without LangGraph between them, and nobody can tell."""

import asyncio
import time
from itertools import pairwise
from pathlib import Path

import pytest

from antiphon import run
from antiphon.tools.base.errors import ToolFailed

from .running import APP, loaded, outcome, steps

LOG = "state: {log: {type: list, items: {type: string}, default: [], reduce: append}, n: {type: integer, default: 0}}\n"
HEAD = "limits: {steps: 100000}\n" + LOG + 'output: {log: "${state.log}", n: "${state.n}"}\nstart: first\nnodes:\n'


async def test_branches_do_not_wait_for_one_another_before_they_meet(tmp_path: Path) -> None:
    async def work(s: float) -> int:
        await asyncio.sleep(s)
        return 0

    def works(name: str, s: float, next_: str) -> str:
        return f"  {name}: {{kind: python, function: work, with: {{s: {s}}}, next: {next_}}}\n"

    text = HEAD + "  first: {kind: set, values: {n: 0}, next: [a, b]}\n"
    text += works("a", 0.3, "a2") + works("a2", 0.01, "join") + works("b", 0.01, "b2") + works("b2", 0.3, "join")
    text += "  join: {kind: set, wait_for: all, values: {n: 1}, next: end}\n"
    workflow = loaded(tmp_path, text, work)
    await run(workflow, app=APP)
    began = time.monotonic()
    await run(workflow, app=APP)
    assert time.monotonic() - began < 0.5  # 0.62 in lock step


@pytest.mark.parametrize("kind", ["kind: loop, max: 2000", 'kind: map, over: "${input.many}", as: x'])
async def test_a_long_block_lets_others_have_their_turn(tmp_path: Path, kind: str) -> None:
    ticks = list[float]()

    async def tick() -> None:
        while True:
            ticks.append(time.monotonic())
            await asyncio.sleep(0)

    text = "input: {many: {type: list, items: {type: integer}}}\n" + HEAD
    text += f"  first: {{{kind}, do: {{kind: emit, event: e}}, next: end}}\n"
    ticking = asyncio.ensure_future(tick())
    await outcome(tmp_path, text, many=[*range(2000)])
    ticking.cancel()
    waits = sorted(after - before for before, after in pairwise(ticks))
    assert waits[int(len(waits) * 0.95)] < 0.1


async def test_a_run_that_never_waits_can_be_stopped(tmp_path: Path) -> None:
    text = HEAD + "  first: {kind: loop, max: 10000, do: {kind: set, values: {n: 1}}, next: end}\n"
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(outcome(tmp_path, text), 0.3)
    assert time.monotonic() - began < 2


async def test_what_was_written_before_an_error_is_there_for_the_loop_around(tmp_path: Path) -> None:
    def fail() -> int:
        raise ValueError("no")

    text = HEAD + "  first: {kind: loop, max: 2, start: a, next: end, "
    text += 'on_error: {set: {log: "${\'after \' + string(size(state.log))}", n: "${state.n + 1}"}}, nodes: {'
    text += "a: {kind: set, values: {log: a, n: 5}, next: b}, b: {kind: set, values: {log: b}, next: c}, "
    text += "c: {kind: python, function: fail, next: end}}}\n"
    result = await outcome(tmp_path, text, fail)
    assert result.output == {"log": ["a", "b", "after 2"], "n": 6}
    assert steps(result) == ["first", "first.a", "first.b", "first.c"]


async def test_what_was_written_in_one_walk_of_a_loop_with_branches_counts_when_it_fails(tmp_path: Path) -> None:
    def fail() -> int:
        raise ValueError("no")

    text = HEAD + "  first: {kind: loop, max: 2, start: a, next: end, "
    text += 'on_error: {set: {n: "${size(state.log)}"}}, nodes: {'
    text += "a: {kind: set, values: {log: a}, next: [b, c]}, b: {kind: set, values: {log: b}, next: d}, "
    text += "c: {kind: set, values: {log: c}, next: d}, d: {kind: set, values: {log: d}, wait_for: all, next: e}, "
    text += "e: {kind: set, values: {log: e}, next: f}, f: {kind: python, function: fail, next: end}}}\n"
    assert (await outcome(tmp_path, text, fail)).output == {"log": ["a", "b", "c", "d", "e"], "n": 5}


async def test_a_branch_that_fails_in_a_pass_names_its_node_and_its_cause(tmp_path: Path) -> None:
    def fail() -> int:
        raise ValueError("no")

    text = HEAD + '  first: {kind: map, over: "${[1]}", as: x, do: {kind: python, function: fail}, next: end}\n'
    with pytest.raises(ToolFailed, match=r"first\.do#0: ") as told:
        await outcome(tmp_path, text, fail)
    assert isinstance(told.value.__cause__, ValueError)
