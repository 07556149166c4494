"""Runs that are kept, in Python: gone on with, answered, forked and deleted."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from antiphon import Agent, resume, run
from antiphon.agents.events import RunFinished, RunStarted
from antiphon.agents.models.scripted import Scripted
from antiphon.agents.roles.types import App
from antiphon.agents.timeline.query import Query
from antiphon.tools.base.errors import EndpointBrokeOff, InputError
from antiphon.tools.base.tool import tool
from antiphon.workflows.compile.step import Question
from antiphon.workflows.run.resuming import answer, delete, fork
from antiphon.workflows.storage.claims import claim
from antiphon.workflows.storage.store import Store, open_store
from antiphon.workflows.storage.types import RunHeld, WorkflowChanged
from antiphon.workflows.workflow import Workflow

APP = App.model_validate({"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": "none"}}})
ASKING = """\
schema: workflow/v1
name: two_questions
state: {first: {type: object, fields: {n: {type: integer}}}, second: {type: object, fields: {n: {type: integer}}}}
output: {answer: "${string(state.first.n * 10 + state.second.n)}"}
start: one
nodes:
  one: {kind: ask, show: The first number?, form: {n: {type: integer}}, into: first, next: two}
  two: {kind: ask, show: The second number?, form: {n: {type: integer}}, into: second, next: show}
  show: {kind: speak, from: "${string(state.first.n * 10 + state.second.n)}", next: end}
