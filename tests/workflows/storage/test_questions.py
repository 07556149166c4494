"""What runs ask people."""

import pytest

from antiphon.tools.base.errors import InputError
from antiphon.workflows.storage.store import Store
from antiphon.workflows.storage.types import QuestionRow

ASKED = QuestionRow(run="r", key="approve@1", step="approve", asked=1.5, question_entry="e1")


async def test_a_question_is_asked_once(store: Store) -> None:
    await store.questions.ask(ASKED)
    await store.questions.ask(QuestionRow(run="r", key="approve@1", step="approve", asked=9.0, question_entry="e2"))
    assert await store.questions.find("r", "approve@1") == ASKED
    assert await store.questions.find("r", "other@1") is None


async def test_the_first_answer_counts(store: Store) -> None:
    await store.questions.ask(ASKED)
    assert await store.questions.answer("r", "approve@1", "yes")
    assert not await store.questions.answer("r", "approve@1", "no")
    found = await store.questions.find("r", "approve@1")
    assert found is not None
    assert found.answer_entry == "yes"


async def test_an_answer_takes_the_place_of_the_one_that_is_meant(store: Store) -> None:
    await store.questions.ask(ASKED)
    await store.questions.answer("r", "approve@1", "no")
    assert await store.questions.answer("r", "approve@1", "yes", instead_of="no")
    assert not await store.questions.answer("r", "approve@1", "perhaps", instead_of="no")
    assert [row.answer_entry for row in await store.questions.of("r")] == ["yes"]


async def test_an_answer_to_nothing_is_told(store: Store) -> None:
    with pytest.raises(InputError, match="has asked nothing at 'x'"):
        await store.questions.answer("r", "x", "yes")


async def test_those_without_an_answer_are_open(store: Store) -> None:
    for run, key, asked in (("r", "b", 2.0), ("r", "a", 1.0), ("s", "c", 0.5), ("r", "d", 3.0)):
        await store.questions.ask(QuestionRow(run=run, key=key, step="s", asked=asked))
    await store.questions.answer("r", "d", "yes")
    assert [row.key for row in await store.questions.open("r")] == ["a", "b"]
    assert [row.key for row in await store.questions.open()] == ["c", "a", "b"]
