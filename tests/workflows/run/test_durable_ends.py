"""Runs that are kept and are cancelled, or come to a limit: how they are left, and that they can be gone on with."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from antiphon import Workflow, run, tool
from antiphon.agents.events import Event, RunStarted, RunStopped
from antiphon.agents.models.chat import Reply, Usage
from antiphon.agents.models.scripted import Scripted
from antiphon.agents.roles.types import App
from antiphon.tools.base.errors import LimitReached
from antiphon.workflows.run.resuming import resume
from antiphon.workflows.run.running import Run
from antiphon.workflows.storage.store import Store, open_store
from antiphon.workflows.storage.types import RunRow

DEEP = """\
schema: workflow/v1
name: deep
state: {first: {type: integer, default: 0}, out: {type: list, default: []}}
output: {first: "${state.first}", out: "${state.out}"}
tools: {work: {}}
start: first
nodes:
  first: {kind: tool, tool: work, with: {n: 1}, into: {first: "${int(result)}"}, next: [each, again]}
  each:
    kind: map
    over: "${[10, 20]}"
    as: n
    do: {kind: flow, use: inner.yaml, with: {n: "${n}"}}
    into: out
    next: end
  again: {kind: loop, max: 2, do: {kind: tool, tool: work, with: {n: 30}}, next: end}
"""
INNER = """\
schema: workflow/v1
name: inner
input: {n: {type: integer}}
state: {n: {type: integer, default: 0}}
output: {n: "${state.n}"}
tools: {work: {}}
start: it
nodes:
  it: {kind: tool, tool: work, with: {n: "${input.n}"}, into: {n: "${int(result)}"}, next: end}
"""
STEPS = """\
schema: workflow/v1
name: steps
limits: {%s}
state: {n: {type: integer, default: 0, reduce: add}}
output: {n: "${state.n}"}
tools: {work: {}}
start: again
nodes:
  again:
    kind: loop
    max: 6
    do: {kind: tool, tool: work, with: {n: 1}, into: {n: "${int(result)}"}}
    next: end
"""
WRITES = """\
schema: workflow/v1
name: writes
limits: {tokens: 10}
state: {a: {type: string, default: ""}, b: {type: string, default: ""}}
output: {a: "${state.a}", b: "${state.b}"}
start: one
nodes:
  one: {kind: llm, prompt: {user: One}, into: a, next: two}
  two: {kind: llm, prompt: {user: Two}, into: b, next: end}
