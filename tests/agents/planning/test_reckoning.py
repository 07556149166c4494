"""Sums in a chain of thought are reckoned again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.agents.planning.reckoning import wrong_sums


@pytest.mark.parametrize(
    "text",
    [
        "20 + 25 = 45",
        "10 / 3 = 3.33, or 10 / 3 = 3.34, or 10 / 3 = 3",
        r"\[ \frac{24}{3} = 8 \text{ feet} \]",
        r"\(25\% \times 40 = 10\)",
        "$1,200 * 12 = $14,400",
        "3 x 12 = 36",
        "（3＋4）× 2 = 14, 3 × 12 ＝ 36",
        "3 + 4 = 7 + 2 = 9",
        "20 pages - 5 + 3 = 18",
        "x + 5 + 3 = 18",
        "1. 3 + 4 = 7",
        "(3 + 4) * 2 = 14",
        "3 + 4) * 2 = 99",
        "5 / 0 = 1",
        "So 2 * y = 18 and 2^3 = 8",
        "",
    ],
)
def test_what_holds_or_is_not_understood_is_left_alone(text: str) -> None:
    assert wrong_sums(text) == ()


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("20 + 25 + 30 + 60 = 125.", ("20 + 25 + 30 + 60 = 125",)),
        (r"20 + \frac{1}{4} \times 20 = 20", ("20 + ((1)/(4)) * 20 = 20",)),
        ("$30 + 2 × $20 = $30", ("30 + 2 * 20 = 30",)),
        ("3 + 4 = 8，再 8 * 2 等于 16", ("3 + 4 = 8",)),
    ],
)
def test_a_sum_that_is_wrong_is_told(text: str, sums: tuple[str, ...]) -> None:
    assert wrong_sums(text) == sums


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.sampled_from("+-*"))
def test_a_sum_that_is_right_is_never_told(left: int, right: int, sign: str) -> None:
    value = {"+": left + right, "-": left - right, "*": left * right}[sign]
    assert wrong_sums(f"so {left:,} {sign} {right} = {value:,}.") == ()


@given(st.text(alphabet=st.sampled_from("0123456789+-*/=(). %x$\\frac{}"), max_size=60))
def test_nothing_a_model_writes_makes_it_fail(text: str) -> None:
    assert isinstance(wrong_sums(text), tuple)
