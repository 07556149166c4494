"""Times, days, currencies, numbers and quotations: where a request mentions just one, an argument can only be that.

A tiny model reads "下午四点半" as 04:30 and pounds as BPL; code reads them rightly, but does not know what for.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ...tools.calculator.spoken_numbers import with_figures
from ...tools.mentions.days import days
from ...tools.mentions.lengths import lengths
from ...tools.mentions.money import currencies
from ...tools.mentions.quotations import quotations
from ...tools.mentions.times import times

Schema = Mapping[str, Any]
_TIME = re.compile(r"time of (?:the )?day|\btimes?\b|\bclock\b|HH:MM|时刻|钟点|几点|时间", re.IGNORECASE)
_DAY = re.compile(r"\b(?:day|date)\b|日期|哪一?天", re.IGNORECASE)
_MONEY = re.compile(r"currenc|货币|币种", re.IGNORECASE)
_AS_SAID = re.compile(r"as (?:it was |the person )?sa(?:id|ys)|原话|原样", re.IGNORECASE)
_EXACT_DAY = re.compile(r"\d{4}-\d\d-\d\d|YYYY", re.IGNORECASE)
_UNITS = (
    (re.compile(r"\bminutes?\b|分钟", re.IGNORECASE), 60),
    (re.compile(r"\bseconds?\b|秒", re.IGNORECASE), 1),
    (re.compile(r"\bhours?\b|小时", re.IGNORECASE), 3600),
)
_HALF = re.compile(r"(?<![\d.])(\d+) and a half\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\d.])\d[\d,]*(?:\.\d+)?")


def mended(given: Mapping[str, Any], known: Mapping[str, Schema], request: str) -> dict[str, Any]:
    """Arguments, those that a request mentions otherwise set right.

    Args:
        given: As the model gave them; empty text of an optional one is as good as none.
        known: The parameters, as JSON schemas.

    Example:
        >>> mended({"time": "04:30"}, {"time": {"type": "string"}}, "下午四点半叫我")
        {'time': '16:30'}
    """
    found = dict(given)
    for name, schema in known.items():
        if "enum" in schema or "const" in schema:
            continue
        kind = _kind(name, schema)
        value = kind(given.get(name), schema, request, [one for other, one in found.items() if other != name])
        if value is not None:
            found[name] = value
    return found


Mend = Callable[[Any, Schema, str, Sequence[Any]], Any]
"""From a value, its schema, the request and the other arguments: another value, or None to leave it."""


def _kind(name: str, schema: Schema) -> Mend:
    told = f"{name.replace('_', ' ')} {schema.get('description', '')}"
    match schema.get("type"):
        case "number" | "integer":
            return _number(next((size for unit, size in _UNITS if unit.search(told)), 0))
        case "string" if _MONEY.search(told):
            return _currency
        case "string" if _TIME.search(told) and not _AS_SAID.search(told):
            return _time
        case "string" if _DAY.search(told) and schema.get("format") != "date" and not _EXACT_DAY.search(told):
            return _day
        case "string":
            return _quoted
    return _left


def _left(*_: Any) -> None:
    return None


def _time(value: Any, schema: Schema, request: str, others: Sequence[Any]) -> str | None:
    said, meant = times(request), times(str(value or ""))
    if len(said) == 1:
        return said[0]
    return meant[0] if meant and meant[0] in said else None


def _day(value: Any, schema: Schema, request: str, others: Sequence[Any]) -> str | None:
    said = [one for one in days(request) if one not in others]
    return said[0] if len(said) == 1 and value not in said else None


def _currency(value: Any, schema: Schema, request: str, others: Sequence[Any]) -> str | None:
    said, meant = currencies(request), currencies(str(value or ""))
    if meant and meant[0] in said:
        return meant[0]
    free = [code for code in said if code not in others]
    return free[0] if len(free) == 1 else None


def _number(unit: int) -> Mend:
    """Of a length of time where `unit` is above 0: so many seconds."""

    def mend(value: Any, schema: Schema, request: str, others: Sequence[Any]) -> int | float | None:
        if unit:
            said = [one / unit for one in lengths(request)]
        else:
            figures = _NUMBER.findall(_HALF.sub(r"\1.5", with_figures(request)))
            said = [Fraction(one.replace(",", "")) for one in figures]
        said = list(dict.fromkeys(one for one in said if one not in others))
        whole = schema.get("type") == "integer"
        if len(said) != 1 or value is None or value in said or (whole and said[0].denominator != 1):
            return None
        return int(said[0]) if said[0].denominator == 1 else float(said[0])

    return mend


def _quoted(value: Any, schema: Schema, request: str, others: Sequence[Any]) -> str | None:
    """What is quoted, in the place of words that nobody said."""
    said = [one for one in quotations(request) if one not in others]
    if len(said) != 1 or not isinstance(value, str) or len(value) < len(said[0]) / 2:
        return None
    return None if value.casefold() in request.casefold() else said[0]
