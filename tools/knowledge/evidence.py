"""The few sentences of what was found that a small model reads before it answers."""

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
_ASKS_WHAT_IT_IS = re.compile(r"\bwhat(?:'s| is| are)\b|是什么|什么是|什么意思|是个?啥", re.IGNORECASE)
HEADING = 0.8
"""What a heading that asks the very same counts: less than a word of the question, or how and why drown the what."""
ENOUGH, NEAR = 0.5, 0.5
"""A sentence of a passage after the first must fit so well, and so well beside the best: a small model that reads
about something else answers with it."""
_HAS_A_NUMBER = re.compile("[0-9二三四五六七八九十百千万亿两]")
"""Not 一, which most Chinese sentences have."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    source: int
    place: int
    text: str
    value: float


def evidence(found: Sequence[Found], question: str, budget_chars: int) -> str:
    """The sentences that fit the question best, in their own order, as lines `[1] Title: sentences`.

    From the first passage as many sentences as fit; from the others those that share something with the
    question beside the name of their article. What the passages say is data: it stays on its line, and what
    looks like a number in brackets or like a mark of a chat template is defused, so that it cannot pose as
    another source or speaker.

    Args:
        found: The number in brackets is the place here, from 1, so that [2] can be looked up afterwards.
        budget_chars: The result is at most this long; "" when not one sentence fits.
    """
    return _lines(found, best_sentences(found, question, budget_chars))


def best_sentences(found: Sequence[Found], question: str, budget_chars: int) -> list[tuple[int, str]]:
    """The same sentences as (place in `found`, text), one entry for each passage that has any."""
    chosen: list[_Sentence] = []
    valued = list(_valued(found, question))
    enough = max((NEAR * sentence.value for sentence in valued), default=0.0)
    fitting = [sentence for sentence in valued if sentence.source == 0 or sentence.value >= max(ENOUGH, enough)]
    for sentence in sorted(fitting, key=lambda s: (-s.value, s.source, s.place)):
        if len(_lines(found, _joined(found, [*chosen, sentence]))) <= budget_chars:
            chosen.append(sentence)
    return _joined(found, chosen)


def _valued(found: Sequence[Found], question: str) -> Iterator[_Sentence]:
    """Each sentence with how well it fits.

    That is how much of the question it has, less the names of its article, which it may call 'it'; how much of its
    heading the question has, since headings are written as questions; and whether it has what is asked for: a
    number, or, from the first lines of an article, what the thing is.
    """
    wanted, said = _pieces(question), _everything(question)
    a_number, what = _ASKS_A_NUMBER.search(question), _ASKS_WHAT_IT_IS.search(question)
    for source, one in enumerate(found):
        asked = wanted - _pieces(" ".join((one.passage.title, *one.passage.also)))
        heading = _everything(one.passage.heading)
        fits = HEADING * len(heading & said) / len(heading) if heading else 0.0
        if what and not heading and one.passage.article == found[0].passage.article:
            fits = HEADING
        for place, text in enumerate(sentences(one.passage.text)):
            number = 0.5 if a_number and _HAS_A_NUMBER.search(text) else 0.0
            value = len(asked & _pieces(text)) + fits + number
            yield _Sentence(source, place, _defused(text), value)


def _joined(found: Sequence[Found], chosen: Sequence[_Sentence]) -> list[tuple[int, str]]:
    joined = []
    for source in sorted({sentence.source for sentence in chosen}):
        mine = sorted((s for s in chosen if s.source == source), key=lambda s: s.place)
        space = "" if found[source].passage.language == "zh" else " "
        joined.append((source, space.join(s.text for s in mine)))
    return joined


def _lines(found: Sequence[Found], joined: Sequence[tuple[int, str]]) -> str:
    return "\n".join(f"[{source + 1}] {_defused(found[source].passage.title)}: {text}" for source, text in joined)


def _defused(text: str) -> str:
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
