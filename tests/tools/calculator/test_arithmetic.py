"""Exercises are found in what a child says, and reckoned exactly; what only looks like one is left alone."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.tools.base.numerals import as_figures
from antiphon.tools.calculator.arithmetic import find_exercise, shown


def value(text: str) -> str | None:
    exercise = find_exercise(text)
    return None if exercise is None or exercise.value is None else shown(exercise.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What is seven times eight?", "56"),
        ("Um, twenty-one plus seven please", "28"),
        ("one hundred twenty plus three", "123"),
        ("a hundred minus one", "99"),
        ("12 divided by 5", "2.4"),
        ("7 - 5 = ?", "2"),
        ("What is 12-5?", "7"),
        ("What is 8/2?", "4"),
        ("3x4", "12"),
        ("1,000 + 1", "1001"),
        ("0.5 times 4", "2"),
        ("七乘以八等于几？", "56"),
        ("48加36是多少", "84"),
        ("两百零五减三", "202"),
        ("四十八÷六", "8"),
        ("请问一百二十三乘四十五等于多少", "5535"),
        ("3 + 4 * 2", "11"),
        ("ten minus three times two", "4"),
        ("二加三乘四", "14"),
        ("8 ÷ 2 ÷ 2", "2"),
        ("1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10", "55"),
        ("7 ÷ 3", "7/3"),
    ],
)
def test_an_exercise_in_words_or_figures_is_reckoned(text: str, expected: str) -> None:
    assert value(text) == expected


def test_nothing_is_divided_by_zero() -> None:
    exercise = find_exercise("五除以零")
    assert exercise is not None
    assert [*map(int, exercise.numbers)] == [5, 0]
    assert exercise.value is None


@pytest.mark.parametrize(
    "text",
    [
        "三又二分之一加二",
        "二分之一加三分之一",
        "3又1/2加2",
        "one plus one half",
        "two thirds plus one",
        "三点五加二",
        "两万五加三",
        "负五加三",
        "minus five plus three",
        "2 * (5 + 3)",
        "(5 + 3) * 2",
        "5 000 + 3",
        "10% + 5",
        "24/7",
        "What does 24/7 mean?",
        "9/11",
        "2026-11-22",
        "Is 2026-11-22 a Sunday?",
        "My 3-year-old brother cries.",
        "They won 3-2.",
        "The score was 3 - 2",
        "比分是3-2",
        "Call 555-1234",
        "555-123-4567",
        "138-0013-8000",
        "1-800-555",
        "What is 7-11?",
        "for 7-8 year olds",
        "pages 10-12",
        "二零二六年",
        "Is covid-19 over?",
        "How many times 3?",
        "",
    ],
)
def test_what_is_no_exercise_is_left_alone(text: str) -> None:
    assert find_exercise(text) is None


@given(st.integers(0, 999_999), st.integers(0, 999_999), st.sampled_from("+-*"))
def test_what_is_written_is_what_is_reckoned(a: int, b: int, operator: str) -> None:
    expected = {"+": a + b, "-": a - b, "*": a * b}[operator]
    assert value(f"{a} {operator} {b} =") == str(expected)


@given(st.text())
def test_any_text_may_be_asked_about(text: str) -> None:
    find_exercise(text)


@given(st.fractions(max_denominator=1000))
def test_a_number_is_shown_as_it_is(number: Fraction) -> None:
    assert Fraction(shown(number)) == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two hundred and five", "205"),
        ("A hundred twenty", "120"),
        ("三百八十四", "384"),
        ("ninety-nine 红气球", "99 红气球"),
    ],
)
def test_numbers_in_words_become_figures(text: str, expected: str) -> None:
    assert as_figures(text) == expected
