"""Maps, loops and workflows in workflows run as they are written, and nest freely."""

import asyncio
from pathlib import Path

import pytest

from antiphon.tools.base.errors import ToolFailed

from .running import outcome, steps

LOOP = """
state: {n: {type: integer, default: 0}, passes: {type: integer, default: 0}, done: {type: boolean, default: false}}
output: {n: "${state.n}", passes: "${state.passes}", done: "${state.done}"}
start: count
nodes:
  count:
    kind: loop
    max: 10
    until: state.n >= 3
    do: {kind: set, values: {n: "${state.n + 1}"}}
    into: {passes: "${result.passes}", done: "${result.done}"}
    next: end
"""


async def test_a_loop_ends_when_its_condition_holds(tmp_path: Path) -> None:
    assert (await outcome(tmp_path, LOOP)).output == {"n": 3, "passes": 3, "done": True}


async def test_a_loop_ends_at_its_limit_and_says_so(tmp_path: Path) -> None:
    assert (await outcome(tmp_path, LOOP.replace("max: 10", "max: 2"))).output == {"n": 2, "passes": 2, "done": False}


async def test_a_while_that_does_not_hold_lets_no_pass_begin(tmp_path: Path) -> None:
    text = LOOP.replace("until: state.n >= 3", "while: state.n > 0")
    assert (await outcome(tmp_path, text)).output == {"n": 0, "passes": 0, "done": True}


async def test_a_loop_begins_no_pass_after_its_time(tmp_path: Path) -> None:
    async def slow() -> int:
        await asyncio.sleep(0.05)
        return 0

    text = LOOP.replace("until: state.n >= 3", "time: 20ms").replace(
        'do: {kind: set, values: {n: "${state.n + 1}"}}', "do: {kind: python, function: slow, into: n}"
    )
    assert (await outcome(tmp_path, text, slow)).output["passes"] == 1


async def test_loops_in_loops_count_their_own_passes(tmp_path: Path) -> None:
    text = """
state: {seen: {type: list, items: {type: string}, default: [], reduce: append}}
output: {seen: "${state.seen}"}
start: outer
nodes:
  outer:
    kind: loop
    max: 2
    as: row
    start: inner
    nodes:
      inner:
        kind: loop
        max: 3
        as: column
        do: {kind: set, values: {seen: "${string(row) + '.' + string(column)}"}}
        next: end
    next: end
"""
    assert (await outcome(tmp_path, text)).output["seen"] == ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3"]


MAP = """
input: {words: {type: list, items: {type: string}}}
state: {out: {type: list, default: []}, total: {type: integer, default: 0, reduce: add}}
output: {out: "${state.out}", total: "${state.total}"}
start: each
nodes:
  each:
    kind: map
    over: "${input.words}"
    as: word
    index: i
    do: {kind: python, function: work, with: {word: "${word}", i: "${i}"}, into: {total: "${1}"}}
    into: out
    next: end
"""


async def test_a_map_gives_its_results_in_the_order_of_its_items(tmp_path: Path) -> None:
    async def work(word: str, i: int) -> str:
        await asyncio.sleep(0.02 * (3 - i))
        return f"{i}{word}"

    result = await outcome(tmp_path, MAP, work, words=["a", "b", "c"])
    assert result.output == {"out": ["0a", "1b", "2c"], "total": 3}
    assert sorted(steps(result)) == ["each", "each.do#0", "each.do#1", "each.do#2"]


async def test_a_map_over_nothing_gives_nothing(tmp_path: Path) -> None:
    assert (await outcome(tmp_path, MAP, work, words=[])).output == {"out": [], "total": 0}


async def test_no_more_passes_run_at_once_than_allowed(tmp_path: Path) -> None:
    now, most = 0, 0

    async def work(word: str, i: int) -> str:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1
        return word

    text = MAP.replace("index: i", "index: i\n    max_parallel: 2")
    await outcome(tmp_path, text, work, words=list("abcdef"))
    assert most == 2


def work(word: str, i: int) -> str:
    if word == "bad":
        raise ValueError("no such word")
    return word


async def test_an_item_that_fails_ends_the_run_and_names_its_pass(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match=r"each\.do#1.*no such word"):
        await outcome(tmp_path, MAP, work, words=["a", "bad", "c"])


async def test_an_item_that_fails_can_be_left_out(tmp_path: Path) -> None:
    text = MAP.replace("index: i", "index: i\n    on_item_error: skip")
    assert (await outcome(tmp_path, text, work, words=["a", "bad", "c"])).output == {"out": ["a", "c"], "total": 2}


async def test_a_map_that_fails_goes_where_on_error_says(tmp_path: Path) -> None:
    text = MAP.replace("    into: out\n", '    into: out\n    on_error: {set: {out: "${[error.kind]}"}}\n')
    assert (await outcome(tmp_path, text, work, words=["bad"])).output["out"] == ["tool"]


NESTED = """
input: {rows: {type: list, items: {type: list, items: {type: integer}}}}
state:
  sums: {type: list, default: []}
  log: {type: list, items: {type: string}, default: [], reduce: append}
output: {sums: "${state.sums}", log: "${state.log}"}
start: rows
nodes:
  rows:
    kind: map
    over: "${input.rows}"
    as: row
    index: r
    state: {sum: {type: integer, default: 0}, left: {type: integer, default: 0}}
    gives: "${state.sum}"
    start: begin
    nodes:
      begin: {kind: set, values: {left: "${size(row)}"}, next: add_up}
      add_up:
        kind: loop
        max: 100
        while: state.left > 0
        as: n
        start: add
        nodes:
          add: {kind: set, values: {sum: "${state.sum + row[n - 1]}", left: "${state.left - 1}"}, next: each}
          each:
            kind: map
            over: "${[n]}"
            as: x
            do: {kind: set, values: {log: "${string(r) + ':' + string(x)}"}}
            next: end
        next: end
    into: sums
    next: end
"""


async def test_a_map_in_a_loop_in_a_map(tmp_path: Path) -> None:
    output = (await outcome(tmp_path, NESTED, rows=[[1, 2, 3], [], [10, 20]])).output
    assert output["sums"] == [6, 0, 30]
    assert sorted(output["log"]) == ["0:1", "0:2", "0:3", "2:1", "2:2"]


async def test_a_workflow_is_a_step_of_another(tmp_path: Path) -> None:
    (tmp_path / "double.yaml").write_text(
        "schema: workflow/v1\nname: double\ninput: {n: {type: integer}}\nstate: {m: {type: integer, default: 0}}\n"
        'output: {twice: "${state.m}"}\nstart: go\nnodes:\n'
        '  go: {kind: set, values: {m: "${input.n * 2}"}, next: end}\n',
        encoding="utf-8",
    )
    text = """
state: {all: {type: list, default: []}}
output: {all: "${state.all}"}
start: each
nodes:
  each:
    kind: map
    over: "${[1, 2, 3]}"
    as: n
    start: twice
    state: {m: {type: integer, default: 0}}
    gives: "${state.m}"
    nodes:
      twice: {kind: flow, use: double.yaml, with: {n: "${n}"}, into: {m: "${result.twice}"}, next: end}
    into: all
    next: end
"""
    result = await outcome(tmp_path, text)
    assert result.output["all"] == [2, 4, 6]
    assert "each.twice#1.go" in steps(result)
