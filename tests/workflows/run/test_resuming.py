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
from antiphon.workflows.compile.step import Question
from antiphon.workflows.run.resuming import answer, delete, fork
from antiphon.workflows.storage.claims import claim
from antiphon.workflows.storage.store import Store, open_store
from antiphon.workflows.storage.types import RunHeld
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
