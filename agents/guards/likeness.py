"""Likeness to example sentences: what the patterns do not foresee may still sound like something that is known.

A naive Bayes classifier over words, pairs of words and the word groups of the rules file (Maron 1961,
https://doi.org/10.1145/321075.321084; smoothed, absent features ignored). It learns from the examples when the rules
are read, in about 0.1 s, so that a sentence a parent adds to the examples counts at once.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

NONE = "none"
SMOOTHING = 0.3
LONGEST = 80
"""Units. Evidence adds up with the length, so a long text is left to the patterns."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What was learnt: in how many examples of each category a feature occurs."""

    certainty: float
    sizes: Mapping[str, int]
    counts: Mapping[str, Counter[str]]
    weights: Mapping[str, float]

    def category(self, text: Sequence[str], groups: Iterable[str]) -> tuple[str, float]:
        """The category a text is like, or "", and how much: the logarithm of the odds that it is unsafe.

        Args:
            text: Units, as `normalise.units` gives them.
            groups: The names of the word groups that occur in it.
        """
        if not 0 < len(text) <= LONGEST:
            return "", 0.0
        features = features_of(text, groups)
        odds = sum(self.weights.get(feature, 0.0) for feature in features)
        if odds < self.certainty:
            return "", odds
        known = [feature for feature in features if feature in self.weights]
        return max((name for name in self.sizes if name != NONE), key=lambda name: self._fit(name, known)), odds

    def _fit(self, name: str, features: Collection[str]) -> float:
        counts, size = self.counts[name], self.sizes[name]
        return sum(_share(counts[feature], size) for feature in features)


def features_of(text: Sequence[str], groups: Iterable[str]) -> set[str]:
    """Units, pairs of neighbours, and `{group}` for each group."""
    pairs = (f"{one} {two}" for one, two in pairwise(text))
    return {*text, *pairs, *(f"{{{name}}}" for name in groups)}


def learn(examples: Iterable[tuple[str, set[str]]], certainty: float) -> Likeness:
    """Count the features of examples, given as category (`none` for what may pass) and features."""
    counts: dict[str, Counter[str]] = {}
    sizes: Counter[str] = Counter()
    for name, features in examples:
        sizes[name] += 1
        counts.setdefault(name, Counter()).update(features)
    safe = counts.get(NONE, Counter())
    unsafe = sum((counter for name, counter in counts.items() if name != NONE), Counter[str]())
    unsafe_size = sizes.total() - sizes[NONE]
    weights = {
        feature: _share(unsafe[feature], unsafe_size) - _share(safe[feature], sizes[NONE])
        for feature in unsafe.keys() | safe.keys()
    }
    return Likeness(certainty, sizes, counts, weights)


def _share(count: int, size: int) -> float:
    return log((count + SMOOTHING) / (size + 2 * SMOOTHING))