"""


@pytest.fixture
def workflow(tmp_path: Path) -> Workflow:
    (tmp_path / "workflow.yaml").write_text(ASKING)
    return Workflow.load(tmp_path / "workflow.yaml")


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with open_store(APP) as opened:
        yield opened


async def four(question: Question) -> Mapping[str, Any]:
    return {"n": 4}


async def test_a_run_is_gone_on_with_by_its_name_alone(workflow: Workflow, store: Store) -> None:
    waits = await run(workflow, app=APP, store=store)
    await answer(store, waits.run, "one@1", {"n": 3})
    result = await resume(waits.run, app=APP, answer=four, store=store)
    assert (result.answer, result.paused) == ("34", None)


async def test_a_resumed_run_tells_its_events(workflow: Workflow, store: Store) -> None:
    waits = await run(workflow, app=APP, store=store)
    events = [event async for event in resume(waits.run, app=APP, answer=four, store=store)]
    assert isinstance(events[0], RunStarted)
    assert (events[0].run, events[0].resumed) == (waits.run, True)
    assert isinstance(events[-1], RunFinished)


async def test_who_does_not_answer_lets_the_run_wait(workflow: Workflow, store: Store) -> None:
    async def nobody(question: Question) -> None:
        return None

    waits = await run(workflow, app=APP, store=store, answer=nobody)
    assert waits.paused is not None
    assert waits.paused.keys == ("one@1",)


async def test_a_run_that_is_done_is_not_done_again(workflow: Workflow, store: Store) -> None:
    done = await run(workflow, app=APP, answer=four, store=store)
    with pytest.raises(InputError, match="has come to its end"):
        await resume(done.run, app=APP, store=store)


async def test_an_answer_that_does_not_fit_is_not_kept(workflow: Workflow, store: Store) -> None:
    waits = await run(workflow, app=APP, store=store)
    with pytest.raises(InputError, match="the answer does not fit the form: 'n' must be a whole number"):
        await answer(store, waits.run, "one@1", {"n": "many"})
    assert len(await store.questions.open(waits.run)) == 1


async def test_a_question_is_answered_once(workflow: Workflow, store: Store) -> None:
    waits = await run(workflow, app=APP, store=store)
    await answer(store, waits.run, "one@1", {"n": 3})
    with pytest.raises(InputError, match="has its answer to 'one@1'"):
        await answer(store, waits.run, "one@1", {"n": 5})


async def test_of_two_who_answer_at_once_the_second_is_told(workflow: Workflow, store: Store) -> None:
    waits = await run(workflow, app=APP, store=store)
    told = await asyncio.gather(*(answer(store, waits.run, "one@1", {"n": n}) for n in (3, 5)), return_exceptions=True)
    (problem,) = [one for one in told if one is not None]
    assert "has its answer to 'one@1' already" in str(problem)


async def test_who_goes_on_with_a_run_while_it_is_deleted_is_kept_off(workflow: Workflow, store: Store) -> None:
    waits = await run(workflow, app=APP, store=store)
    forget, refused = store.timeline.forget, list[str]()

    async def slowly(*queries: Query) -> int:
        try:
            await resume(waits.run, app=APP, store=store, answer=four)
        except RunHeld as error:
            refused.append(str(error))
        return await forget(*queries)

    store.timeline.forget = slowly  # type: ignore[method-assign]
    await delete(store, waits.run)
    assert len(refused) == 1
    assert await store.runs.list() == []
    assert all(entry.forgotten for entry in await store.timeline.find(Query(run=waits.run)))


async def test_a_run_that_is_worked_at_takes_no_answer_and_is_not_deleted(workflow: Workflow, store: Store) -> None:
    waits = await run(workflow, app=APP, store=store)
    async with claim(store, waits.run):
        with pytest.raises(RunHeld):
            await answer(store, waits.run, "one@1", {"n": 3})
        with pytest.raises(RunHeld):
            await delete(store, waits.run)
    assert await store.timeline.find(Query(run=waits.run, text="The first number?"))


async def test_what_was_said_in_a_run_is_one_chain(workflow: Workflow, store: Store) -> None:
    waits = await run(workflow, app=APP, store=store)
    await answer(store, waits.run, "one@1", {"n": 3})
    await resume(waits.run, app=APP, answer=four, store=store)
    past = await store.timeline.past(await store.timeline.latest(waits.run), 20)
    kinds = [entry.kind for entry in past]
    assert kinds == ["input", "question", "utterance", "question", "utterance", "answer", "output"]


async def test_a_fork_leaves_its_parent_as_it_is(workflow: Workflow, store: Store) -> None:
    done = await run(workflow, app=APP, answer=four, store=store)
    before = await store.runs.get(done.run)
    row = await fork(store, done.run, at="1", app=APP)
    waits = await resume(row.id, app=APP, store=store)
    assert waits.paused is not None
    assert waits.paused.keys == ("two@1",)
    await answer(store, row.id, "two@1", {"n": 9})
    assert (await resume(row.id, app=APP, store=store)).answer == "49"
    assert await store.runs.get(done.run) == before


async def test_a_fork_is_a_second_child_of_what_its_parent_had_come_to(workflow: Workflow, store: Store) -> None:
    done = await run(workflow, app=APP, answer=four, store=store)
    row = await fork(store, done.run, at="1", app=APP)
    await resume(row.id, app=APP, answer=four, store=store)
    past = await store.timeline.past(await store.timeline.latest(row.id), 20)
    assert [(entry.run == done.run, entry.kind) for entry in past] == [
        (True, "input"),
        (True, "question"),
        (True, "utterance"),
        (False, "question"),
        (False, "utterance"),
        (False, "answer"),
        (False, "output"),
    ]


async def test_an_agents_run_is_gone_on_with_where_the_agent_is(store: Store) -> None:
    agent = Agent("helper", "Be short.")
    broken = Scripted([EndpointBrokeOff("gone")])
    with pytest.raises(EndpointBrokeOff):
        await run(agent, "Hello?", app=APP, engines={"chat": broken}, store=store)
    (row,) = await store.runs.list()
    with pytest.raises(InputError, match="was made in Python"):
        await resume(row.id, app=APP, store=store)
    engines = {"chat": Scripted(["Hi."])}
    assert (await resume(row.id, app=APP, workflow=agent, engines=engines, store=store)).answer == "Hi."


async def test_a_run_that_is_cancelled_can_be_gone_on_with(workflow: Workflow, store: Store) -> None:
    async def never(question: Question) -> Mapping[str, Any]:
        await asyncio.Event().wait()
        return {}

    events: Any = aiter(run(workflow, app=APP, answer=never, store=store))
    async with aclosing(events):
        async for event in events:
            if type(event).__name__ == "Asked":
                break
    (row,) = await store.runs.list()
    assert row.status == "cancelled"
    assert (await resume(row.id, app=APP, answer=four, store=store)).answer == "44"


SHOP = """\
schema: workflow/v1
name: shop
state: {got: {type: string, default: ""}, items: {type: list, items: {type: string}, default: []}}
output: {answer: "${state.got}"}
tools: {post: {}, pay: {}}
start: before
nodes:
  before: {kind: tool, tool: post, with: {what: before}, into: got, next: inner}
  inner: {kind: flow, use: inner.yaml, next: each}
  each: {kind: map, over: "${['a']}", as: it, do: {kind: flow, use: inner.yaml}, next: after}
  after: {kind: tool, tool: post, with: {what: after}, into: got, next: last}
  last: {kind: ask, show: Good?, form: {n: {type: integer}}, next: end}
