"""What a text asks the calculator for: an answer right away, or a question for the process that reckons."""

import re

from ..base.errors import InputError
from . import dates
from .algebra import Algebra, asked_algebra, free_algebra, in_variables
from .conversion import Conversion, conversion
from .exact import evaluate
from .grammar.functions import CONSTANTS
from .grammar.parser import parse
from .grammar.tokens import MAX_TEXT, wrong
from .grammar.tree import Call, every, names
from .showing import told
from .spoken_numbers import with_figures
from .wording import as_formula, as_printed, in_yuan, without_asking

_PLAIN = re.compile(
    r"(?:(?:what(?:'s| is) )?[\d\s.+*/^()%!×÷−²³√,?-]|\b(?:of|pi|e|sqrt|sin|cos|tan|ln|log|gcd|lcm|round)\b)+",
    re.IGNORECASE,
)
"""Surely a formula, and neither a date nor a quantity nor algebra."""
_ISO = re.compile(
    r"\d{4}-\d\d-\d\d"
    r"|(?<![\d./-])(?:1[89]|20|21)\d\d(?P<sign>[-/.])(?:0?[1-9]|1[0-2])(?P=sign)(?:0?[1-9]|[12]\d|3[01])(?![\d/]|-\d)"
)
_YEAR_LAST = re.compile(r"(?<![\d./-])\d{1,2}(?P<sign>[-/.])\d{1,2}(?P=sign)(?:1[89]|20|21)\d\d(?![\d./]|-\d)")
_CLOCK = re.compile(r"(?<![\d:])(?:[01]?\d|2[0-4]):[0-5]\d(?![\d:])")
_SHARE = re.compile(r"what percent|百分之(?:几|多少)", re.IGNORECASE)
_MONEY = re.compile(
    r"\b(?:usd|eur|cny|rmb|jpy|gbp|dollars?|euros?|yuan|yen)\b|美元|欧元|人民币|日元|英镑", re.IGNORECASE
)


def understood(text: str) -> dict[str, str] | Algebra | Conversion:
    """The answer as plain data, or what must be asked of sympy or pint.

    Raises:
        InputError: it is not understood; what is wrong and its column are told.
    """
    if not text.strip():
        raise InputError("there is nothing to calculate", at="calculator", hint="Write an expression, as in 2*(3+4)")
    if len(text) > MAX_TEXT:
        raise wrong(f"the expression is longer than {MAX_TEXT} characters", text, MAX_TEXT + 1, "Ask for less at once")
    printed = in_yuan(as_printed(text))
    _refuse_unclear(printed)
    if _PLAIN.fullmatch(text) and not _ISO.search(printed):
        return _reckoned(as_formula(without_asking(printed)))
    found = dates.answered(text) or asked_algebra(printed) or _units(printed)
    if found is not None:
        return found
    formula = as_formula(with_figures(without_asking(printed)))
    if _SHARE.search(printed):
        answer = _reckoned(f"100*({formula})")
        return {name: f"{value}%" for name, value in answer.items()} if isinstance(answer, dict) else answer
    return _reckoned(formula)


def _refuse_unclear(text: str) -> None:
    if found := _YEAR_LAST.search(text):
        hint = "Write year, month and day, as in 2026-12-25; to reckon, put spaces around the signs"
        raise InputError("it is not clear which is the day and which the month", at=repr(found[0]), hint=hint)
    if found := _CLOCK.search(text):
        hint = "Ask for lengths of time, as in 45 minutes in hours"
        raise InputError("times of day are not reckoned with here", at=repr(found[0]), hint=hint)


def _units(text: str) -> Conversion | None:
    if _MONEY.search(text) and re.search(r"\d", text) and re.search(r"\b(?:in|to)\b|换|是|等于|多少", text):
        raise InputError("exchange rates change from day to day and are not known here", at="calculator")
    return conversion(text)


def _reckoned(text: str) -> dict[str, str] | Algebra:
    nodes = parse(text)
    if any(_has_unknown(one.name) for node in nodes for one in names(node)):
        asked = free_algebra(in_variables(nodes, text))
        if asked is not None:
            return asked
    first, *more = nodes
    if more:
        raise wrong("these are several expressions", text, 1, "Ask for one at a time")
    answer = told(evaluate(first, text))
    logs = [one for one in every(first) if isinstance(one, Call) and one.name == "log" and len(one.parts) == 1]
    return {**answer, "note": "log is to base 10; ln is the natural one"} if logs else answer


def _has_unknown(name: str) -> bool:
    return name.lower() not in CONSTANTS
