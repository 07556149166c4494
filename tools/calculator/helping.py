"""Help with an exercise in arithmetic, in the order in which a teacher gives it: hint, like example, answer.

Every sentence keeps the limits of the youngest: 12 words, or 20 Chinese characters.
"""

import re
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
_FITS = {"en": "How many times does {b} fit into {a}?", "zh": "{a}里面最多有几个{b}？"}
"""Where a division leaves something."""
_BIG = {
    "en": "Split the bigger number into hundreds, tens and ones first.",
    "zh": "把大的数拆成整百、整十和几，再分别乘。",
}
_POINTS: Mapping[str, Mapping[Operator, str]] = {
    "en": {
        "+": "Write one below the other, point under point.",
        "-": "Write one below the other, point under point.",
        "*": "Leave the points out first, and put one back at the end.",
        "/": "Move both points the same way, to divide by a whole number.",
    },
    "zh": {
        "+": "上下对齐小数点，再相加。",
        "-": "上下对齐小数点，再相减。",
        "*": "先不看小数点，乘完再点上。",
        "/": "小数点一起向右移，再来除。",
    },
}
_WITH_THINGS = {"en": "Try it with buttons or with your fingers.", "zh": "用手指或者小棒摆一摆。"}
"""Where the answer is one of the numbers, no number is named."""
_ORDER = {
    "en": "Do the times and the divided by first. Then add or take away.",
    "zh": "先算乘法和除法。再算加法和减法。",
}
_IN_TURN = {"en": "Go step by step from the left.", "zh": "从左往右，一步一步算。"}
_YOUR_TURN = {"en": "What do you get?", "zh": "你算出来是多少？"}
_NOW_YOURS = {"en": "Now try yours the same way.", "zh": "现在照样算算你的题。"}
_SAID_IS = {"en": "{said} is {answer}.", "zh": "{said}等于{answer}。"}
_IT_IS = {"en": "The answer is {answer}.", "zh": "答案是{answer}。"}
"""Where the exercise is too long to be said again."""
_RIGHT = {"en": "Yes, that is right. {told} Well done!", "zh": "对了！{told}真棒！"}
_ANSWER = {"en": "{told} Say it once more in your own words.", "zh": "{told}你来说说是怎么算的吧。"}
_BY_NOTHING = {
    "en": "Nobody can divide by zero. No number times zero makes {a}.",
    "zh": "不能除以0。没有哪个数乘0等于{a}。",
}
_NO_ANSWER = {"en": "Nobody can divide by zero. So there is no answer.", "zh": "不能除以0。所以这道题没有答案。"}
MOST = {"en": 12, "zh": 20}
"""Words of a sentence; in Chinese characters, figures too."""


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
        nothing = _of_nothing(exercise, to)
        return Help(nothing, nothing, nothing, nothing, said)
    told = _SAID_IS[to].format(said=said, answer=answered(exercise, to))
    if _length(told, to) > MOST[to]:
        told = _IT_IS[to].format(answer=answered(exercise, to))
    space = " " if to == "en" else ""
    return Help(
        space.join((_hint(exercise, to), _YOUR_TURN[to])),
        space.join((example(exercise, to), _NOW_YOURS[to])),
        _ANSWER[to].format(told=told),
        _RIGHT[to].format(told=told),
        said,
    )


def _of_nothing(exercise: Exercise, language: Language) -> str:
    a, *others = exercise.numbers
    return (_BY_NOTHING if a and len(others) == 1 else _NO_ANSWER)[language].format(a=shown(a))


def _length(sentence: str, language: Language) -> int:
    pattern = r"[^\W_]+(?:[.-][^\W_]+)*" if language == "en" else r"[^\W_]"
    return len(re.findall(pattern, sentence))


def spoken(exercise: Exercise, language: Language) -> str:
    """ "7 times 8", "7乘8"."""
    space = " " if language == "en" else ""
    parts = [shown(exercise.numbers[0])]
    for operator, number in zip(exercise.operators, exercise.numbers[1:], strict=True):
        parts += [_SPOKEN[language][operator], shown(number)]
    return space.join(parts)


def _hint(exercise: Exercise, language: Language) -> str:
    said = {shown(number) for number in exercise.numbers}
    if exercise.value is not None and shown(exercise.value) in said:
        return _WITH_THINGS[language]
    first, *more = exercise.operators
    if more:
        return (_ORDER if _is_mixed(exercise) else _IN_TURN)[language]
    operator, (a, b) = first, exercise.numbers
    if operator == "+" and a < b:
        a, b = b, a
    return _way(operator, a, b, language).format(a=shown(a), b=shown(b))


