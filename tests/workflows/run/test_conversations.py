"""Turns of a conversation: what each begins with is what led to it, in a fork and with several at once, too."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from antiphon import resume, run
from antiphon.agents.events import Warned
from antiphon.agents.roles.types import App, Storage
from antiphon.agents.timeline.query import Query
from antiphon.workflows.compile.step import Question
from antiphon.workflows.run.driving import With, drive
from antiphon.workflows.run.forking import lost_with
from antiphon.workflows.run.keeping import begin, history_of, kept_of
from antiphon.workflows.run.resuming import delete, fork
from antiphon.workflows.run.running import Result
from antiphon.workflows.storage.store import Store, open_store
from antiphon.workflows.storage.turns import turn_of
from antiphon.workflows.workflow import Workflow

APP = App.model_validate({"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": "none"}}})
TALK = """\
schema: workflow/v1
name: talk
input: {text: {type: string}}
state: {turn: {type: integer, default: 0, keep: true}, told: {type: string, default: ""}}
output: {answer: "${state.told}"}
start: count
nodes:
  count:
    kind: set
    values: {turn: "${state.turn + 1}", told: "${string(state.turn + 1) + ' ' + input.text}"}
    next: say
  say: {kind: speak, from: "${state.told}", next: end}
"""
ASKING = """\
schema: workflow/v1
name: asking
input: {text: {type: string}}
state: {given: {type: object, fields: {n: {type: integer}}}}
output: {answer: "${string(state.given.n)}"}
start: one
nodes:
  one: {kind: ask, show: The number?, form: {n: {type: integer}}, into: given, next: say}
  say: {kind: speak, from: "${string(state.given.n)}", next: end}
