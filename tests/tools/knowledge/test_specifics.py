"""A question about a moment or a number is answered only by what speaks of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.tools.knowledge.specifics import asks_for_more


@pytest.mark.parametrize(
    ("question", "text", "more"),
    [
        ("Who won the match yesterday?", "The match was won by A.", True),
        ("What erupted in 1783?", "Laki erupted in 1783.", False),
        ("What erupted in 1784?", "Laki erupted in 1783.", True),
        ("昨天谁赢了？", "他们赢了比赛。", True),
        ("一九八三年发生了什么？", "那一年发生了大事。", True),
        ("How far is the Moon?", "The Moon is far.", False),
        ("为什么有一些云是黑的？", "云很厚。", False),
    ],
)
def test_a_moment_or_a_number_must_be_spoken_of(question: str, text: str, more: bool) -> None:
    assert asks_for_more(question, text) is more


@given(st.text(), st.text())
def test_what_repeats_the_question_speaks_of_all_of_it(question: str, text: str) -> None:
    assert not asks_for_more(question, text + question.lower())
