"""Currencies that a sentence mentions."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.tools.mentions.money import currencies

CODES = ("AUD", "CHF", "CNY", "EUR", "GBP", "HKD", "JPY", "SEK", "USD")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("How many Swiss francs are 20 dollars?", ["CHF", "USD"]),
        ("20 usd to EUR", ["USD", "EUR"]),
        ("HK$20 and $5", ["HKD", "USD"]),
        ("£3.50", ["GBP"]),
        ("Canadian dollars", ["CAD"]),
        ("New-Zealand dollars", ["NZD"]),
        ("ten quid", ["GBP"]),
        ("八百港币换成人民币", ["HKD", "CNY"]),
        ("美元换英镑", ["USD", "GBP"]),
        ("换成euro吧", ["EUR"]),
        ("新加坡元", ["SGD"]),
    ],
)
def test_currencies_are_read_as_codes(text: str, found: list[str]) -> None:
    assert currencies(text) == found


@pytest.mark.parametrize(
    "text",
    ["won the match", "random", "try it", "a cad", "5 pounds of flour", "pounding", "real", "EURUSD", "bitcoin",
     "比特币", "一百块", "二十元", "元旦", "php"],
)  # fmt: skip
def test_what_is_no_single_currency_is_not_found(text: str) -> None:
    assert currencies(text) == []


@given(st.lists(st.sampled_from(CODES), unique=True, max_size=4))
def test_codes_are_read_back_in_their_order(codes: list[str]) -> None:
    assert currencies(" to ".join(codes)) == currencies("换".join(codes).lower()) == codes


def test_a_long_text_is_read_at_once() -> None:
    began = time.thread_time()
    currencies("$1 new zealand " * 1_000)
    assert time.thread_time() - began < 0.5
