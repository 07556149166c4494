"""Branches that run at once: where they meet, how they end, and what blocks in them do to one another."""

import asyncio
from pathlib import Path

import pytest

from antiphon.tools.base.errors import FileError, ToolFailed

from .running import loaded, outcome, steps

LOG = "state: {log: {type: list, items: {type: string}, default: [], reduce: append}, n: {type: integer, default: 0}}\n"
HEAD = LOG + 'output: {log: "${state.log}", n: "${state.n}"}\nstart: fork\nnodes:\n'


def says(name: str, more: str) -> str:
    return f"  {name}: {{kind: set, values: {{log: {name}}}, {more}}}\n"


def fail() -> int:
    raise ValueError("no")


FORK_WITH_MAP = (
    HEAD
    + says("fork", "next: [short, each]")
    + says("short", "next: join")
    + '  each: {kind: map, over: "${[1, 2]}", as: x, do: {kind: set, values: {log: "${string(x)}"}}, next: join}\n'
    + says("join", "wait_for: all, next: end")
)


async def test_a_node_that_waits_for_all_waits_for_the_passes_of_a_map(tmp_path: Path) -> None:
    log = (await outcome(tmp_path, FORK_WITH_MAP)).output["log"]
    assert (log[0], sorted(log[1:-1]), log[-1]) == ("fork", ["1", "2", "short"], "join")


async def test_a_branch_that_ends_does_not_end_the_others(tmp_path: Path) -> None:
    text = HEAD + says("fork", "next: [a, b]") + says("a", "next: end") + says("b", "next: c") + says("c", "next: end")
    assert (await outcome(tmp_path, text)).output["log"] == ["fork", "a", "b", "c"]


async def test_a_join_that_one_branch_does_not_come_to_runs_once(tmp_path: Path) -> None:
    text = HEAD + says("fork", "next: [a, b]") + says("a", "next: end") + says("b", "next: c")
    text += says("c", "next: join") + says("join", "wait_for: all, next: end")
    assert (await outcome(tmp_path, text)).output["log"] == ["fork", "a", "b", "c", "join"]


async def test_a_loop_in_a_branch_is_waited_for(tmp_path: Path) -> None:
    text = HEAD + says("fork", "next: [a, again]") + says("a", "next: join")
    text += "  again: {kind: loop, max: 3, do: {kind: set, values: {log: l}}, next: join}\n"
    text += says("join", "wait_for: all, next: end")
    assert (await outcome(tmp_path, text)).output["log"] == ["fork", "a", "l", "l", "l", "join"]


async def test_loops_of_one_node_in_two_branches_do_not_get_in_each_others_way(tmp_path: Path) -> None:
    text = HEAD + says("fork", "next: [one, two]")
    for name in ("one", "two"):
        text += f"  {name}: {{kind: loop, max: 3, do: {{kind: set, values: {{log: {name}}}}}, next: join}}\n"
    text += says("join", "wait_for: all, next: end")
    log = (await outcome(tmp_path, text)).output["log"]
    assert (sorted(log[1:-1]), log[-1]) == (["one"] * 3 + ["two"] * 3, "join")


LOOP_WITH_BRANCHES = (
    LOG
    + """output: {log: "${state.log}", n: "${state.n}"}
start: again
nodes:
  again:
    kind: loop
    max: 3
    start: fork
    nodes:
      fork: {kind: set, values: {log: fork}, next: [a, b]}
      a: {kind: python, function: work, with: {n: "${state.n}"}, into: {log: a}, next: join}
      b: {kind: set, values: {log: b}, next: c}
      c: {kind: set, values: {log: c}, next: join}
      join: {kind: set, wait_for: all, values: {log: join, n: "${state.n + 1}"}, next: end}
    on_error: {set: {log: "${'after ' + string(size(state.log))}"}, to: sorry}
    next: end
  sorry: {kind: set, values: {log: sorry}, next: end}
"""
)


async def test_a_join_in_a_loop_runs_once_in_every_pass(tmp_path: Path) -> None:
    def work(n: int) -> int:
        return n

    log = (await outcome(tmp_path, LOOP_WITH_BRANCHES, work)).output["log"]
    assert log == ["fork", "a", "b", "c", "join"] * 3


async def test_an_error_in_a_branch_of_a_loop_ends_the_other_branches_and_keeps_what_was_written(
    tmp_path: Path,
) -> None:
    def work(n: int) -> int:
        if n == 1:
            raise ValueError("no")
        return n

    result = await outcome(tmp_path, LOOP_WITH_BRANCHES, work)
    assert result.output["log"] == ["fork", "a", "b", "c", "join", "fork", "after 6", "sorry"]
    assert steps(result).count("again.join") == 1