"""


class Working:
    """What tools of a test did."""

    def __init__(self) -> None:
        self.begun, self.ended, self.cut_off = list[int](), list[int](), list[int]()
        self.may_end, self.comes = asyncio.Event(), asyncio.Semaphore(0)

    async def work(self, n: int, idempotency_key: str = "") -> int:
        """Work until it may end; the first piece needs no leave."""
        self.begun.append(n)
        self.comes.release()
        try:
            if n > 1:
                await self.may_end.wait()
        except asyncio.CancelledError:
            self.cut_off.append(n)
            raise
        self.ended.append(n)
        return n


@pytest.fixture
def working() -> Working:
    return Working()


@pytest.fixture
def app(tmp_path: Path) -> App:
    chat = {"engine": "openai", "base_url": "http://127.0.0.1:9/v1", "model": "none"}
    return App.model_validate(
        {"schema": "app/v1", "models": {"chat": chat}, "storage": {"folder": str(tmp_path / "kept")}}
    )


@pytest.fixture
async def store(app: App) -> AsyncIterator[Store]:
    async with open_store(app) as store:
        yield store


def loaded(folder: Path, text: str, working: Working | None = None) -> Workflow:
    (folder / "inner.yaml").write_text(INNER, encoding="utf-8")
    (folder / "workflow.yaml").write_text(text, encoding="utf-8")
    return Workflow.load(folder, tools=[tool(name="work", effects=True)(working.work)] if working else [])


async def events_of(run_: Run) -> tuple[list[Event], BaseException | None]:
    events: list[Event] = []
    try:
        async for event in run_:
            events.append(event)
    except Exception as error:
        return events, error
    return events, None


async def cancelled(working: Working, run_: Run) -> None:
    """Cancel a run of DEEP when all branches are at work."""

    async def ran() -> None:
        await run_

    task = asyncio.create_task(ran())
    for _ in range(4):
        await working.comes.acquire()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def only(store: Store) -> RunRow:
    return (await store.runs.list())[0]


async def test_a_cancelled_run_is_kept_as_cancelled(tmp_path: Path, app: App, store: Store, working: Working) -> None:
    await cancelled(working, run(loaded(tmp_path, DEEP, working), app=app, store=store))
    row = await only(store)
    assert (row.status, row.owner, row.ended > row.began) == ("cancelled", "", True)


async def test_what_is_below_a_cancelled_run_is_cancelled_with_it(
    tmp_path: Path, app: App, store: Store, working: Working
) -> None:
    await cancelled(working, run(loaded(tmp_path, DEEP, working), app=app, store=store))
    assert (working.ended, sorted(working.cut_off)) == ([1], [10, 20, 30])
    for _ in range(100):  # LangGraph's own bookkeeping ends a moment later
        if asyncio.all_tasks() == {asyncio.current_task()}:
            break
        await asyncio.sleep(0.01)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_cancelled_run_can_be_gone_on_with(tmp_path: Path, app: App, store: Store, working: Working) -> None:
    workflow = loaded(tmp_path, DEEP, working)
    await cancelled(working, run(workflow, app=app, store=store))
    working.may_end.set()
    result = await resume((await only(store)).id, app=app, workflow=workflow, store=store)
    assert result.output == {"first": 1, "out": [{"n": 10}, {"n": 20}]}
    assert sorted(working.ended) == [1, 10, 20, 30, 30]


async def test_whoever_watches_a_run_is_told_that_it_was_cancelled(
    tmp_path: Path, app: App, store: Store, working: Working
) -> None:
    events: list[Event] = []

    async def watch() -> None:
        async for event in run(loaded(tmp_path, DEEP, working), app=app, store=store):
            events.append(event)

    watching = asyncio.create_task(watch())
    for _ in range(4):
        await working.comes.acquire()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert isinstance(events[0], RunStarted)
    assert (await only(store)).status == "cancelled"


LIMITS = [("steps: 4", "taken 4 steps"), ("time: 300ms", "taken 300ms")]


@pytest.mark.parametrize(("limit", "said"), LIMITS)
async def test_a_run_that_has_used_up_a_limit_is_stopped(
    tmp_path: Path, app: App, store: Store, limit: str, said: str
) -> None:
    events, error = await events_of(run(loaded(tmp_path, STEPS % limit, Slow()), app=app, store=store))
    row = await only(store)
    assert (row.status, type(events[-1]), isinstance(error, LimitReached)) == ("stopped", RunStopped, True)
    problem = await store.timeline.entry(row.problem_entry)
    assert problem is not None
    assert said in problem.text


@pytest.mark.parametrize(("limit", "said"), LIMITS)
async def test_a_stopped_run_that_is_gone_on_with_has_its_limits_anew(
    tmp_path: Path, app: App, store: Store, limit: str, said: str
) -> None:
    working = Slow()
    workflow = loaded(tmp_path, STEPS % limit, working)
    await events_of(run(workflow, app=app, store=store))
    working.may_end.set()
    times = 1
    while (row := await only(store)).status == "stopped":
        await events_of(resume(row.id, app=app, workflow=workflow, store=store))
        times += 1
    output = await store.timeline.entry(row.output_entry)
    assert output is not None
    assert (row.status, output.data) == ("done", {"n": 6})
    assert (len(working.ended), times) == (6, 2)


class Slow(Working):
    """Each piece takes 0.1 s, until it may end."""

    async def work(self, n: int, idempotency_key: str = "") -> int:
        """Work."""
        if not self.may_end.is_set():
            await asyncio.sleep(0.1)
        self.ended.append(n)
        return n


async def test_a_run_whose_models_wrote_too_much_is_stopped_and_can_be_gone_on_with(
    tmp_path: Path, app: App, store: Store
) -> None:
    workflow = loaded(tmp_path, WRITES)
    wordy = Reply("Many words.", usage=Usage(5, 8))
    first = await events_of(
        run(workflow, app=app, store=store, engines={"chat": Scripted([wordy, wordy])}, durable=True)
    )
    row = await only(store)
    assert (row.status, isinstance(first[1], LimitReached), row.tokens) == ("stopped", True, 16)
    few = Reply("Few.", usage=Usage(5, 1))
    result = await resume(row.id, app=app, workflow=workflow, store=store, engines={"chat": Scripted([few, few])})
    assert result.output["b"] == "Few."


async def test_what_a_run_has_used_up_counts_when_it_goes_on_after_a_pause(
    tmp_path: Path, app: App, store: Store, working: Working
) -> None:
    """A person's answer is no new purse: only who has a stopped run tried again gives it one."""
    text = STEPS % "steps: 5"
    text = text.replace("start: again", "start: ask").replace(
        "nodes:\n", "nodes:\n  ask: {kind: ask, show: Well?, form: {yes: {type: boolean}}, next: again}\n"
    )
    workflow = loaded(tmp_path, text, working)
    await run(workflow, app=app, store=store)
    waiting = await only(store)

    async def yes(question: Any) -> dict[str, bool]:
        return {"yes": True}

    await events_of(resume(waiting.id, app=app, workflow=workflow, store=store, answer=yes))
    row = await only(store)
    assert (waiting.status, waiting.steps, row.status) == ("waiting", 1, "stopped")
