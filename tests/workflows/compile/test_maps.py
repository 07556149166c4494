"""Maps: many items, few at a time, items that fail, and what the passes write to the state around them."""

import asyncio
import time
from pathlib import Path

import pytest

from antiphon import run
from antiphon.tools.base.errors import InputError, ToolFailed
from antiphon.workflows.compile.failures import StepTimeout

from .running import APP, loaded, outcome, steps


def mapped(do: str, more: str = "", state: str = "", over: str = "[1, 2, 3]") -> str:
    return f"""
limits: {{steps: 100000}}
state:
  out: {{type: list, default: []}}
  {state or "unused: {type: integer, default: 0}"}
output: {{out: "${{state.out}}"}}
start: each
nodes:
  each:
    kind: map
    over: "${{{over}}}"
    as: x
    index: i
    do: {{{do}}}
    into: out
    next: end
    {more}
"""


async def test_a_thousand_items_take_seconds(tmp_path: Path) -> None:
    async def work(x: int) -> int:
        return x + 1

    text = mapped('kind: python, function: work, with: {x: "${x}"}', over="input.many")
    began = time.monotonic()
    many = "input: {many: {type: list, items: {type: integer}}}"
    assert (await outcome(tmp_path, many + text, work, many=[*range(1000)])).output["out"] == [*range(1, 1001)]
    assert time.monotonic() - began < 60  # about 2 where nothing else runs


async def test_one_at_a_time_is_one_after_the_other(tmp_path: Path) -> None:
    now: list[int] = []
    order: list[int] = []

    async def work(x: int) -> int:
        now.append(x)
        assert now == [x]
        await asyncio.sleep(0.005)
        now.remove(x)
        order.append(x)
        return x

    await outcome(tmp_path, mapped('kind: python, function: work, with: {x: "${x}"}', "max_parallel: 1"), work)
    assert order == [1, 2, 3]


async def test_the_first_item_that_fails_stops_the_others_and_those_not_begun(tmp_path: Path) -> None:
    begun, stopped = list[int](), list[int]()

    async def work(x: int) -> int:
        begun.append(x)
        if x == 2:
            raise ValueError("no")
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            stopped.append(x)
            raise
        return x

    text = mapped('kind: python, function: work, with: {x: "${x}"}', "max_parallel: 2")
    began = time.monotonic()
    with pytest.raises(ToolFailed, match=r"each\.do#1: "):
        await outcome(tmp_path, text, work)
    assert (begun, stopped) == ([1, 2], [1])
    assert time.monotonic() - began < 4


async def test_a_map_that_fails_has_written_nothing(tmp_path: Path) -> None:
    def work(x: int) -> int:
        if x == 3:
            raise ValueError("no")
        return x

    text = mapped(
        'kind: python, function: work, with: {x: "${x}"}, into: {total: "${result}"}',
        'max_parallel: 1\n    on_error: {set: {out: "${[error.kind, state.total]}"}}',
        "total: {type: integer, default: 10, reduce: add}",
    ).replace("${result}", "${int(result)}")
    assert (await outcome(tmp_path, text, work)).output["out"] == ["tool", 10]


async def test_an_error_in_a_pass_is_taken_up_inside_the_pass(tmp_path: Path) -> None:
    def work(x: int) -> int:
        if x == 2:
            raise ValueError("no")
        return x

    text = """
state: {out: {type: list, default: []}}
output: {out: "${state.out}"}
start: each
nodes:
  each:
    kind: map
    over: "${[1, 2, 3]}"
    as: x
    state: {y: {type: integer, default: 0}}
    gives: "${state.y}"
    start: try
    nodes:
      try: {kind: python, function: work, with: {x: "${x}"}, into: y, on_error: {to: other}, next: end}
      other: {kind: set, values: {y: -1}, next: end}
    into: out
    next: end
"""
    result = await outcome(tmp_path, text, work)
    assert result.output["out"] == [1, -1, 3]
    assert (steps(result, "StepFailed"), steps(result, "Recovered")) == (["each.try#1"], ["each.try#1"])


async def test_a_timeout_in_a_pass_names_the_node_and_the_pass(tmp_path: Path) -> None:
    async def work(x: int) -> int:
        await asyncio.sleep(5 if x == 2 else 0)
        return x

    text = mapped('kind: python, function: work, with: {x: "${x}"}, timeout: 50ms')
    with pytest.raises(StepTimeout, match=r"^each\.do#1: it took longer than 0\.05 s\."):
        await outcome(tmp_path, text, work)
    skipped = await outcome(tmp_path, text.replace("index: i", "index: i\n    on_item_error: skip"), work)
    assert skipped.output["out"] == [1, 3]
    assert steps(skipped, "StepFailed") == ["each.do#1"]


async def test_what_no_list_is_cannot_be_mapped_over(tmp_path: Path) -> None:
    def work():  # type: ignore[no-untyped-def]  # what it returns is known to the run alone
        return {"items": "abc"}

    text = """
state: {found: {type: object, default: {}}, out: {type: list, default: []}}
output: {out: "${state.out}"}
start: find
nodes:
  find: {kind: python, function: work, into: found, next: each}
  each: {kind: map, over: "${state.found.items}", as: x, do: {kind: emit, event: e}, into: out, next: end}
"""
    with pytest.raises(InputError, match=r"each: .*`over` is no list"):
        await outcome(tmp_path, text, work)


