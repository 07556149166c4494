"""Help with an exercise in arithmetic, in the order in which a teacher gives it: hint, like example, answer.

Every sentence keeps the limits of the youngest: 12 words, or 20 Chinese characters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from .arithmetic import Exercise, Operator, shown

Language = Literal["en", "zh"]

_SPOKEN: Mapping[str, Mapping[Operator, str]] = {
    "en": {"+": "plus", "-": "minus", "*": "times", "/": "divided by"},
    "zh": {"+": "加", "-": "减", "*": "乘", "/": "除以"},
}
_HINTS: Mapping[str, Mapping[Operator, str]] = {
    "en": {
        "+": "Add the big parts first, then the small ones.",
        "-": "Take away the tens first, then the ones.",
        "*": "{a} times {b} means {a} groups of {b}. Which nearby groups do you know?",
        "/": "Think the other way round. {b} times which number makes {a}?",
    },
    "zh": {
        "+": "先加整十的部分，再加剩下的。",
        "-": "先减整十的部分，再减剩下的。",
        "*": "{a}乘{b}就是{a}个{b}相加。想想你会背的口诀。",
        "/": "反过来想一想。{b}乘几等于{a}呢？",
    },
}
_SMALL: Mapping[str, Mapping[Operator, str]] = {
    "en": {"+": "Start at {a} and count on {b} more.", "-": "Start at {a} and count back {b}."},
    "zh": {"+": "从{a}开始，再往上数{b}个。", "-": "从{a}开始，往回数{b}个。"},
}
"""Where one number is below ten, counting is quicker."""
_ORDER = {
    "en": "Do the times and the divided by first. Then add or take away.",
    "zh": "先算乘法和除法。再算加法和减法。",
}
_YOUR_TURN = {"en": "What do you get?", "zh": "你算出来是多少？"}
_NOW_YOURS = {"en": "Now try yours the same way.", "zh": "现在照样算算你的题。"}
_RIGHT = {"en": "Yes, that is right. {said} is {answer}. Well done!", "zh": "对了！{said}等于{answer}。真棒！"}
_ANSWER = {
    "en": "{said} is {answer}. Say it once more in your own words.",
    "zh": "{said}等于{answer}。你来说说是怎么算的吧。",
}
_BY_NOTHING = {
    "en": "Nobody can divide by zero. No number times zero makes {a}.",
    "zh": "不能除以0。没有哪个数乘0等于{a}。",
}


@dataclass(frozen=True, slots=True)
class Help:
    """Words for the three steps; `said` is the exercise as it is spoken."""

    hint: str
    example: str
    answer: str
    right: str
    said: str


def help_with(exercise: Exercise, language: str) -> Help:
    """What a teacher says; Chinese for "zh", English otherwise."""
    to: Language = "zh" if language == "zh" else "en"
    said = spoken(exercise, to)
    if exercise.value is None:
        nothing = _BY_NOTHING[to].format(a=shown(exercise.numbers[0]))
        return Help(nothing, nothing, nothing, nothing, said)
    answer = _told(exercise, to)
    return Help(
        f"{_hint(exercise, to)} {_YOUR_TURN[to]}" if to == "en" else _hint(exercise, to) + _YOUR_TURN[to],
        _example(exercise, to) + (" " if to == "en" else "") + _NOW_YOURS[to],
        _ANSWER[to].format(said=said, answer=answer),
        _RIGHT[to].format(said=said, answer=answer),
        said,
    )


def spoken(exercise: Exercise, language: Language) -> str:
    """ "7 times 8", "7乘8"."""
    space = " " if language == "en" else ""
    parts = [shown(exercise.numbers[0])]
    for operator, number in zip(exercise.operators, exercise.numbers[1:], strict=True):
        parts += [_SPOKEN[language][operator], shown(number)]
    return space.join(parts)


def _hint(exercise: Exercise, language: Language) -> str:
    if len(exercise.operators) > 1:
        mixed = {"+", "-"} & set(exercise.operators) and {"*", "/"} & set(exercise.operators)
        return (
            _ORDER[language]
            if mixed
            else {"en": "Go step by step from the left.", "zh": "从左往右，一步一步算。"}[language]
        )
    operator, (a, b) = exercise.operators[0], exercise.numbers
    if operator == "+" and a < b:
        a, b = b, a
    hints = _SMALL if operator in _SMALL[language] and b < 10 else _HINTS
    return hints[language][operator].format(a=shown(a), b=shown(b))


def _told(exercise: Exercise, language: Language) -> str:
    """The answer; a division of whole numbers that leaves something, with its remainder."""
    value = exercise.value
    assert value is not None
    whole = all(number.denominator == 1 for number in exercise.numbers)
    if exercise.operators == ("/",) and whole and value.denominator != 1:
        quotient, rest = divmod(exercise.numbers[0], exercise.numbers[1])
        return f"{quotient} remainder {rest}" if language == "en" else f"{quotient}余{rest}"
    return shown(value)


def _example(exercise: Exercise, language: Language) -> str:
    """A like exercise with small numbers, worked out; never one with the same numbers."""
    operator = exercise.operators[0]
    if len(exercise.operators) > 1:
        return {
            "en": "Here is one like it: 2 plus 3 times 4. First, 3 times 4 is 12. Then 2 plus 12 is 14.",
            "zh": "看一道差不多的：2加3乘4。先算3乘4等于12。再算2加12等于14。",
        }[language]
    same = set(exercise.numbers)
    a, b = next(pair for pair in _PAIRS[operator] if {Fraction(pair[0]), Fraction(pair[1])} != same)
    return _WORKED[language][operator](a, b)


_PAIRS: Mapping[Operator, tuple[tuple[int, int], ...]] = {
    "+": ((23, 14), (32, 15)),
    "-": ((38, 15), (47, 12)),
    "*": ((4, 6), (3, 5)),
    "/": ((24, 6), (15, 3)),
}


def _sum_en(a: int, b: int) -> str:
    tens, ones = a // 10 * 10 + b // 10 * 10, a % 10 + b % 10
    return f"Look at {a} plus {b}. The tens make {tens}, the ones make {ones}. Together that is {a + b}."


def _sum_zh(a: int, b: int) -> str:
    tens, ones = a // 10 * 10 + b // 10 * 10, a % 10 + b % 10
    return f"看看{a}加{b}。整十的相加是{tens}，剩下的是{ones}。合起来是{a + b}。"


def _less_en(a: int, b: int) -> str:
    tens, ones = b // 10 * 10, b % 10
    return f"Look at {a} minus {b}. First, {a} minus {tens} is {a - tens}. Then {a - tens} minus {ones} is {a - b}."


def _less_zh(a: int, b: int) -> str:
    tens, ones = b // 10 * 10, b % 10
    return f"看看{a}减{b}。先算{a}减{tens}，是{a - tens}。再减{ones}，等于{a - b}。"


def _times_en(a: int, b: int) -> str:
    return f"Look at {a} times {b}. That is {' plus '.join([str(b)] * a)}. Together that is {a * b}."


def _times_zh(a: int, b: int) -> str:
    return f"看看{a}乘{b}。就是{'加'.join([str(b)] * a)}。合起来是{a * b}。"


def _parts_en(a: int, b: int) -> str:
    return f"Look at {a} divided by {b}. We know that {b} times {a // b} is {a}. So the answer is {a // b}."


def _parts_zh(a: int, b: int) -> str:
    return f"看看{a}除以{b}。我们知道{b}乘{a // b}等于{a}。所以答案是{a // b}。"


_WORKED: Mapping[str, Mapping[Operator, Callable[[int, int], str]]] = {
    "en": {"+": _sum_en, "-": _less_en, "*": _times_en, "/": _parts_en},
    "zh": {"+": _sum_zh, "-": _less_zh, "*": _times_zh, "/": _parts_zh},
}
