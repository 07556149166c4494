"""Is a sentence supported by the evidence? Decided by code, so that it costs nothing and a small model cannot err.

Two questions: does the evidence hold the sentence's numbers, and does it hold most of its content words (or, in
Chinese, its pairs of characters)? That finds what a small model adds of its own. It does not find a wrong relation
between right words; a guard model or a stronger chat model is for that.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...tools.base.numerals import WORDS, chinese_value
from ...tools.knowledge.passages import sentences

ENOUGH = 0.5
"""The share of a sentence's content words that the evidence and the question must hold."""
REPEATED = 0.85
"""The share of a sentence's content words that one earlier sentence holds when it says nothing new."""
SMALL_TALK = 2
"""With so few content words, one of them known, and no number a sentence says nothing that needs evidence."""

_NO = re.compile(r"\b(?:no|not|never|none|nothing|nobody|cannot|without)\b|n't\b|n’t\b|[不没无未]", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?。！？]+[.!?。！？]?")
_WORD = re.compile(r"[a-z]+|\d+(?:[.,]\d+)*|[\u4e00-\u9fff]+")
_STOP = frozenset(
    """a about after all also am an and any are as at be because been before being but by can could did do does doing
    each even every for from get gets give gives go goes got had has have he her here him his how i if in into is
    it its just kind know like likes look looks lot lots made make makes many may me might more most much my no
    not now of off on one only or other our out over really same see she should so some something such sure than
    that the their them then there these they thing things this those to too up us use used uses very was way we
    were what when where which while who why will with would yes you your called great question think learn let
    tell means mean""".split()
)
_STOP_ZH = frozenset(
    "的了是在和也有就都不很会能要这那它他她我你们个么吗呢吧啊呀哦着过把被让给从到对为与及或而但如果因为所以可以一种些这样那样非常就是还更最"
)
_NUMBERS = {word: str(value) for word, value in WORDS.items() if value <= 20}
_FIGURE = re.compile(
    r"(\d[\d,]*(?:\.\d+)?|[零一二两三四五六七八九十百千]+)(?:([万亿])([零一二两三四五六七八九十百千]*))?"
)
_SCALE = {"": 1, "万": 10**4, "亿": 10**8}


@dataclass(frozen=True, slots=True)
class Support:
    """What holds a sentence up.

    Attributes:
        passage: Index of the passage that holds most of it, or None when it needs none or none does.
        reason: Why it does not stand, or "".
    """

    passage: int | None
    reason: str = ""


def support(sentence: str, passages: Sequence[str], *, question: str = "") -> Support:
    """Hold a sentence against the evidence.

    Args:
        passages: The texts it may rest on.
        question: Its words may be repeated freely, its numbers too.
    """
    words, numbers = _content(sentence), _figures(sentence)
    allowed = _figures(question).union(*map(_figures, passages))
    if numbers - allowed:
        return Support(None, f"the evidence does not hold the number {sorted(numbers - allowed)[0]}")
    if _turned_round(sentence, words, passages):
        return Support(None, "the evidence says the opposite")
    asked = _content(question)
    held = words & asked.union(*map(_content, passages))
    if len(words - asked) <= SMALL_TALK and not numbers and (held or not words):
        return Support(_best(words, passages))
    if len(held) < ENOUGH * len(words):
        return Support(None, f"the evidence holds {len(held)} of its {len(words)} words")
    return Support(_best(words, passages))


def nearest(sentence: str, passages: Sequence[str]) -> str:
    """The sentence of the evidence that says most of what a sentence says, "" when none says half of it."""
    words = _content(sentence)
    theirs = [one for passage in passages for one in sentences(passage)]
    best = _most_alike(words, theirs)
    return best if words and 2 * len(words & _content(best)) >= len(words) else ""


def repeats(sentence: str, said: Sequence[str]) -> bool:
    """Whether nearly all a sentence says, and all its numbers, have been said by one sentence before."""
    words, numbers = _content(sentence), _figures(sentence)
    return any(
        len(words & _content(one)) >= REPEATED * len(words) and numbers <= _figures(one) for one in said if words
    )


def _turned_round(sentence: str, words: set[str], passages: Sequence[str]) -> bool:
    """Whether it says no where the nearest sentence of the evidence does not, or yes to nearly the same words."""
    said = [one for passage in passages for one in _SENTENCE.findall(passage)]
    if not said:
        return False
    closest = _most_alike(words, said)
    theirs = _content(closest)
    far = 2 * len(words & theirs) < len(words) or not words
    if far or bool(_NO.search(sentence)) == bool(_NO.search(closest)):
        return False
    return bool(_NO.search(sentence)) or len(words & theirs) >= 0.8 * len(theirs)


def _most_alike(words: set[str], said: Sequence[str]) -> str:
    """The sentence that holds most of the words, the first of several; "" of none."""
    return max(said, key=lambda one: len(words & _content(one)), default="")


def _best(words: set[str], passages: Sequence[str]) -> int | None:
    shares = [len(words & _content(passage)) for passage in passages]
    best = max(shares, default=0)
    return shares.index(best) if best else None


def _content(text: str) -> set[str]:
    """Stems of content words, and pairs of neighbouring Chinese characters."""
    found: set[str] = set()
    for word in _WORD.findall(text.lower()):
        if "\u4e00" <= word[0] <= "\u9fff":
            kept = "".join(char if char not in _STOP_ZH else " " for char in word)
            found.update(pair for run in kept.split() for pair in _pairs(run))
        elif word[0].isalpha() and len(word) > 1 and word not in _STOP and word not in _NUMBERS:
            found.add(_stem(word))
    return found


def _pairs(run: str) -> Iterable[str]:
    return [run] if len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]


def _figures(text: str) -> set[str]:
    """The numbers in a text as digits, whether written as figures or as words; one is a word like any other."""
    found = {_NUMBERS[word] for word in _WORD.findall(text.lower()) if word in _NUMBERS}
    for figure, scale, rest in _FIGURE.findall(text):
        value = float(figure.replace(",", "")) if figure[0].isdigit() else chinese_value(figure)
        found.add(f"{value * _SCALE[scale] + (chinese_value(rest) if rest else 0):.10g}")
    return found - {"0", "1"}


def _stem(word: str) -> str:
    for ending in ("ing", "ies", "ied", "es", "ed", "ly", "s", "er"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)].rstrip("ie")
    return word.rstrip("e")
