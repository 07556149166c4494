"""What to ask next is a question that the same article answers."""

from antiphon.tools.knowledge.evidence import best_sentences
from antiphon.tools.knowledge.follow_up import follow_up
from antiphon.tools.knowledge.passages import Passage
from antiphon.tools.knowledge.search import Found


def passage(heading: str, text: str, language: str = "en", article: str = "moon") -> Found:
    return Found(Passage(article, "Moon", heading, text, language, "m:1"), 0.9)


FAR = passage("How far is the Moon?", "The Moon is 384,000 km away.")
SIZE = passage("How big is the Moon?", "It is as wide as Australia.")


def asked(found: list[Found], question: str = "How far away is it?", language: str = "en") -> str:
    return follow_up(found, best_sentences(found[:1], question, 1), language)


def test_another_question_of_the_article_is_asked() -> None:
    assert asked([FAR, SIZE]) == "How big is the Moon?"


def test_what_was_answered_is_not_asked_again() -> None:
    assert asked([FAR]) == ""


def test_another_article_is_not_spoken_of() -> None:
    assert asked([FAR, passage("How hot is the Sun?", "Very.", article="sun")]) == ""


def test_another_language_is_not_spoken() -> None:
    assert asked([FAR, passage("月亮有多大？", "很大。", "zh")]) == ""


def test_a_heading_that_asks_nothing_is_not_asked() -> None:
    assert asked([FAR, passage("History", "Long.")]) == ""


def test_a_chinese_heading_gets_its_mark() -> None:
    found = [passage("月亮离我们有多远", "很远。", "zh"), passage("月亮有多大", "很大。", "zh")]
    assert asked(found, "多远", "zh") == "月亮有多大？"


def test_a_question_that_may_not_be_asked_is_passed_over() -> None:
    other = passage("Who went to the Moon?", "Twelve people.")
    found = [FAR, SIZE, other]
    chosen = best_sentences(found[:1], "How far?", 1)
    assert follow_up(found, chosen, "en", may=lambda said: "big" not in said) == "Who went to the Moon?"