async def test_both_branches_of_a_loop_may_fail_at_once(tmp_path: Path) -> None:
    text = LOOP_WITH_BRANCHES.replace("b: {kind: set, values: {log: b}", "b: {kind: python, function: fail")
    result = await outcome(tmp_path, text.replace('function: work, with: {n: "${state.n}"}', "function: fail"), fail)
    assert result.output["log"] == ["fork", "after 1", "sorry"]
    assert steps(result, "Recovered") == ["again"]


async def test_branches_inside_a_loop_inside_a_map(tmp_path: Path) -> None:
    text = (
        LOG
        + """output: {log: "${state.log}", n: "${state.n}"}
start: each
nodes:
  each:
    kind: map
    over: "${['x', 'y']}"
    as: word
    state: {left: {type: integer, default: 2}}
    start: again
    gives: "${state.left}"
    nodes:
      again:
        kind: loop
        max: 9
        while: state.left > 0
        as: number
        start: fork
        nodes:
          fork: {kind: set, values: {left: "${state.left - 1}"}, next: [a, b]}
          a: {kind: set, values: {log: "${word + string(number) + 'a'}"}, next: join}
          b: {kind: set, values: {log: "${word + string(number) + 'b'}"}, next: join}
          join: {kind: set, wait_for: all, values: {log: "${word + string(number)}"}, next: end}
        next: end
    next: end
"""
    )
    log = (await outcome(tmp_path, text)).output["log"]
    assert log == [f"{word}{number}{end}" for word in "xy" for number in (1, 2) for end in ("a", "b", "")]


async def test_the_inner_node_that_waits_would_begin_with_the_outer_one_and_so_is_refused(tmp_path: Path) -> None:
    text = HEAD + says("fork", "next: [a, b]") + says("a", "next: [a1, a2]") + says("a1", "next: inner")
    text += says("a2", "next: inner") + says("inner", "wait_for: all, next: outer") + says("b", "next: outer")
    text += says("outer", "wait_for: all, next: end")
    with pytest.raises(FileError, match="E412"):
        loaded(tmp_path, text)


async def test_an_inner_node_that_waits_in_the_only_branch_that_has_one_waits_for_the_other_too(tmp_path: Path) -> None:
    text = HEAD + says("fork", "next: [a, b]") + says("a", "next: [a1, a2]") + says("a1", "next: inner")
    text += says("a2", "next: inner") + says("inner", "wait_for: all, next: end") + says("b", "next: b2")
    text += says("b2", "next: b3") + says("b3", "next: end")
    log = (await outcome(tmp_path, text)).output["log"]
    assert (sorted(log[:-1]), log[-1]) == (sorted(["fork", "a", "b", "a1", "a2", "b2", "b3"]), "inner")


async def test_the_end_node_in_a_loop_with_branches_ends_the_workflow(tmp_path: Path) -> None:
    text = LOOP_WITH_BRANCHES.replace('n: "${state.n + 1}"}, next: end}', 'n: "${state.n + 1}"}, next: stop}')
    text = text.replace("    on_error:", "      stop: {kind: end}\n    on_error:").replace(
        "next: end\n  sorry", "next: sorry\n  sorry"
    )

    def work(n: int) -> int:
        return n

    assert (await outcome(tmp_path, text, work)).output["log"] == ["fork", "a", "b", "c", "join"]


async def test_an_error_of_a_branch_ends_the_run_and_what_runs_beside_it(tmp_path: Path) -> None:
    stopped = []

    async def slow() -> int:
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            stopped.append(True)
            raise
        return 0

    text = HEAD + says("fork", "next: [a, b]") + "  a: {kind: python, function: fail, next: end}\n"
    text += "  b: {kind: python, function: slow, next: end}\n"
    with pytest.raises(ToolFailed, match=r"a: .*no"):
        await outcome(tmp_path, text, fail, slow)
    assert stopped == [True]


async def test_an_error_in_a_branch_goes_where_its_on_error_says(tmp_path: Path) -> None:
    text = HEAD + says("fork", "next: [a, b]") + says("b", "next: b2") + says("b2", "next: join")
    text += "  a: {kind: python, function: fail, on_error: {to: instead}, next: join}\n"
    text += says("instead", "next: join") + says("join", "wait_for: all, next: end")
    log = (await outcome(tmp_path, text, fail)).output["log"]
    assert (sorted(log[:-1]), log[-1]) == (["b", "b2", "fork", "instead"], "join")
