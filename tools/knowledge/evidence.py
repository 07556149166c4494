"""The few sentences of what was found that answer best: to say at once, and for a small model to read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .passages import sentences
from .search import Found
from .words import is_han, segments

_ENDING = re.compile(r"(?<=..)(?:ies|es|s|ing|ed|e|y)$")
_ASKS_A_NUMBER = re.compile(
    r"\bhow (?:big|cold|deep|far|fast|heavy|high|hot|large|long|many|much|often|old|small|tall|wide)\b"
    r"|\bwhen\b|多[少大远高长重久深快宽厚]|几|什么时候|哪年|哪一年",
    re.IGNORECASE,
)
_HAS_A_NUMBER = re.compile("[0-9二三四五六七八九十百千万亿两]")
"""Not 一, which most Chinese sentences have."""

OF_PASSAGE, OF_WORDS, OF_NUMBER = 0.05, 0.02, 0.01
"""What a passage's score, the question's words, and a number where one is asked for add to a sentence's cosine.

Chosen on the 160 questions with an answer of benchmarks/data/tutor/development.jsonl: of 80 English and 80 Chinese
answers the first three sentences hold 74 and 74, the first eight 79 and 77; by the cosine alone 74 and 69, 78 and 78.
"""
MARGIN = 0.06
"""So much worse than the best a sentence may be to be said with it; at 0.04 six of 160 answers lose a part."""
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


def quotes(found: Sequence[Found], chosen: Sequence[Sentence], most: int) -> list[Sentence]:
    """The sentences that answer by themselves, in an order that can be said: those of one passage stay together.

    They are of the document that answers best, or of a passage that is evidence in its own right.

    Args:
        chosen: The best sentences, the best first.
        most: At most so many; fewer where the next fits clearly less than the best.
    """
    best = found[chosen[0].source].passage.article
    fit = [one for one in chosen if found[one.source].is_evidence or found[one.source].passage.article == best]
    good = [one for one in fit[:most] if one.value >= chosen[0].value - MARGIN]
    by_source = dict.fromkeys(one.source for one in good)
    return [one for source in by_source for one in sorted(good, key=lambda s: s.place) if one.source == source]


def _valued(found: Sequence[Found], question: str) -> Iterator[Sentence]:
    wanted, a_number = _pieces(question), _ASKS_A_NUMBER.search(question)
    for source, one in enumerate(found):
        asked = wanted - _pieces(" ".join((one.passage.title, *one.passage.also)))
        for place, text in enumerate(sentences(one.passage.text)):
            share = len(asked & _pieces(text)) / max(len(asked), 1)
            near = one.near[place] if one.near else _WITHOUT_MODEL[0] + _WITHOUT_MODEL[1] * share
            number = OF_NUMBER if a_number and _HAS_A_NUMBER.search(text) else 0.0
            yield Sentence(source, place, defused(text), near + OF_PASSAGE * one.score + OF_WORDS * share + number)


def defused(text: str) -> str:
    """Text on one line that can pose neither as another source nor as another speaker."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).replace("**", "").replace("`", "").split())
    return re.sub(r"\[(?=\d+\])", "(", text).replace("<|", "< |").replace("|>", "| >")


def _pieces(text: str) -> set[str]:
    """What is compared: English words without their endings; pairs of Chinese characters, and lone ones."""
    pieces: set[str] = set()
    for segment in segments(text):
        if is_han(segment):
            pieces.update([a + b for a, b in pairwise(segment)] or [segment])
        else:
            pieces.add(_ENDING.sub("", segment))
    return pieces
