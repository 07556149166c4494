"""Homework is helped with in three steps: a hint, a like example, the answer; each in words for the youngest."""

import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from antiphon.agents.guards.length import words_in
from antiphon.tools.calculator.arithmetic import MAX_SHOWN, Exercise, Operator, shown
from antiphon.tools.calculator.helping import answered, help_with
from antiphon.tools.calculator.homework import step_of
from antiphon.tools.knowledge.passages import sentences

LANGUAGES = st.sampled_from(["en", "zh"])
NUMBERS = st.one_of(
    st.integers(0, 20).map(Fraction),
    st.integers(0, 999_999).map(Fraction),
    st.decimals(0, 9999, places=2).map(Fraction),
)


@st.composite
def exercises(draw: st.DrawFn) -> Exercise:
    signs: tuple[Operator, ...] = ("+", "-", "*", "/")
    operators = draw(st.lists(st.sampled_from(signs), min_size=1, max_size=5))
    numbers = [draw(NUMBERS) for _ in range(len(operators) + 1)]
    exercise = Exercise(tuple(numbers), tuple(operators))
    assume(exercise.value is None or len(shown(exercise.value)) <= MAX_SHOWN)
    return exercise


@given(exercises(), LANGUAGES)
def test_neither_the_hint_nor_the_example_tells_the_answer(exercise: Exercise, language: str) -> None:
    assume(exercise.value is not None)
    words, told = help_with(exercise, language), re.escape(answered(exercise, language))
    assert re.search(rf"(?<![\d.]){told}(?!\d|\.\d)", f"{words.hint} {words.example}") is None


@given(exercises(), LANGUAGES)
def test_every_sentence_keeps_the_limits_of_the_youngest(exercise: Exercise, language: str) -> None:
    words = help_with(exercise, language)
    said = [sentences(text) for text in (words.hint, words.example, words.answer, words.right)]
    assert max(words_in(one) for text in said for one in text) <= 12
    assert max(map(len, said)) <= 4


@given(exercises(), LANGUAGES)
def test_the_last_step_tells_the_answer(exercise: Exercise, language: str) -> None:
    assume(exercise.value is not None)
    assert answered(exercise, language) in help_with(exercise, language).answer


def turns(language: str, *said: str) -> list[dict[str, Any]]:
    """The steps of a conversation in which a child says this."""
    steps: list[dict[str, Any]] = [{"exercise": "", "helped": 0}]
    for text in said:
        steps.append(step_of(text, language, steps[-1]["exercise"], steps[-1]["helped"]))
    return steps[1:]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["What is 7 times 8?", "I don't know", "tell me", "again"]),
        ("zh", ["七乘以八等于几", "不会", "告诉我答案", "没懂"]),
        ("en", ["7 * 8 =", "54", "it's 55", "57?"]),
    ],
)
def test_the_steps_come_in_order_and_end_with_the_answer(language: str, said: list[str]) -> None:
    assert [step["helped"] for step in turns(language, *said)] == [1, 2, 3, 3]


@pytest.mark.parametrize(
    ("language", "exercise", "answer"),
    [
        ("en", "7 times 8", "56!"),
        ("en", "7 times 8", "is it fifty-six?"),
        ("zh", "七乘八", "是五十六吗"),
        ("en", "5 divided by 2", "2.5"),
        ("en", "5 divided by 2", "2 remainder 1"),
        ("en", "5 divided by 2", "2 r 1"),
        ("zh", "五除以二", "2余1"),
        ("en", "1 divided by 3", "1/3"),
        ("en", "3 minus 5", "minus two"),
        ("zh", "三减五", "负二"),
    ],
)
def test_a_right_answer_is_praised_and_ends_the_help(language: str, exercise: str, answer: str) -> None:
    last = turns(language, exercise, answer)[-1]
    praise = "Yes, that is right." if language == "en" else "对了！"
    assert (last["says"].startswith(praise), last["exercise"], last["helped"]) == (True, "", 0)


def test_a_wrong_answer_is_followed_by_the_next_step() -> None:
    assert turns("en", "7 times 8", "54")[-1]["says"].startswith("Look at 4 times 6.")


@pytest.mark.parametrize("again", ["What is 6 times 7?", "And 7 plus 8?"])
def test_another_exercise_begins_anew(again: str) -> None:
    assert turns("en", "7 times 8", "I don't know", again)[-1]["helped"] == 1


def test_the_same_exercise_again_goes_on() -> None:
    assert turns("zh", "七乘八等于几", "7乘以8到底等于几")[-1]["helped"] == 2


@pytest.mark.parametrize("text", ["Why is the sky blue?", "天为什么是蓝的", ""])
def test_another_question_ends_the_help(text: str) -> None:
    assert turns("en", "7 times 8", text)[-1] == {"exercise": "", "helped": 0, "says": ""}


def test_the_example_is_never_the_exercise_itself() -> None:
    assert "4 times 6" not in turns("en", "4 times 6", "help")[-1]["says"]


@pytest.mark.parametrize("exercise", ["6 divided by 0", "0 divided by 0", "3 + 6 / 0 ="])
def test_dividing_by_zero_is_said_to_have_no_answer(exercise: str) -> None:
    assert turns("en", exercise)[0]["says"].startswith("Nobody can divide by zero.")


@pytest.mark.parametrize("text", ["Help me with my homework: write a sentence with 'because'.", "用“因为”造句"])
def test_other_homework_is_left_to_a_model(text: str) -> None:
    assert turns("en", text, "I am stuck") == [
        {"exercise": text, "helped": 1, "says": ""},
        {"exercise": text, "helped": 2, "says": ""},
    ]
