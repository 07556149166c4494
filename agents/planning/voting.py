"""Which of several answers is the best supported: plain majority over answers in their normal form."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import inf

from ..models.chat import Reply
from .extracting import Kind, alike
from .reckoning import wrong_sums


@dataclass(frozen=True, slots=True)
class Vote:
    """The answer that most agree on, as the first of them put it, and how often each was given, most often first."""

    answer: str
    votes: Mapping[str, int]


def majority(answers: Iterable[str], kind: Kind, sure: Iterable[float | None] = ()) -> Vote:
    """The answer given most often. Empty answers have no vote; text is compared as by `alike`.

    Args:
        sure: How sure the model was of each, where that is known: of answers given equally often the one with the
            surest voter wins, and where that is not known, the one given first.
    """
    first: dict[str, str] = {}
    counts: dict[str, int] = {}
    surest: dict[str, float] = {}
    for answer, how_sure in zip_longest(answers, sure, fillvalue=None):
        if answer:
            key = alike(answer) if kind == "text" else answer
            first.setdefault(key, answer)
            counts[key] = counts.get(key, 0) + 1
            surest[key] = max(surest.get(key, -inf), -inf if how_sure is None else how_sure)
    order = sorted(counts, key=lambda key: (-counts[key], -surest[key]))  # stable, so ties keep their order
    return Vote(first[order[0]] if order else "", {first[key]: counts[key] for key in order})


def sound(replies: Sequence[Reply]) -> tuple[Reply, ...]:
    """Those whose sums hold; all of them where none does. What code can reckon, no vote should decide."""
    return tuple(reply for reply in replies if not wrong_sums(reply.text)) or tuple(replies)
