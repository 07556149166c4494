"""A run that is kept after each step goes on where it was left, under the same paths, and repeats nothing."""

import asyncio
from pathlib import Path

import pytest

from antiphon import Workflow
from antiphon.tools.base.tool import tool

from .running import loaded
from .stored import Stored, waits

LOG = "state: {log: {type: list, items: {type: string}, default: [], reduce: append}, n: {type: integer, default: 0}}\n"
HEAD = LOG + 'output: {log: "${state.log}", n: "${state.n}"}\nstart: first\nnodes:\n'
ASK = "kind: ask, show: Well?, form: {yes: {type: boolean}}"


def says(name: str, more: str) -> str:
    return f"  {name}: {{kind: set, values: {{log: {name}}}, {more}}}\n"


class Crash(BaseException):
    """As if the process had been killed."""


async def test_a_run_that_waits_goes_on_with_the_answer(tmp_path: Path) -> None:
    text = HEAD + says("first", "next: second") + f"  second: {{{ASK}, into: {{log: asked}}, next: third}}\n"
    one = Stored(loaded(tmp_path, text + says("third", "next: end")))
    assert waits(await one.go()) == ["second@1"]
    one.answers["second@1"] = {"yes": True}
    assert (await one.go())["log"] == ["first", "asked", "third"]
    assert one.steps() == ["first", "second", "second", "third"]
    assert one.steps("StepFailed") == []


MAP = (
    HEAD
    + """  first:
    kind: map
    over: "${['a', 'b', 'c']}"
    as: x
    max_parallel: 2
    start: work
    nodes:
      work: {kind: python, function: work, with: {x: "${x}"}, next: ask}
      ask: {kind: ask, show: Well?, form: {yes: {type: boolean}}, next: say}
      say: {kind: set, values: {log: "${x}"}, next: end}
    next: end
"""
)


async def test_a_pause_in_one_pass_lets_the_others_finish_and_they_are_not_repeated(tmp_path: Path) -> None:
    begun = list[str]()

    def work(x: str) -> str:
        begun.append(x)
        return x

    one = Stored(loaded(tmp_path, MAP, work))
    one.answers["first@1#0/ask@1"] = {"yes": True}
    assert waits(await one.go()) == ["first@1#1/ask@1", "first@1#2/ask@1"]
    assert one.steps("StepFinished").count("first.say#0") == 1
    one.answers["first@1#2/ask@1"] = {"yes": True}
    assert waits(await one.go()) == ["first@1#1/ask@1"]
    one.answers["first@1#1/ask@1"] = {"yes": True}
    assert (await one.go())["log"] == ["a", "b", "c"]
    assert sorted(begun) == ["a", "b", "c"]
    assert one.steps("StepFinished").count("first.say#0") == 1


@pytest.mark.parametrize("over", ["[1, 2, 3]", "[]"])
async def test_a_map_of_one_node_is_kept_pass_by_pass(tmp_path: Path, over: str) -> None:
    begun = list[int]()

    async def work(x: int) -> int:
        begun.append(x)
        if x == 3 and begun.count(3) == 1:
            await asyncio.sleep(0.05)
            raise Crash
        return x

    text = HEAD + f'  first: {{kind: map, over: "${{{over}}}", as: x, do: {{kind: python, function: work, '
    text += 'with: {x: "${x}"}}, into: {n: "${size(result.items)}"}, next: end}\n'
    one = Stored(loaded(tmp_path, text, work))
    if over != "[]":
        with pytest.raises(Crash):
            await one.go()
    assert (await one.go())["n"] == over.count(",") + (over != "[]")
    assert sorted(begun) == ([] if over == "[]" else [1, 2, 3, 3])


NESTED = (
    HEAD
    + """  first:
    kind: loop
    max: 2
    start: each
    nodes:
      each:
        kind: map
        over: "${[1, 2]}"
        as: x
        start: again
        nodes:
          again: {kind: loop, max: 2, do: {kind: tool, tool: pay}, next: flow}
          flow: {kind: flow, use: inner.yaml, next: end}
        next: fork
      fork:
        kind: loop
        max: 2
        start: split
        nodes:
          split: {kind: set, values: {log: split}, next: [a, b]}
          a: {kind: tool, tool: pay, next: join}
          b: {kind: tool, tool: pay, next: join}
          join: {kind: set, values: {log: join}, wait_for: all, next: end}
        next: end
    next: end
"""
).replace("output:", "tools: {pay: {}}\noutput:")
INNER = """schema: workflow/v1
name: inner
tools: {pay: {}}
output: {}
start: it
nodes:
  it: {kind: loop, max: 2, start: go, nodes: {go: {kind: tool, tool: pay, next: end}}, next: end}
"""