"""
INNER = """\
schema: workflow/v1
name: inner
state: {n: {type: integer, default: 0}}
output: {n: "${state.n}"}
start: q
nodes:
  q: {kind: ask, show: How many?, form: {n: {type: integer}}, into: {n: "${result.n}"}, next: end}
"""


class Shop:
    """A workflow whose files are changed while its run waits, and the tools that were called."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.called, self.files = folder, list[str](), {"shop": SHOP, "inner": INNER}

    def load(self, file: str = "shop", *changes: tuple[str, str]) -> Workflow:
        @tool(effects=True)
        def post(what: str) -> str:
            """Send."""
            self.called.append(f"post {what}")
            return what

        @tool(effects=True)
        def pay(what: str) -> str:
            """Pay."""
            self.called.append(f"pay {what}")
            return what

        for old, new in changes:
            assert old in self.files[file]
            self.files[file] = self.files[file].replace(old, new)
        for name, text in self.files.items():
            (self.folder / f"{name}.yaml").write_text(text)
        return Workflow.load(self.folder / "shop.yaml", tools=[post, pay])


async def test_a_run_does_not_go_on_in_a_used_workflow_that_has_changed(tmp_path: Path, store: Store) -> None:
    shop = Shop(tmp_path)
    waits = await run(shop.load(), app=APP, store=store)
    assert waits.paused is not None
    changed = shop.load("inner", ("start: q", "start: qq"), ("  q: {", "  qq: {"))
    with pytest.raises(WorkflowChanged, match=r"the node 'inner/q' is gone; the node 'each\.do/q' is gone"):
        await resume(waits.run, workflow=changed, app=APP, answer=four, store=store)
    assert shop.called == ["post before"]


async def test_a_run_does_not_go_on_where_a_node_calls_another_tool(tmp_path: Path, store: Store) -> None:
    shop = Shop(tmp_path)
    waits = await run(shop.load(), app=APP, store=store)
    changed = shop.load("shop", ("tool: post, with: {what: before}", "tool: pay, with: {what: before}"))
    with pytest.raises(WorkflowChanged, match="the node 'before' was tool post and is tool pay"):
        await resume(waits.run, workflow=changed, app=APP, answer=four, store=store)


@pytest.mark.parametrize(
    ("answers", "file", "changes", "again", "key"),
    [
        (0, "inner", [("start: q", "start: qq"), ("  q: {", "  qq: {")], [], "inner@1/qq@1"),
        (1, "shop", [("do: {kind: flow, use: inner", "do: {kind: flow, use: other")], [], "each@1#0/do@1/q@1"),
        (1, "inner", [("  q: {", "  qq: {"), ("start: q", "start: qq")], [], "inner@1/qq@1"),
        (2, "shop", [("with: {what: after}", "with: {what: later}"), ("  last: {", "  good: {"), (" last}", " good}")],
         ["post later"], "good@1"),
        (2, "shop", [("tool: post, with: {what: after}", "tool: pay, with: {what: after}")], ["pay after"], "last@1"),
        (2, "shop", [("tool: post, with: {what: before}", "tool: pay, with: {what: before}")],
         ["pay before"], "inner@1/q@1"),
    ],
)  # fmt: skip
async def test_a_fork_goes_on_before_what_has_changed_and_no_earlier(
    tmp_path: Path, store: Store, answers: int, file: str, changes: list[tuple[str, str]], again: list[str], key: str
) -> None:
    shop, left = Shop(tmp_path), answers
    shop.files["other"] = INNER

    async def some(question: Question) -> Mapping[str, Any] | None:
        nonlocal left
        left -= 1
        return {"n": 4} if left >= 0 else None

    waits = await run(shop.load(), app=APP, answer=some, store=store)
    shop.called.clear()
    changed = shop.load(file, *changes)
    row = await fork(store, waits.run, workflow=changed, app=APP)
    result = await resume(row.id, workflow=changed, app=APP, store=store)
    assert result.paused is not None
    assert (shop.called, result.paused.keys) == (again, (key,))
