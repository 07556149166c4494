"""An exercise in arithmetic, found in what somebody says, and reckoned exactly."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from ..base.numerals import as_figures

Operator = Literal["+", "-", "*", "/"]

_SAID: tuple[tuple[Operator, str], ...] = (
    ("*", r"multiplied by|times|乘以|乘|[×xX*✕]"),
    ("/", r"divided by|over|除以|[÷/]"),
    ("+", r"plus|and then add|add|加上|加|[+＋]"),
    ("-", r"minus|take away|subtract|less|减去|减|[-−–－]"),
)
_NUMBER = r"\d{1,9}(?:\.\d{1,4})?"
_OPERATOR = "|".join(said for _, said in _SAID)
_EXERCISE = re.compile(
    rf"(?<![\d.,:/又之-]){_NUMBER}(?:\s*(?:{_OPERATOR})\s*{_NUMBER}){{1,7}}(?![\d:/又分]|[.,]\d)", re.IGNORECASE
)
_PART = re.compile(rf"{_NUMBER}|{_OPERATOR}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Exercise:
    """Numbers and what stands between them: `operators` has one entry less than `numbers`."""

    numbers: tuple[Fraction, ...]
    operators: tuple[Operator, ...]

    @property
    def value(self) -> Fraction | None:
        """Its exact value, × and ÷ before + and −; None when it divides by nothing."""
        terms, signs = [self.numbers[0]], ["+"]
        for operator, number in zip(self.operators, self.numbers[1:], strict=True):
            if operator in "+-":
                terms.append(number)
                signs.append(operator)
            elif operator == "*":
                terms[-1] *= number
            elif number == 0:
                return None
            else:
                terms[-1] /= number
        return sum((term if sign == "+" else -term for term, sign in zip(terms, signs, strict=True)), Fraction())


def find_exercise(text: str) -> Exercise | None:
    """The first exercise in a text, in figures or words, in English or Chinese; None when there is none.

    Example:
        >>> exercise = find_exercise("What is seven times eight?")
        >>> exercise.numbers, exercise.operators, exercise.value
        ((Fraction(7, 1), Fraction(8, 1)), ('*',), Fraction(56, 1))
    """
    found = _EXERCISE.search(as_figures(text[:500]))
    if found is None:
        return None
    numbers, operators = list[Fraction](), list[Operator]()
    for part in _PART.findall(found[0]):
        if part[0].isdigit():
            numbers.append(Fraction(part))
        else:
            operators.append(next(name for name, said in _SAID if re.fullmatch(said, part, re.IGNORECASE)))
    return Exercise(tuple(numbers), tuple(operators))


def shown(value: Fraction) -> str:
    """A number as people write it: 56, 2.5, and 7/3 where no decimal is exact.

    Example:
        >>> shown(Fraction(56)), shown(Fraction(5, 2)), shown(Fraction(7, 3))
        ('56', '2.5', '7/3')
    """
    if value.denominator == 1:
        return str(value.numerator)
    rest = value.denominator
    for factor in (2, 5):
        while rest % factor == 0:
            rest //= factor
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    return format((Decimal(value.numerator) / Decimal(value.denominator)).normalize(), "f")
