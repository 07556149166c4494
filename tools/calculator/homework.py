"""Is what a child says homework, and what is the next step of helping with it?"""

import re
from fractions import Fraction
from typing import Any

from ..base.numerals import as_figures
from .arithmetic import Exercise
from .arithmetic import find_exercise as find
from .helping import answered, help_with

_WANTS_MORE = re.compile(
    r"\b(?:answer|hint|help|stuck|again|do(?:n'?| no)t (?:get|understand|know)|dunno|no idea|i.?m lost|still"
    r"|can(?:'?|no)t|too hard|tell me|solve|show me)\b"
    r"|答案|提示|不会|不懂|不知道|不明白|不清楚|还是|没懂|再[讲说来]|帮|太难|告诉我|怎么[做算]",
    re.IGNORECASE,
)
_HOMEWORK = re.compile(
    r"\bhome ?work\b|\bwork ?sheet\b|\bfor school\b|\bspelling book\b"
    r"|作业|应用题|练习[题册]|口算|填空|作文|组词|造个?句|反义词|近义词",
    re.IGNORECASE,
)
_SAID_BEFORE = r"\W*(?:(?:is it|it'?s|i (?:get|got|think)|maybe|the answer is|是|等于|得|我算的?是?)\W*)*"
_ANSWERED = re.compile(
    rf"{_SAID_BEFORE}(?P<minus>-|minus |负)?(?P<number>\d+(?:\.\d+)?(?:/\d+)?)"
    r"(?:\W*(?:remainder|and|left over|r|余)\W*(?P<rest>\d+)(?: left(?: over)?)?)?\W*(?:吗|吧|对吗|right)?\W*",
    re.IGNORECASE,
)
LAST = 3
"""The step at which the answer is told."""


def step_of(text: str, language: str, before: str, helped: int) -> dict[str, Any]:
    """The next step with an exercise, as {exercise, helped, says}.

    Args:
        before: The exercise that was helped with in the turn before, "" if none.
        helped: The step it came to.
    """
    new, old = find(text), find(before)
    said = help_with(new, language).said if new else ""
    if new is not None and said != (help_with(old, language).said if old else ""):
        return _step(said, 1, language)
    answer = _ANSWERED.fullmatch(as_figures(text))
    if old is not None and answer and new is None:
        if _is_right(answer, old):
            return {"exercise": "", "helped": 0, "says": help_with(old, language).right}
        return _next(before, helped, language)
    if before and (new is not None or _WANTS_MORE.search(text)):
        return _next(before, helped, language)
    if _HOMEWORK.search(text):
        return {"exercise": text, "helped": 1, "says": ""}
    return {"exercise": "", "helped": 0, "says": ""}


def _is_right(answer: re.Match[str], exercise: Exercise) -> bool:
    """A fraction, a decimal and a remainder are all ways to say it."""
    if answer["rest"]:
        return answered(exercise, "zh") == f"{answer['number']}余{answer['rest']}"
    number = answer["number"]
    if "/" in number and not int(number.split("/")[1]):
        return False
    return exercise.value == Fraction(number) * (-1 if answer["minus"] else 1)


def _next(before: str, helped: int, language: str) -> dict[str, Any]:
    return _step(before, min(helped + 1, LAST), language)


def _step(text: str, number: int, language: str) -> dict[str, Any]:
    exercise = find(text)
    if exercise is None:
        return {"exercise": text, "helped": number, "says": ""}
    words = help_with(exercise, language)
    return {"exercise": text, "helped": number, "says": (words.hint, words.example, words.answer)[number - 1]}