REDUCERS = """
state:
  some: {type: list, default: [0], reduce: append}
  words: {type: list, items: {type: string}, default: [a], reduce: union}
  facts: {type: object, default: {k: 0}, reduce: merge}
  most: {type: number, default: 1, reduce: max}
  least: {type: number, default: 1, reduce: min}
  sum: {type: number, default: 10000000000000000.0, reduce: add}
output:
  some: "${state.some}"
  words: "${state.words}"
  facts: "${state.facts}"
  most: "${state.most}"
  least: "${state.least}"
  sum: "${state.sum}"
start: BLOCK
nodes:
  BLOCK:
    kind: KIND
    start: put
    nodes:
      put:
        kind: set
        values:
          some: "${[n, n * 10]}"
          words: "${string(n)}"
          facts: "${{'k': n, string(n): n}}"
          most: "${double(n)}"
          least: "${double(0 - n)}"
          sum: "${1.0}"
        next: end
    next: end
"""
EXPECTED = {
    "some": [0, 1, 10, 2, 20],
    "words": ["a", "1", "2"],
    "facts": {"k": 2, "1": 1, "2": 2},
    "most": 2,
    "least": -2,
}


@pytest.mark.parametrize(
    ("kind", "more", "total"),
    [
        ("loop", "max: 2\n    as: n", 1e16),  # as floating point numbers are: one more is lost each time
        ("map", 'over: "${[1, 2]}"\n    as: n', 1e16 + 2),  # what the passes add is put together first
    ],
)
async def test_every_reducer_in_loops_and_maps(tmp_path: Path, kind: str, more: str, total: float) -> None:
    text = REDUCERS.replace("BLOCK", "block").replace("KIND", f"{kind}\n    {more}")
    assert (await outcome(tmp_path, text)).output == {**EXPECTED, "sum": total}


async def test_a_map_in_a_map_and_a_loop_in_a_map_write_to_the_same_outer_field(tmp_path: Path) -> None:
    text = """
state: {log: {type: list, items: {type: string}, default: [begin], reduce: append}}
output: {log: "${state.log}"}
start: rows
nodes:
  rows:
    kind: map
    over: "${['a', 'b']}"
    as: row
    start: columns
    nodes:
      columns:
        kind: map
        over: "${[1, 2]}"
        as: column
        do: {kind: set, values: {log: "${row + string(column)}"}}
        next: again
      again: {kind: loop, max: 2, as: n, do: {kind: set, values: {log: "${row + '-' + string(n)}"}}, next: last}
      last: {kind: set, values: {log: "${row + ' saw ' + string(size(state.log))}"}, next: end}
    next: end
"""
    log = (await outcome(tmp_path, text)).output["log"]
    assert log == ["begin", *(f"{row}{end}" for row in "ab" for end in ("1", "2", "-1", "-2", " saw 5"))]


async def test_the_number_of_a_loop_is_known_in_a_map_in_a_loop_in_a_map(tmp_path: Path) -> None:
    text = """
state: {log: {type: list, items: {type: string}, default: [], reduce: append}}
output: {log: "${state.log}"}
start: outer
nodes:
  outer:
    kind: loop
    max: 2
    as: o
    do:
      kind: map
      over: "${['a']}"
      as: x
      index: i
      do:
        kind: loop
        max: 2
        as: p
        do:
          kind: map
          over: "${[x + '!']}"
          as: y
          do: {kind: set, values: {log: "${string(o) + x + string(i) + string(p) + y}"}}
    next: end
"""
    log = (await outcome(tmp_path, text)).output["log"]
    assert log == [f"{o}a0{p}a!" for o in (1, 2) for p in (1, 2)]


async def test_the_same_item_twice_is_worked_on_once_where_the_node_has_a_cache(tmp_path: Path) -> None:
    calls: list[int] = []

    async def work(x: int) -> int:
        calls.append(x)
        await asyncio.sleep(0.01)
        return x

    text = mapped('kind: python, function: work, with: {x: "${x}"}, cache: {for: 1m}', over="[1, 2, 1, 1]")
    assert (await outcome(tmp_path, text, work)).output["out"] == [1, 2, 1, 1]
    assert sorted(calls) == [1, 2]


async def test_a_function_that_changes_a_list_in_place_does_not_change_the_state(tmp_path: Path) -> None:
    def work(found):  # type: ignore[no-untyped-def]  # taken as it is
        found.append(1)
        return len(found)

    text = """
state: {found: {type: list, default: []}, n: {type: integer, default: 0}}
output: {found: "${state.found}", n: "${state.n}"}
start: go
nodes:
  go: {kind: python, function: work, with: {found: "${state.found}"}, into: {n: "${int(result)}"}, next: end}
"""
    workflow = loaded(tmp_path, text, work)
    assert [(await run(workflow, app=APP)).output for _ in range(2)] == [{"found": [], "n": 1}] * 2


async def test_a_kept_list_grows_from_turn_to_turn_in_branches_and_passes(tmp_path: Path) -> None:
    text = """
state: {log: {type: list, items: {type: string}, default: [a], reduce: append, keep: true}}
output: {log: "${state.log}"}
start: each
nodes:
  each: {kind: map, over: "${['b', 'c']}", as: x, do: {kind: set, values: {log: "${x}"}}, next: end}
"""
    first = await outcome(tmp_path, text)
    second = await outcome(tmp_path, text, kept=first.kept)
    assert (first.output["log"], second.output["log"]) == (["a", "b", "c"], ["a", "b", "c", "b", "c"])
