"""What chance may have done to a share and to the difference of two shares on the same items. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

Z = 1.959963984540054
"""The 97.5 % point of the normal distribution: intervals hold 95 %."""


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Wilson's interval of a share, 95 %, within 0 and 1 (Wilson 1927, J. Am. Stat. Assoc. 22, p. 209)."""
    if not count:
        return 0.0, 1.0
    p, z2 = hits / count, Z * Z
    middle, width = p + z2 / (2 * count), Z * sqrt(p * (1 - p) / count + z2 / (4 * count * count))
    low, high = (middle - width) / (1 + z2 / count), (middle + width) / (1 + z2 / count)
    return (0.0 if hits == 0 else low), (1.0 if hits == count else high)


def mcnemar(only_ours: int, only_theirs: int) -> float:
    """The exact two-sided p of McNemar's test: how likely so uneven a split is, were both as good.

    Args:
        only_ours: Items that one has right and the other wrong.
        only_theirs: The other way round.
    Source: McNemar 1947, Psychometrika 12, p. 153; exact as a binomial test with probability 1/2.
    """
    count, less = only_ours + only_theirs, min(only_ours, only_theirs)
    tail = ways = 1
    for i in range(less):  # binomial coefficients, one from the other
        ways = ways * (count - i) // (i + 1)
        tail += ways
    return min(1.0, float(Fraction(2 * tail, 1 << count)))  # whole numbers: 2**1100 is no float


def holm(ps: Sequence[float]) -> list[float]:
    """p values of several tests made at once, so that all of them together keep their word (Holm 1979)."""
    result, worst = [0.0] * len(ps), 0.0
    for rank, index in enumerate(sorted(range(len(ps)), key=lambda i: ps[i])):
        worst = max(worst, min(1.0, (len(ps) - rank) * ps[index]))
        result[index] = worst
    return result


@dataclass(frozen=True, slots=True)
class Difference:
    """Of two shares on the same items.

    Attributes:
        by: Ours less theirs, from -1 to 1.
        low, high: Its 95 % interval.
        only_ours: Items only ours has right.
        only_theirs: Items only theirs has right.
        p: McNemar's, exact.
    """

    by: float
    low: float
    high: float
    only_ours: int
    only_theirs: int
    p: float


def difference(ours: Sequence[bool], theirs: Sequence[bool]) -> Difference:
    """Compare two on the same items, in the same order.

    The interval is Newcombe's for paired shares (1998, Statistics in Medicine 17, p. 2635, method 10).
    """
    pairs = list(zip(ours, theirs, strict=True))
    a, b, c, d = (pairs.count(one) for one in ((True, True), (True, False), (False, True), (False, False)))
    count = len(pairs)
    if not count:
        return Difference(0.0, -1.0, 1.0, 0, 0, 1.0)
    (low1, high1), (low2, high2) = wilson(a + b, count), wilson(a + c, count)
    p1, p2, phi = (a + b) / count, (a + c) / count, _phi(a, b, c, d)
    below = _root(p1 - low1, high2 - p2, phi)
    above = _root(high1 - p1, p2 - low2, phi)
    by = (b - c) / count
    return Difference(by, max(-1.0, by - below), min(1.0, by + above), b, c, mcnemar(b, c))


def _phi(a: int, b: int, c: int, d: int) -> float:
    """How the two go together, corrected for continuity as method 10 does."""
    together = float(a * d - b * c)
    if together > 0:
        together = max(together - (a + b + c + d) / 2, 0.0)
    product = (a + b) * (c + d) * (a + c) * (b + d)
    return together / sqrt(product) if product else 0.0


def _root(one: float, other: float, phi: float) -> float:
    return sqrt(max(one * one - 2 * phi * one * other + other * other, 0.0))
