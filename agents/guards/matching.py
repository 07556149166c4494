"""Sentence patterns, matched in time proportional to the text whatever the pattern.

A pattern is written as it is said: `how do i ... make/build ... {weapon}`. It is a row of steps, each a set of phrases
with `/` between them; `...` and `..` between two steps leave room for other units, `+` leaves none, and `&` joins two
rows that may stand anywhere. Where a set of phrases occurs is kept as a
bit mask over the text, so that a step of the match is one shift and one `and`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from ...tools.base.errors import InputError
from ...tools.base.suggest import did_you_mean
from .normalise import units

GROUP = re.compile(r"\{([a-z_]+)\}")
_DOTS = re.compile(r"(?<=\s)(\.{2,3}|\+)(?=\s)")
MAX_PHRASE = 12
"""Units in one phrase of a word group."""

Hits = Mapping[int, Mapping[int, int]]
"""Element to length of the phrase found to a bit mask of the places where it starts."""


@dataclass(frozen=True, slots=True)
class Room:
    """How many other units may stand at `..` and at `...`."""

    little: int
    much: int


@dataclass(frozen=True, slots=True)
class Step:
    """One set of phrases, and how many units may lie between the step before and this one."""

    element: int
    room: int


Chain = tuple[Step, ...]
Pattern = tuple[Chain, ...]


@dataclass(slots=True)
class Lexicon:
    """Every phrase of every pattern, each with the elements it belongs to: one pass over a text finds them all."""

    _elements: dict[frozenset[str], int] = field(default_factory=dict)
    _phrases: dict[str, set[int]] = field(default_factory=dict)
    _longest: int = 1

    def element(self, phrases: Iterable[str]) -> int:
        """The number of a set of phrases."""
        name = frozenset(phrases)
        if name in self._elements:
            return self._elements[name]
        number = self._elements[name] = len(self._elements)
        for key in frozenset[str]().union(*map(_keys, name)):
            self._phrases.setdefault(key, set()).add(number)
            self._longest = max(self._longest, key.count(" ") + 1)
        return number

    def find(self, text: Sequence[str]) -> Hits:
        """Where each element occurs in the units of a text."""
        hits: dict[int, dict[int, int]] = {}
        for start in range(len(text)):
            for length in range(1, min(self._longest, len(text) - start) + 1):
                for element in self._at(text[start : start + length]):
                    places = hits.setdefault(element, {})
                    places[length] = places.get(length, 0) | (1 << start)
        return hits

    def _at(self, piece: Sequence[str]) -> Iterable[int]:
        found = self._phrases.get(" ".join(piece), ())
        if found or len(piece) < 3 or any(len(unit) > 1 for unit in piece):
            return found
        return self._phrases.get("".join(piece), ())  # a word spelt out: b o m b


def matches(pattern: Pattern, hits: Hits) -> bool:
    """Whether every chain of the pattern occurs somewhere."""
    return all(_occurs(chain, hits) for chain in pattern)


def _occurs(chain: Chain, hits: Hits) -> bool:
    """Whether the steps occur in this order, each near enough to the one before."""
    reach = -1  # before the first step, every place can be reached
    for step in chain:
        places = hits.get(step.element)
        if places is None:
            return False
        reach = reach if reach == -1 else _spread(reach, step.room)
        ends = 0
        for length, starts in places.items():
            ends |= (starts & reach) << length
        if not ends:
            return False
        reach = ends
    return True


def _spread(mask: int, room: int) -> int:
    """Each bit copied to the `room` places after it."""
    done = 0
    while done < room:
        step = min(done + 1, room - done)
        mask |= mask << step
        done += step
    return mask


def read_pattern(text: str, lexicon: Lexicon, groups: Mapping[str, Sequence[str]], room: Room) -> Pattern:
    """Compile one pattern; what stands on the two sides of `&` may be anywhere.

    Raises:
        InputError: it begins or ends with dots, a phrase in it is not one, or names a word group that does not exist.
    """
    return tuple(_read_chain(part, lexicon, groups, room) for part in text.split(" & "))


def _read_chain(text: str, lexicon: Lexicon, groups: Mapping[str, Sequence[str]], room: Room) -> Chain:
    pieces = _DOTS.split(f" {text} ")
    if not pieces[0].strip() or not pieces[-1].strip():
        raise InputError(f"the pattern {text!r} needs words at its beginning and at its end")
    steps: list[Step] = []
    gap = 0
    for i, piece in enumerate(pieces):
        if i % 2:
            gap += {"..": room.little, "...": room.much, "+": 0}[piece]
        elif piece.strip():
            phrases = [phrase.strip() for phrase in piece.split("/")]
            steps.append(Step(lexicon.element(expanded(phrases, groups)), gap))
            gap = 0
    return tuple(steps)


def expanded(phrases: Iterable[str], groups: Mapping[str, Sequence[str]], inside: tuple[str, ...] = ()) -> list[str]:
    """Phrases with the word groups among them opened.

    Raises:
        InputError: a group does not exist, contains itself, or a phrase has no words or too many.
    """
    opened: list[str] = []
    for phrase in phrases:
        group = GROUP.fullmatch(phrase)
        if group is None:
            if "{" in phrase:
                raise InputError(
                    f"in {phrase!r} the word group stands beside other words", hint="Write '{group} + word'"
                )
            if not 0 < _length(phrase) <= MAX_PHRASE:
                raise InputError(f"the phrase {phrase!r} must have from 1 to {MAX_PHRASE} words or characters")
            opened.append(phrase)
            continue
        name = group[1]
        if name not in groups:
            raise InputError(f"there is no word group {{{name}}} in this language", hint=did_you_mean(name, groups))
        if name in inside:
            raise InputError(f"the word group {{{name}}} contains itself")
        opened += expanded(groups[name], groups, (*inside, name))
    return opened


@lru_cache(maxsize=50_000)
def _length(phrase: str) -> int:
    return len(units(phrase))


@lru_cache(maxsize=50_000)
def _keys(phrase: str) -> frozenset[str]:
    """How a phrase may stand in a text: English takes its simple endings, several words together only a final s."""
    parts = units(phrase)
    whole = " ".join(parts)
    if phrase.startswith("=") or not parts[-1].isascii():
        return frozenset((whole,))
    return frozenset((whole, whole + "s")) if len(parts) > 1 else _inflected(whole)


def _inflected(word: str) -> frozenset[str]:
    stem = word[:-1] if word.endswith("e") else word
    forms = {word, word + "s", word + "es", stem + "ed", stem + "ing"}
    if word.endswith("y"):
        forms |= {word[:-1] + "ies", word[:-1] + "ied"}
    if re.search(r"[^aeiou][aeiou][bdgmnprt]$", word):
        forms |= {word + word[-1] + "ing", word + word[-1] + "ed"}
    return frozenset(forms)