@pytest.mark.parametrize("crash_at", [0, 1, 5, 9, 10, 13, 20, 23])
async def test_every_call_has_a_path_of_its_own_and_keeps_it(tmp_path: Path, crash_at: int) -> None:
    done, crashed = list[int](), list[bool]()

    @tool(effects=True)
    def pay() -> int:
        """Pay."""
        if len(done) == crash_at and not crashed:
            crashed.append(True)
            raise Crash
        done.append(1)
        return 1

    tmp_path.joinpath("inner.yaml").write_text(INNER, encoding="utf-8")
    tmp_path.joinpath("workflow.yaml").write_text("schema: workflow/v1\nname: w\n" + NESTED, encoding="utf-8")
    workflow = Workflow.load(tmp_path / "workflow.yaml", tools=[pay])
    one = Stored(workflow)
    with pytest.raises(Crash):
        await one.go()
    end = await one.go()
    assert end["log"] == ["split", "join"] * 4
    assert len(done) == 24
    assert sorted(one.results) == sorted(
        [f"first.each@{i}#{x}/again.do@{n}:0" for i in (1, 2) for x in (0, 1) for n in (1, 2)]
        + [f"first.each@{i}#{x}/flow@1/it.go@{n}:0" for i in (1, 2) for x in (0, 1) for n in (1, 2)]
        + [f"first.fork@{i}/{name}@{n}:0" for i in (1, 2) for n in (1, 2) for name in "ab"]
    )


async def test_what_a_loop_had_written_before_the_crash_is_there_for_its_on_error(tmp_path: Path) -> None:
    calls = list[int]()

    def work(n: int) -> int:
        calls.append(n)
        if n == 2 and calls.count(2) == 1:
            raise Crash
        if n == 2:
            raise ValueError("no")
        return n

    text = (
        HEAD
        + """  first:
    kind: loop
    max: 5
    start: fork
    nodes:
      fork: {kind: set, values: {log: fork, n: "${state.n + 1}"}, next: [a, b]}
      a: {kind: python, function: work, with: {n: "${state.n}"}, into: {log: a}, next: join}
      b: {kind: set, values: {log: b}, next: join}
      join: {kind: set, values: {log: join}, wait_for: all, next: end}
    on_error: {set: {log: "${'after ' + string(size(state.log))}"}}
    next: end
"""
    )
    one = Stored(loaded(tmp_path, text, work))
    with pytest.raises(Crash):
        await one.go()
    assert (await one.go())["log"] == [*"fork a b join fork".split(), "after 5"]
    assert calls == [1, 2, 2]


async def test_only_what_costs_something_is_kept_for_itself(tmp_path: Path) -> None:
    def work() -> int:
        return 1

    text = HEAD + says("first", "next: one") + says("one", "next: two")
    text += "  two: {kind: python, function: work, next: three}\n" + says("three", "next: four")
    text += f"  four: {{{ASK}, next: five}}\n" + says("five", "next: end")
    one = Stored(loaded(tmp_path, text, work))
    one.answers["four@1"] = {"yes": True}
    await one.go()
    written = [found.metadata.get("step") async for found in one.saver.alist({"configurable": {"thread_id": "t"}})]
    assert written == [4, 3, 2, 1, 0, -1]  # the input; before the first; first to two; three; four; five


async def test_paths_go_on_counting_after_an_error_was_taken_up(tmp_path: Path) -> None:
    def work(n: int) -> int:
        if n == 1:
            raise ValueError("no")
        return n

    text = HEAD + '  first: {kind: set, values: {n: "${state.n + 1}"}, limits: {visits: 5}, next: second}\n'
    text += "  second: {kind: loop, max: 1, start: ask, on_error: {to: first}, next: end, nodes: "
    text += f"{{ask: {{{ASK}, next: work}}, "
    text += 'work: {kind: python, function: work, with: {n: "${state.n}"}, next: end}}}\n'
    one = Stored(loaded(tmp_path, text, work))
    assert waits(await one.go()) == ["second.ask@1"]
    one.answers["second.ask@1"] = {"yes": True}
    assert waits(await one.go()) == ["second.ask@2"]