"""


def made(folder: Path, text: str) -> Workflow:
    folder.mkdir()
    (folder / "workflow.yaml").write_text(text)
    return Workflow.load(folder / "workflow.yaml")


@pytest.fixture
def talk(tmp_path: Path) -> Workflow:
    return made(tmp_path / "talk", TALK)


@pytest.fixture
def asking(tmp_path: Path) -> Workflow:
    return made(tmp_path / "asking", ASKING)


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with open_store(APP) as opened:
        yield opened


@pytest.fixture
async def shared(postgres_url: str) -> AsyncIterator[Store]:
    """A store that workers have queues in."""
    async with open_store(APP.model_copy(update={"storage": Storage(url=postgres_url)})) as opened:
        yield opened


async def four(question: Question) -> Mapping[str, Any]:
    return {"n": 4}


async def said_before(store: Store, id: str) -> list[str]:
    return [message.content for message in await history_of(store.timeline, await store.runs.get(id))]


async def turns(workflow: Workflow, store: Store, *texts: str) -> list[str]:
    """The runs of some turns, one after the other."""
    return [(await run(workflow, text, app=APP, store=store, thread="t")).run for text in texts]


async def test_a_turn_begins_with_what_the_turn_before_left_and_said(talk: Workflow, store: Store) -> None:
    _, second = await turns(talk, store, "one", "two")
    row = await store.runs.get(second)
    assert (await kept_of(store, row), await said_before(store, second)) == ({"turn": 1}, ["one", "1 one"])


async def test_a_fork_of_a_turn_begins_with_what_that_turn_began_with(talk: Workflow, store: Store) -> None:
    _, second, _ = await turns(talk, store, "one", "two", "three")
    row = await fork(store, second, "start", workflow=talk)
    assert (await kept_of(store, row), await said_before(store, row.id)) == ({"turn": 1}, ["one", "1 one"])
    assert (await resume(row.id, workflow=talk, app=APP, store=store)).answer == "2 two"


async def test_a_fork_from_within_a_turn_does_not_hear_its_own_question_before(
    talk: Workflow, asking: Workflow, store: Store
) -> None:
    await turns(talk, store, "one")
    result = await run(asking, "number", app=APP, store=store, thread="t", answer=four)
    row = await fork(store, result.run, workflow=asking)
    again = await fork(store, row.id, "start", workflow=asking)
    assert [await said_before(store, id) for id in (row.id, again.id)] == [["one", "1 one"]] * 2
    await resume(row.id, workflow=asking, app=APP, store=store)
    past = await store.timeline.past(await store.timeline.latest(row.id), 20, ["utterance", "answer"])
    assert [entry.text for entry in past] == ["one", "1 one", "number", "", "4"]


async def test_a_turn_after_a_fork_follows_the_fork(talk: Workflow, store: Store) -> None:
    _, second, _ = await turns(talk, store, "one", "two", "three")
    row = await fork(store, second, "start", workflow=talk)
    await resume(row.id, workflow=talk, app=APP, store=store)
    result = await run(talk, "other", app=APP, store=store, thread=row.thread)
    assert result.answer == "3 other"
    assert await said_before(store, result.run) == ["one", "1 one", "two", "2 two"]


async def test_a_fork_of_a_fork_has_the_same_past(talk: Workflow, store: Store) -> None:
    _, second = await turns(talk, store, "one", "two")
    first = await fork(store, second, "start", workflow=talk)
    row = await fork(store, first.id, "start", workflow=talk)
    assert (await kept_of(store, row), await said_before(store, row.id)) == ({"turn": 1}, ["one", "1 one"])
    assert (await resume(row.id, workflow=talk, app=APP, store=store)).answer == "2 two"


async def test_a_turn_that_was_broken_off_knows_nothing_of_the_turns_after_it(talk: Workflow, store: Store) -> None:
    await turns(talk, store, "one")
    row = await begin(store, talk, {"text": "two"}, thread="t")
    await turns(talk, store, "three")
    assert (await kept_of(store, row), await said_before(store, row.id)) == ({"turn": 1}, ["one", "1 one"])


async def test_state_and_history_come_from_the_same_turns(talk: Workflow, store: Store) -> None:
    await turns(talk, store, "one")
    row = await begin(store, talk, {"text": "two"}, thread="t")
    await turns(talk, store, "three", "four")
    await resume(row.id, workflow=talk, app=APP, store=store)
    (last,) = await turns(talk, store, "five")
    assert await said_before(store, last) == ["one", "1 one", "two", "2 two"]
    assert await kept_of(store, await store.runs.get(last)) == {"turn": 2}


async def test_the_state_of_another_workflow_is_not_begun_with(talk: Workflow, asking: Workflow, store: Store) -> None:
    await turns(talk, store, "one")
    await run(asking, "number", app=APP, store=store, thread="t", answer=four)
    result = await run(talk, "two", app=APP, store=store, thread="t")
    assert result.answer == "2 two"
    assert await said_before(store, result.run) == ["one", "1 one", "number", "4"]


async def test_a_turn_that_was_deleted_leaves_neither_words_nor_state(talk: Workflow, store: Store) -> None:
    _, second = await turns(talk, store, "one", "two")
    await delete(store, second)
    (third,) = await turns(talk, store, "three")
    assert await said_before(store, third) == ["one", "1 one"]
    assert await kept_of(store, await store.runs.get(third)) == {"turn": 1}


async def test_turns_of_one_conversation_that_come_at_once_follow_one_another(talk: Workflow, store: Store) -> None:
    async with open_store(APP) as other:  # as another process has it open

        async def come(number: int) -> Result:
            return await run(talk, str(number), app=APP, store=[store, other][number % 2], thread="t")

        results = await asyncio.gather(*map(come, range(4)))
    told = [event for result in results for event in result.events if isinstance(event, Warned)]
    assert told
    assert "another turn of the conversation 't' is under way" in told[0].problem
    assert sorted(result.kept["turn"] for result in results) == [1, 2, 3, 4]
    parents = [entry.parent for entry in await store.timeline.find(Query(thread="t", kinds=["utterance"]))]
    assert len(set(parents)) == 4


async def test_turns_of_two_conversations_do_not_wait_for_one_another(talk: Workflow, store: Store) -> None:
    async with turn_of(store, "other"), asyncio.timeout(5):
        assert (await run(talk, "one", app=APP, store=store, thread="t")).answer == "1 one"


async def test_a_turn_that_waits_for_a_person_keeps_nobody_waiting(
    talk: Workflow, asking: Workflow, store: Store
) -> None:
    assert (await run(asking, "number", app=APP, store=store, thread="t")).paused is not None
    async with asyncio.timeout(5):
        assert (await run(talk, "one", app=APP, store=store, thread="t")).answer == "1 one"


async def test_what_a_turn_starts_in_its_own_conversation_does_not_wait_for_it(
    talk: Workflow, asking: Workflow, store: Store
) -> None:
    async def four_later(question: Question) -> Mapping[str, Any]:
        await run(talk, "between", app=APP, store=store, thread="t")
        return {"n": 4}

    async with asyncio.timeout(5):
        assert (await run(asking, "number", app=APP, store=store, thread="t", answer=four_later)).answer == "4"


async def test_a_turn_that_waits_its_turn_is_called_off_at_once(talk: Workflow, store: Store) -> None:
    async def late() -> None:
        await run(talk, "late", app=APP, store=store, thread="t")

    waiting = asyncio.create_task(late())  # with a context of its own, in which nothing is held
    async with turn_of(store, "t"):
        await asyncio.sleep(0.05)
        assert not waiting.done()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert await store.runs.list(thread="t") == []


async def test_no_file_of_a_turn_is_left(talk: Workflow, store: Store) -> None:
    await turns(talk, store, "one")
    assert store.runs.locks is not None
    assert list(store.runs.locks.folder.glob("thread-*")) == []


async def test_turns_that_waited_in_a_queue_follow_one_another(talk: Workflow, shared: Store) -> None:
    rows = [await begin(shared, talk, {"text": str(n)}, thread="t", status="queued") for n in range(3)]
    for row in rows:
        await drive(shared, row.id, APP, With(workflow=talk))
    assert await kept_of(shared, await shared.runs.get(rows[2].id)) == {"turn": 2}
    assert await said_before(shared, rows[2].id) == ["0", "1 0", "1", "2 1"]
    assert await lost_with(shared, [rows[0].id]) == []


async def test_whoever_deletes_a_run_is_told_what_becomes_of_its_forks(talk: Workflow, store: Store) -> None:
    (turn,) = await turns(talk, store, "one")
    done = await fork(store, turn, "start", workflow=talk)
    await resume(done.id, workflow=talk, app=APP, store=store)
    waits = await fork(store, done.id, "start", workflow=talk)
    assert await lost_with(store, [turn]) == [
        f"the fork {done.id}: what was said in it stays until it is deleted, too",
        f"the fork {waits.id}, which has not come to its end, cannot go on without the words that are deleted:"
        " what was said in it stays until it is deleted, too",
    ]
    assert await lost_with(store, [turn, done.id, waits.id]) == []
