"""The journal of a run: what was done and told before counts, and what was forgotten is not made up."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from antiphon.agents.timeline.query import Query
from antiphon.agents.timeline.types import Entry, Part
from antiphon.tools.base.errors import ToolFailed
from antiphon.workflows.compile.failures import Repeated, kind_of
from antiphon.workflows.compile.step import Call, Question
from antiphon.workflows.spec.shapes import Shape
from antiphon.workflows.storage.journal import RunJournal
from antiphon.workflows.storage.scribe import Scribe
from antiphon.workflows.storage.store import Store
from antiphon.workflows.storage.types import QuestionRow, RunRow, StateNotKept, WordsForgotten, WorkflowChanged

ROW = RunRow(id="fq3k-7mzt", workflow="orders", source="orders.yaml", thread="t")
KEY = "ask@1"
ASKED = Question("ask", "How many?", "Ada", {"n": Shape(type="integer")})
POST = Call("post@1:0", "post", "post", {"to": "Ada"}, keyed=False)


@pytest.fixture
async def journal(store: Store) -> AsyncIterator[RunJournal]:
    await store.runs.add(ROW)
    async with Scribe(store.timeline, ROW) as scribe:
        yield RunJournal(store, ROW, scribe, lambda event: None, is_tried_again=False)


async def sent(key: str) -> Any:
    return {"sent": "a letter"}


async def broken(key: str) -> Any:
    raise ToolFailed("out of stamps")


async def never(key: str) -> Any:
    raise AssertionError("it is not called again")


async def asked(store: Store) -> QuestionRow:
    row = await store.questions.find(ROW.id, KEY)
    assert row is not None
    return row


async def answered_at(store: Store, began: float, fields: Mapping[str, Any]) -> None:
    """As another process does."""
    part = Part("data", data=dict(fields))
    entry = Entry(thread="t", run=ROW.id, who="person", kind="utterance", parts=(part,), began=began)
    await store.timeline.append(entry)
    assert await store.questions.answer(ROW.id, KEY, entry.id)


async def test_who_is_asked_stands_in_the_timeline_alone(journal: RunJournal, store: Store) -> None:
    await journal.answer(KEY, ASKED)
    entry = await store.timeline.entry((await asked(store)).question_entry)
    assert entry is not None
    assert entry.data["who"] == "Ada"
    assert "Ada" not in str(await store.database.rows("SELECT * FROM questions"))


async def test_an_answer_comes_with_how_long_it_took(journal: RunJournal, store: Store) -> None:
    assert await journal.answer(KEY, ASKED) == (None, 0.0)
    began = (await asked(store)).asked
    await answered_at(store, began + 7, {"n": 3})
    given, took_s = await journal.answer(KEY, ASKED)
    assert given == {"n": 3}
    assert took_s == pytest.approx(7)


async def test_without_an_answer_it_is_how_long_they_are_asked(journal: RunJournal, store: Store) -> None:
    row = QuestionRow(run=ROW.id, key=KEY, step="ask", asked=time.time() - 60)
    await store.questions.ask(row)
    given, waited_s = await journal.answer(KEY, ASKED)
    assert given is None
    assert waited_s == pytest.approx(60, abs=5)


async def test_an_answer_that_fits_no_more_is_asked_for_again(journal: RunJournal, store: Store) -> None:
    await journal.answer(KEY, ASKED)
    before = await asked(store)
    await answered_at(store, before.asked, {"n": 3})
    changed = replace(ASKED, form={"name": Shape(type="string")})
    assert await journal.answer(KEY, changed) == (None, 0.0)
    (row,) = await store.questions.open(ROW.id)
    again = await store.timeline.entry(row.question_entry)
    assert again is not None
    assert list(again.data["form"]) == ["name"]
    assert [one.data for one in await store.timeline.find(Query(kinds=["utterance"]))] == [{"n": 3}]
    await journal.answered(KEY, {"name": "Momo"})
    assert (await journal.answer(KEY, changed))[0] == {"name": "Momo"}


async def test_a_question_nobody_has_answered_has_the_form_of_now(journal: RunJournal, store: Store) -> None:
    await journal.answer(KEY, ASKED)
    before = await asked(store)
    await journal.answer(KEY, ASKED)
    assert await asked(store) == before
    await journal.answer(KEY, replace(ASKED, form={"name": Shape(type="string", enum=["a", "b"])}))
    now = await asked(store)
    entry = await store.timeline.entry(now.question_entry)
    assert entry is not None
    assert (now.asked, list(entry.data["form"])) == (before.asked, ["name"])


async def test_an_answer_that_is_forgotten_is_not_made_up(journal: RunJournal, store: Store) -> None:
    await journal.answer(KEY, ASKED)
    await journal.answered(KEY, {"n": 3})
    await store.timeline.forget(Query(kinds=["utterance"]))
    with pytest.raises(WordsForgotten, match="the answer to 'ask@1' is forgotten"):
        await journal.answer(KEY, ASKED)


async def test_of_two_answers_at_once_the_first_is_gone_on_with(journal: RunJournal, store: Store) -> None:
    await journal.answer(KEY, ASKED)
    await answered_at(store, time.time(), {"n": 3})
    assert await journal.answered(KEY, {"n": 9}) == {"n": 3}


@pytest.mark.parametrize("act", [sent, broken])
async def test_what_became_of_a_call_is_not_made_up(journal: RunJournal, store: Store, act: Any) -> None:
    with suppress(ToolFailed):
        await journal.once(POST, act)
    await store.timeline.forget(Query(kinds=["result"]))
    with pytest.raises(WordsForgotten, match=r"what post of 'post' (gave back|failed with) is forgotten"):
        await journal.once(POST, never)


@pytest.mark.parametrize("keyed", [True, False])
@pytest.mark.parametrize("act", [sent, broken])
async def test_what_another_tool_gave_is_not_taken(journal: RunJournal, act: Any, keyed: bool) -> None:
    with suppress(ToolFailed):
        await journal.once(replace(POST, keyed=keyed), act)
    with pytest.raises(WorkflowChanged, match="called post here, not pay") as caught:
        await journal.once(replace(POST, tool="pay", keyed=keyed), never)
    assert kind_of(caught.value) is None


async def test_another_tool_is_called_where_a_person_says_that_nothing_took_place(
    journal: RunJournal, store: Store
) -> None:
    with suppress(ConnectionError):
        await journal.once(POST, _unplugged)
    await store.calls.finish(ROW.id, POST.key, ROW.epoch, "uncertain")
    await store.calls.settle(ROW.id, POST.key, "void")
    assert await journal.once(replace(POST, tool="pay"), sent) == {"sent": "a letter"}


async def _unplugged(key: str) -> Any:
    raise ConnectionError


async def test_a_result_that_cannot_be_kept_is_a_failure_that_took_place(journal: RunJournal, store: Store) -> None:
    async def huge(key: str) -> Any:
        return 10**5000

    with pytest.raises(ToolFailed, match="it took place, and what post gave back cannot be kept"):
        await journal.once(POST, huge)
    (call,) = await store.calls.of(ROW.id)
    assert call.state == "failed"
    with pytest.raises(Repeated, match="it took place"):
        await journal.once(POST, never)


async def renamed(store: Store, old: str, new: str) -> None:
    async with store.timeline.database.transaction() as transaction:
        await transaction.run(f"ALTER TABLE {old} RENAME TO {new}")


async def test_what_cannot_be_written_down_for_now_is_nothing_an_on_error_takes_up(
    journal: RunJournal, store: Store
) -> None:
    async def cut_off(key: str) -> Any:
        await renamed(store, "timeline_entries", "elsewhere")

    with pytest.raises(StateNotKept, match="what became of post cannot be written down") as caught:
        await journal.once(POST, cut_off)
    await renamed(store, "elsewhere", "timeline_entries")
    assert kind_of(caught.value) is None
