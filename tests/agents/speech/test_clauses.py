"""Text that is still being written, cut into clauses and sentences."""

import re
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.agents.speech.clauses import Clauses, clauses


def cut(text: str, *, sentences: bool = False) -> list[str]:
    cutter = Clauses(sentences=sentences)
    return cutter.feed(text) + cutter.flush()


def test_a_chinese_full_stop_ends_a_clause_at_once() -> None:
    assert Clauses().feed("你好。") == ["你好。"]


def test_an_english_full_stop_ends_a_clause_when_a_space_follows() -> None:
    cutter = Clauses()
    assert (cutter.feed("It is blue."), cutter.feed(" ")) == ([], ["It is blue."])


def test_the_first_clause_ends_at_a_comma_once_it_is_long_enough() -> None:
    text = "Well, the Moon is far away, about 384,400 km. It is small, and grey."
    assert cut(text) == ["Well, the Moon is far away,", "about 384,400 km.", "It is small, and grey."]


def test_the_first_chinese_clause_ends_at_a_comma_once_it_is_long_enough() -> None:
    assert cut("你看，月亮离我们很远，大约38万公里。它很小，很灰。") == [
        "你看，月亮离我们很远，",
        "大约38万公里。",
        "它很小，很灰。",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Dr. Smith saw Mr. Lee at St. John's.",
        "It is 3.5 km, i.e. far.",
        "J. K. Rowling lives in the U.S. with No. 5.",
        "See https://example.org/a.b?c=1, then go.",
        "On Jan. 5 it snowed.",
        "1. Open the door.",
        "a. Open the door.",
        "他说：“好的。”",
        "Wait for it... it comes.",
        "真的？！",
        "“Really?!”",
        "(It is so.)",
        "他走了……",
    ],
)
def test_what_is_one_sentence_stays_one(sentence: str) -> None:
    expected = 2 if "..." in sentence else 1  # three full stops and a space may well be an end
    assert len(cut(sentence, sentences=True)) == expected


def test_closing_quotes_and_brackets_go_with_the_sentence() -> None:
    text = "“走吧。”他说。(Yes!) “Go.” Then he went."
    assert cut(text, sentences=True) == ["“走吧。”", "他说。", "(Yes!)", "“Go.”", "Then he went."]


def test_a_line_ends_a_sentence() -> None:
    assert cut("# Bees\n- They fly\n- They hum", sentences=True) == ["# Bees", "- They fly", "- They hum"]


def test_marks_with_nothing_between_them_make_no_clause_of_their_own() -> None:
    assert cut("好。。。走") == ["好。", "。。走"]


def test_after_a_flush_a_new_text_begins() -> None:
    cutter = Clauses()
    cutter.feed("“Never closed and long, long ago")
    cutter.flush()
    assert cutter.feed("这是一个新的句子，很好") == ["这是一个新的句子，"]


TEXTS = st.text(st.sampled_from("ab 月亮三1290。.，,、：:!?！？;；…“”\"'*()（）\n"), max_size=60) | st.text(max_size=40)


@given(TEXTS, st.booleans())
def test_joined_the_clauses_are_the_text_but_for_white_space(text: str, sentences: bool) -> None:
    assert re.sub(r"\s", "", "".join(cut(text, sentences=sentences))) == re.sub(r"\s", "", text)


@given(TEXTS, st.booleans(), st.data())
def test_how_the_text_came_in_pieces_does_not_matter(text: str, sentences: bool, data: st.DataObject) -> None:
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
    cutter = Clauses(sentences=sentences)
    assert [clause for piece in pieces for clause in cutter.feed(piece)] + cutter.flush() == cut(
        text, sentences=sentences
    )


NUMBERS = st.from_regex(r"\A[1-9]\d{0,3}(?:[.,:/]\d{1,3}){0,2}\Z")


@given(st.lists(st.sampled_from(["It is", "月亮有", "abc", "。", ". ", "，", ", "]) | NUMBERS, max_size=8))
def test_no_number_and_no_word_is_cut(parts: list[str]) -> None:
    text = " ".join(parts)
    tokens = re.findall(r"\d[\d.,:/]*\d|[a-z]+", text)
    assert re.findall(r"\d[\d.,:/]*\d|[a-z]+", " ".join(cut(text))) == tokens


async def test_a_stream_of_pieces_becomes_a_stream_of_clauses() -> None:
    async def pieces() -> AsyncIterator[str]:
        for piece in ("你", "好。再", "见"):
            yield piece

    assert [clause async for clause in clauses(pieces())] == ["你好。", "再见"]