def _way(operator: Operator, a: Fraction, b: Fraction, language: Language) -> str:
    """How an exercise of two numbers is begun."""
    if a.denominator != 1 or b.denominator != 1:
        return _POINTS[language][operator]
    if operator == "*" and max(a, b) >= 100:
        return _BIG[language]
    if operator == "/" and (a / b).denominator != 1:
        return _FITS[language]
    return (_SMALL if operator in _SMALL[language] and b < 10 else _HINTS)[language][operator]


def _is_mixed(exercise: Exercise) -> bool:
    """Whether what stands first is not reckoned first."""
    return not {"+", "-"}.isdisjoint(exercise.operators) and not {"*", "/"}.isdisjoint(exercise.operators)


def answered(exercise: Exercise, language: str) -> str:
    """The answer; a division of whole numbers that leaves something, with its remainder. Its value is not None."""
    value = exercise.value
    assert value is not None
    whole = all(number.denominator == 1 for number in exercise.numbers)
    if exercise.operators == ("/",) and whole and value.denominator != 1:
        quotient, rest = divmod(exercise.numbers[0], exercise.numbers[1])
        return f"{quotient}余{rest}" if language == "zh" else f"{quotient} remainder {rest}"
    return shown(value)


def example(exercise: Exercise, language: Language) -> str:
    """A like exercise with small numbers, worked out; neither the same one nor one that names the answer."""
    first, *more = exercise.operators
    if more:
        kinds = _MIXED if _is_mixed(exercise) else _ADDED if first in "+-" else _MULTIPLIED
        worked: tuple[str, ...] = kinds[language]
    else:
        left = first == "/" and exercise.value is not None and exercise.value.denominator != 1
        kind = "rest" if left else first
        worked = tuple(_WORKED[language][kind](a, b) for a, b in _PAIRS[kind])
    kept = set(re.findall(r"\d+", answered(exercise, language)))
    return next(one for one in worked if not kept <= set(re.findall(r"\d+", one)))


_MIXED = {
    "en": (
        "Here is one like it: 2 plus 3 times 4. First, 3 times 4 is 12. Then 2 plus 12 is 14.",
        "Here is one like it: 1 plus 5 times 6. First, 5 times 6 is 30. Then 1 plus 30 is 31.",
    ),
    "zh": (
        "看一道差不多的：2加3乘4。先算3乘4等于12。再算2加12等于14。",
        "看一道差不多的：1加5乘6。先算5乘6等于30。再算1加30等于31。",
    ),
}
_ADDED = {
    "en": (
        "Here is one like it: 6 plus 9 minus 4. First, 6 plus 9 is 15. Then 15 minus 4 is 11.",
        "Here is one like it: 8 plus 5 minus 3. First, 8 plus 5 is 13. Then 13 minus 3 is 10.",
    ),
    "zh": (
        "看一道差不多的：6加9减4。先算6加9等于15。再算15减4等于11。",
        "看一道差不多的：8加5减3。先算8加5等于13。再算13减3等于10。",
    ),
}
_MULTIPLIED = {
    "en": (
        "Here is one like it: 2 times 6 divided by 3. First, 2 times 6 is 12. Then 12 divided by 3 is 4.",
        "Here is one like it: 7 times 10 divided by 5. First, 7 times 10 is 70. Then 70 divided by 5 is 14.",
    ),
    "zh": (
        "看一道差不多的：2乘6除以3。先算2乘6等于12。再算12除以3等于4。",
        "看一道差不多的：7乘10除以5。先算7乘10等于70。再算70除以5等于14。",
    ),
}
"""The two examples of a kind have no number in common, so that one of them does not name the answer."""
_PAIRS: Mapping[str, tuple[tuple[int, int], ...]] = {
    "+": ((23, 14), (32, 16)),
    "-": ((38, 15), (67, 24)),
    "*": ((4, 6), (3, 5)),
    "/": ((24, 6), (15, 3)),
    "rest": ((17, 5), (33, 8)),
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


def _rest_en(a: int, b: int) -> str:
    return f"Look at {a} divided by {b}. {b} times {a // b} is {a // b * b}. That leaves {a % b}."


def _rest_zh(a: int, b: int) -> str:
    return f"看看{a}除以{b}。{b}乘{a // b}等于{a // b * b}。还剩下{a % b}。"


_WORKED: Mapping[str, Mapping[str, Callable[[int, int], str]]] = {
    "en": {"+": _sum_en, "-": _less_en, "*": _times_en, "/": _parts_en, "rest": _rest_en},
    "zh": {"+": _sum_zh, "-": _less_zh, "*": _times_zh, "/": _parts_zh, "rest": _rest_zh},
}
