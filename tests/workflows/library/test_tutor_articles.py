"""The tutor's articles: sentences that a small model can copy and a child can follow by ear."""

import re
from pathlib import Path

import pytest

from antiphon.agents.guards.finding import open_rules
from antiphon.tools.knowledge.folder import read_folder
from antiphon.tools.knowledge.passages import Article, sentences, split

KNOWLEDGE = Path(__file__).parents[3] / "workflows" / "library" / "child_tutor" / "knowledge"
ARTICLES = read_folder(KNOWLEDGE)
LONGEST = {"en": 12, "zh": 20}
"""Words of an English sentence, characters of a Chinese one: the youngest can be told each as it is."""
LENGTHS = {"en": (280, 420), "zh": (400, 620)}
COUNTED = {"en": re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*"), "zh": re.compile(r"[^\W_]")}
"""Punctuation is not counted. In Chinese a digit counts as a character."""
each_article = pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.source)


def length(text: str, language: str) -> int:
    return len(COUNTED[language].findall(text))


def spoken(article: Article) -> list[str]:
    return [sentence for passage in split(article) for sentence in sentences(passage.text)]


def test_each_topic_is_there_in_both_languages() -> None:
    topics = {language: {article.id for article in ARTICLES if article.language == language} for language in LONGEST}
    assert topics["en"] == topics["zh"]


@each_article
def test_each_article_says_where_to_read_on(article: Article) -> None:
    assert article.further_reading


@each_article
def test_no_sentence_is_too_long_for_the_ear(article: Article) -> None:
    longest = LONGEST[article.language]
    assert [one for one in spoken(article) if length(one, article.language) > longest] == []


@each_article
def test_no_sentence_starts_with_a_word_for_something_said_before(article: Article) -> None:
    """It may be picked out alone."""
    assert [one for one in spoken(article) if re.match(r"(It|Its|This|That|They|These)\b|[它这那]", one)] == []


@each_article
def test_a_paragraph_has_two_to_five_sentences(article: Article) -> None:
    assert [one.text for one in split(article) if not 2 <= len(sentences(one.text)) <= 5] == []


@each_article
def test_an_article_is_neither_a_note_nor_a_book(article: Article) -> None:
    least, most = LENGTHS[article.language]
    assert least <= sum(length(one, article.language) for one in spoken(article)) <= most


@each_article
def test_a_heading_is_a_question_that_the_oldest_child_can_be_asked(article: Article) -> None:
    headings = {one.heading for one in split(article) if one.heading}
    assert [one for one in headings if length(one, article.language) > (18 if article.language == "en" else 30)] == []


@each_article
def test_no_sentence_is_one_that_the_guard_would_keep_from_a_child(article: Article) -> None:
    guard = open_rules("child")
    language = article.language
    assert [one for one in spoken(article) if not guard.check(one, side="answer", language=language).allowed] == []
