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
_NUMBER = r"\d{1,6}(?:\.\d{1,4})?"
_OPERATOR = "|".join(said for _, said in _SAID)
_EXERCISE = re.compile(
    rf"(?<![\d.,:/又之点第负万亿百千-])(?<!\d ){_NUMBER}(?:\s*(?:{_OPERATOR})\s*{_NUMBER})+"
    r"(?![\d:/又分点万亿%％]|[.,]\d|-[^\W\d])",
    re.IGNORECASE,
)
_TIGHT = re.compile(r"\d[-−–－/xX]\d")
_DATE = re.compile(r"[12]\d{3}\s*[-/]\s*[01]?\d\s*[-/]\s*[0-3]?\d|\d+[-/]0\d")
_BEFORE = re.compile(rf"(?:{_OPERATOR}|point|negative|thousand|million|billion)(?: and)?\s*[(（]?\s*$", re.IGNORECASE)
_AFTER = re.compile(
    rf"\s*[)）]?\s*(?:(?:{_OPERATOR})\s*[(（\d]|point\b|hundred|thousand|million|billion"
    r"|half|halves|thirds?\b|quarters?\b|(?:four|fif|six|seven|eigh|nin|ten)ths?\b)",
    re.IGNORECASE,
)
"""What makes it a part of something longer that is not understood: brackets, fractions, big numbers in words."""
_ASKED = re.compile(
    r"\W*(?:(?:and|so|please|hey|um+|what(?:'?s| is| does)|how much (?:is|are)|calculate|compute|work out|solve|do"
    r"|can you|tell me|help me|with|请问|请|帮我|算(?:一)?算|算一下|算|计算|求|那)\W*)*",
    re.IGNORECASE,
)
_EQUALS = re.compile(r"\s*(?:=|＝|等于|equals?\b|得多少|得几|是多少|是几|多少)")
_SCORE = re.compile(
    r"\b(?:score|won|lost|beat|match|game|goals?|pages?|years?|ages?|call|phone|date)\b"
    r"|比分|[赢输页岁年月号]|电话|比赛",
    re.IGNORECASE,
)
MAX_TEXT, MAX_SHOWN = 500, 12
"""A longer text is a word problem; a longer answer, in characters, is nothing for a child."""
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
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", as_figures(text)) if len(text) <= MAX_TEXT else ""
    found = _EXERCISE.search(text)
    if found is None or not _stands_alone(text[: found.start()], found[0], text[found.end() :]):
        return None
    numbers, operators = list[Fraction](), list[Operator]()
    for part in _PART.findall(found[0]):
        if part[0].isdigit():
            numbers.append(Fraction(part))
        else:
            operators.append(next(name for name, said in _SAID if re.fullmatch(said, part, re.IGNORECASE)))
    exercise = Exercise(tuple(numbers), tuple(operators))
    return exercise if exercise.value is None or len(shown(exercise.value)) <= MAX_SHOWN else None


def _stands_alone(before: str, exercise: str, after: str) -> bool:
    """Whether it is meant as an exercise: no part of a longer one, no date, score, telephone number or 24/7."""
    if _BEFORE.search(before) or _AFTER.match(after) or _DATE.search(exercise):
        return False
    if not re.search(r"\d\s*[-−–－/]\s*\d|\d[xX]\d", exercise) or _EQUALS.match(after):
        return True
    if not _TIGHT.search(exercise):
        return not _SCORE.search(before + after)
    whole = _ASKED.fullmatch(before) and re.fullmatch(r"\W*(?:please|呢|呀)?\W*", after)
    return bool(whole) and _comes_out(exercise)


def _comes_out(exercise: str) -> bool:
    """7-11, 555-1234, 4-4-2, 9/11 and 24/7 are names and numbers; who means a sum with such says it in another way."""
    first, *others = (Fraction(number) for number in re.findall(_NUMBER, exercise))
    if "/" in exercise:
        return len(others) == 1 and others[0] != 0 and (first / others[0]).denominator == 1
    return not re.fullmatch(r"[\d.]+(?:[-−–－][\d.]+)+", exercise) or first >= sum(others)


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
