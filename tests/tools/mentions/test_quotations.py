"""What a sentence quotes."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.tools.mentions.quotations import quotations


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('Say "good night" in French.', ["good night"]),
        ('"a" and "b"', ["a", "b"]),
        ("say 'I don't know' please", ["I don't know"]),
        ("say ‘don’t’", ["don’t"]),
        ("“热水器坏了”怎么说？", ["热水器坏了"]),
        ("「嵌套『引用』」", ["嵌套『引用』"]),
    ],
)
def test_what_is_quoted_is_found_without_its_marks(text: str, found: list[str]) -> None:
    assert quotations(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "it's Anna's",
        "the students' and teachers' room",
        "'90s and '80s",
        "5'10\" tall and 6'2\" wide",
        '""',
        '" "',
        "“",
    ],
)
def test_an_apostrophe_or_an_inch_is_no_quotation(text: str) -> None:
    assert quotations(text) == []


@given(st.text(st.characters(exclude_characters="\"\n\r'‘’“”「」『』", exclude_categories=["Cs"]), min_size=1))
def test_quoted_words_are_read_back(words: str) -> None:
    expected = [words.strip()] if words.strip() else []
    assert quotations(f'Say "{words}".') == quotations(f"请说“{words}”。") == quotations(f"「{words}」") == expected


@pytest.mark.parametrize("mark", ['"', "'", " '", "“", "「", "‘", "'a"])
def test_a_text_made_to_be_slow_is_read_at_once(mark: str) -> None:
    began = time.thread_time()
    quotations(mark * 10_000)
    assert time.thread_time() - began < 0.5
