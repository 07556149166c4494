"""The few sentences of what was found that answer best: to say at once, and for a small model to read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .passages import sentences
from .search import Found
from .words import is_han, segments, tokens

_ENDING = re.compile(r"(?<=..)(?:ies|es|s|ing|ed|e|y)$")
_ASKS_A_NUMBER = re.compile(
    r"\bhow (?:big|cold|deep|far|fast|heavy|high|hot|large|long|many|much|often|old|small|tall|wide)\b"
    r"|\bwhen\b|多[少大远高长重久深快宽厚]|几|什么时候|哪年|哪一年",
    re.IGNORECASE,
)
_HAS_A_NUMBER = re.compile("[0-9二三四五六七八九十百千万亿两]")
"""Not 一, which most Chinese sentences have."""

OF_PASSAGE, OF_HEADING, OF_NUMBER = 0.2, 0.02, 0.02
"""What a passage's score, a heading that asks the very same, and a number where one is asked for add to a cosine.

Chosen on the 160 questions with an answer of benchmarks/data/tutor/development.jsonl: of 80 English and 80 Chinese
answers the first three sentences hold 75 and 71, the first eight 78 and 77; by the cosine alone 69 and 70, 77 and 76.
"""
_WITHOUT_MODEL = (0.8, 0.1)
"""Without an embedding model a sentence that shares no word and one that shares all have cosines about like these."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of what was found.

    Attributes:
        source: Its passage's place in what was found, from 0.
        place: Its place in the passage, from 0.
        value: How well it fits the question; comparable within one question.
    """

    source: int
    place: int
    text: str
    value: float


def best_sentences(found: Sequence[Found], question: str, most: int) -> list[Sentence]:
    """The sentences that fit a question best, the best first, none twice.

    What they say is data: control characters are gone, and what looks like a number in brackets or like a mark of a
    chat template is defused, so that it cannot pose as another source or speaker.

    Args:
        most: At most so many.
    """
    seen: set[str] = set()
    chosen: list[Sentence] = []
    for sentence in sorted(_valued(found, question), key=lambda s: (-s.value, s.source, s.place)):
        if sentence.text not in seen and len(chosen) < most:
            seen.add(sentence.text)
            chosen.append(sentence)
    return chosen


def _valued(found: Sequence[Found], question: str) -> Iterator[Sentence]:
    wanted, said = _pieces(question), _everything(question)
    a_number = _ASKS_A_NUMBER.search(question)
    for source, one in enumerate(found):
        asked = wanted - _pieces(" ".join((one.passage.title, *one.passage.also)))
        heading = _everything(one.passage.heading)
        fits = OF_HEADING * len(heading & said) / len(heading) if heading else 0.0
        for place, text in enumerate(sentences(one.passage.text)):
            near = one.near[place] if one.near else _by_words(asked, text)
            number = OF_NUMBER if a_number and _HAS_A_NUMBER.search(text) else 0.0
            yield Sentence(source, place, defused(text), near + OF_PASSAGE * one.score + fits + number)


def _by_words(asked: set[str], text: str) -> float:
    lowest, span = _WITHOUT_MODEL
    return lowest + span * len(asked & _pieces(text)) / max(len(asked), 1)


def defused(text: str) -> str:
    """Text on one line that can pose neither as another source nor as another speaker."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return re.sub(r"\[(?=\d+\])", "(", text).replace("<|", "< |").replace("|>", "| >")


def _everything(text: str) -> set[str]:
    """English words and pairs of Chinese characters, with those any question may have: why, how many."""
    found = tokens(text)
    return {one for one in found if not is_han(one)} | {
        one + other for one, other in pairwise(found) if is_han(one) and is_han(other)
    }


def _pieces(text: str) -> set[str]:
    """What is compared: English words without their endings; pairs of Chinese characters, and lone ones."""
    pieces: set[str] = set()
    for segment in segments(text):
        if is_han(segment):
            pieces.update([a + b for a, b in pairwise(segment)] or [segment])
        else:
            pieces.add(_ENDING.sub("", segment))
    return pieces
