"""The length of a sentence, as people of that age would count it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.agents.guards.length import words_in


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("An octopus has three hearts.", 5),
        ("Don't touch a 3-year-old's 1,000.5 well-known toys!", 7),
        ("The Moon - it is far - moves.", 6),
        ("", 0),
        ("?!", 0),
        ("章鱼有3颗心脏。", 5),
        ("一二三四五六七八九十一二三四五六七八九十。", 12),
        ("一二三四五六七八九十一二三四五六七八九十一。", 13),
        ("DNA是什么？", 4),
    ],
)
def test_words_are_counted_and_characters_at_three_words_to_five(sentence: str, words: int) -> None:
    assert words_in(sentence) == words


@given(st.integers(0, 100))
def test_a_limit_in_words_is_one_in_characters(characters: int) -> None:
    said = "好" * characters
    assert [words_in(said) <= 12, words_in(said) <= 18] == [characters <= 20, characters <= 30]


@given(st.text(), st.text())
def test_more_text_is_never_shorter_within_a_script(one: str, more: str) -> None:
    assert words_in(f"好{one}") <= words_in(f"好{one} {more}")
