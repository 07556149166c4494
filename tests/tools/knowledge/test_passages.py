"""Articles are split without losing a word."""

import re

from hypothesis import given
from hypothesis import strategies as st

from antiphon.tools.knowledge.passages import MAX_WORDS, Article, sentences, split, words

PIECES = st.lists(
    st.sampled_from(
        [
            "The Moon is far. ",
            "月亮很远。",
            "Is it 3.5 km? ",
            "真的吗？",
            "word ",
            "字",
            "\n",
            "\n\n",
            "## A\n",
            "!",
            " ",
        ]
    )
)


def article(body: str) -> Article:
    return Article("moon", "Moon", "en", body, source="en/moon.md", line=7)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@given(PIECES.map("".join) | st.text())
def test_splitting_keeps_all_text(body: str) -> None:
    kept = "".join(passage.text for passage in split(article(body)))
    lines = (line for line in body.split("\n") if not re.match(r"#{1,6}[ \t]+\S", line))
    assert squeezed(kept) == squeezed("".join(lines))


@given(PIECES.map("".join))
def test_a_passage_is_short_unless_it_is_one_sentence(body: str) -> None:
    for passage in split(article(body)):
        assert words(passage.text) <= MAX_WORDS or len(sentences(passage.text)) == 1


@given(st.text())
def test_sentences_joined_are_the_text(text: str) -> None:
    assert squeezed("".join(sentences(text))) == squeezed(text)


def test_sentences_end_where_a_reader_would_say() -> None:
    assert sentences('It is 3.5 km away. "Really?" she said. 真的！他说：“是的。”好。') == [
        "It is 3.5 km away.",
        '"Really?"',
        "she said.",
        "真的！",
        "他说：“是的。”",
        "好。",
    ]


def test_a_passage_knows_its_headings_and_its_line() -> None:
    first, second = split(article("Far away.\n\n## Air\n### By day\nNone.\n"))
    assert (first.heading, first.source) == ("", "en/moon.md:7")
    assert (second.heading, second.source) == ("Air / By day", "en/moon.md:11")


def test_a_chinese_line_break_is_no_space() -> None:
    assert [passage.text for passage in split(article("月亮\n很远。"))] == ["月亮很远。"]
