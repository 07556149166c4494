"""Times, days, lengths of time, currencies and quotations: where a request mentions just one, an argument is this one.

A tiny model reads "下午四点半" as 04:30 and pounds as BPL; code reads them rightly, but does not know what for. So it
looks at what a parameter is called and described as, and leaves what may be right. Plain numbers are the model's: there
are too many ways to mean another than the one that is said ("my wife and I").
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ...tools.mentions.days import days
from ...tools.mentions.lengths import lengths
from ...tools.mentions.money import currencies
from ...tools.mentions.quotations import quotations
from ...tools.mentions.times import times

Schema = Mapping[str, Any]
_FIXED = {"enum", "const", "pattern", "format"}
_LONG = 4000
"""A longer request holds a text that is worked on, and mentions anything."""
_AS_SAID = re.compile(
    r"as (?:it (?:was|is) |the (?:person|user) |they )?sa(?:id|ys?)|verbatim|原话|原样|原文", re.IGNORECASE
)

_TIME = re.compile(r"\btime\b|\bclock\b|HH:MM|时刻|钟点|几点|时间", re.IGNORECASE)
_NO_TIME = re.compile(
    r"zone|duration|\blength|how (?:long|many|often)|\bdates?\b|ISO.?8601|\blimit|timeout|real.time|"
    r"\b[ap]\.?m\b|12.hour|HH:MM:SS|时区|时长|多久|多少|时间段|日期|超时",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(?:\d{1,2}|[A-Za-z-]+)(?:[:.h]\d\d){0,2}\s*(?:[ap]\.?m\.?|o'clock)?", re.IGNORECASE)
_MORNING = re.compile(r"\d\s?a\.?\s?m|morning|[清早今明]晨|早|上午|凌晨|midnight", re.IGNORECASE)
_NIGHT = re.compile(r"半夜|夜里|晚|night", re.IGNORECASE)

_DAY_NAME = re.compile(r"(?:.*_)?(?:day|date)|when")
_DAY = re.compile(
    r"(?:the |which |what |on )*(?:\w+ )?(?:day|date)\b(?!.*\btime\b)|.{0,6}(?:日期|哪一?天)", re.IGNORECASE
)
_NO_DAY = re.compile(r"birth|born|weekday|of (?:the )?week|星期几|周几|\brates?\b|出生|生日", re.IGNORECASE)
_EXACT_DAY = re.compile(r"\d{4}-\d\d-\d\d|YYYY|ISO|年-月", re.IGNORECASE)

_MONEY = re.compile(r"\bcurrenc(?:y|ies)\b|(?<!加密)货币|币种", re.IGNORECASE)
_NO_MONEY = re.compile(r"crypto|symbol|countr|amount|\bpair\b|\bname\b|加密|符号|国家|金额|名称", re.IGNORECASE)
_OTHER_MONEY = re.compile(r"¥|pesos?\b|kron|crown|franc|\bwon\b|(?<![美欧日港澳加韩])[元块]", re.IGNORECASE)
"""Money of which it is not said whose."""

_TEXT_NAME = re.compile(r"(?:.*_)?(?:text|message|content|body|phrase|sentence|words|note|caption)")
_NO_TEXT = re.compile(r"translated|translation|output|result|译文|结果", re.IGNORECASE)

_UNITS = tuple(
    (
        re.compile(rf"\A(?:\w+ )*(?:{en}):|\b(?:in|of|many|as) (?:whole )?(?:{en})\b|(?<![每第\d]){zh}", re.IGNORECASE),
        size,
    )
    for en, zh, size in (("seconds?|secs?", "秒", 1), ("minutes?|mins?", "分钟", 60), ("hours?|hrs?", "小时", 3600))
)
_NO_LENGTH = re.compile(r"\b(?:per|every|each|past|hour of|o'?clock|rate|speed)\b|[每/几]|点钟|\d+.hour", re.IGNORECASE)
_LONGER = re.compile(
    r"\b(?:weeks?|fortnight|months?|years?|couple|few|several|in a quarter)\b|[一两二三四\d]个?(?:周|星期|月|年)|几",
    re.IGNORECASE,
)


def mended(given: Mapping[str, Any], known: Mapping[str, Schema], request: str) -> dict[str, Any]:
    """Arguments, those that a request mentions otherwise set right.

    Where several parameters are of one kind (a start and an end), nothing is guessed.

    Args:
        given: As the model gave them; empty text of an optional one is as good as none.
        known: The parameters, as JSON schemas.

    Example:
        >>> mended({"time": "04:30"}, {"time": {"type": "string"}}, "下午四点半叫我")
        {'time': '16:30'}
    """
    found = dict(given)
    if len(request) > _LONG:
        return found
    kinds = {name: _kind(name, schema) for name, schema in known.items() if not _FIXED & schema.keys()}
    for name, kind in kinds.items():
        others = [one for other, one in found.items() if other != name]
        alone = [*kinds.values()].count(kind) == 1
        value = _mend(kind, _told(name, known[name]), found.get(name), request, others, alone)
        if value is not None and (known[name].get("type") != "integer" or value == int(value)):
            found[name] = value
    return found


def _mend(kind: str, told: str, value: Any, request: str, others: Sequence[Any], alone: bool) -> Any:
    """Another value, or None to leave it."""
    if kind == "length":
        return _length(value, told, request) if alone else None
    if not (value is None or isinstance(value, str)):
        return None
    match kind:
        case "time":
            return _time(value or "", request, alone)
        case "day":
            return _day(value or "", told, request, others) if alone else None
        case "currency":
            return _currency(value or "", request, others, alone)
        case "text":
            return _quoted(value or "", request, others) if alone else None
    return None


def _told(name: str, schema: Schema) -> str:
    return f"{name.replace('_', ' ')}: {schema.get('description', '')}"


def _kind(name: str, schema: Schema) -> str:
    told, name = _told(name, schema), name.lower()
    if schema.get("type") in ("number", "integer"):
        return "length" if _unit(told) and not _NO_LENGTH.search(told) else ""
    if schema.get("type") != "string":
        return ""
    if _TEXT_NAME.fullmatch(name):
        return "" if _NO_TEXT.search(told) else "text"
    if _MONEY.search(told) and not _NO_MONEY.search(told):
        return "currency"
    if _TIME.search(told) and not _NO_TIME.search(told):
        return "" if _AS_SAID.search(told) else "time"
    day = _DAY_NAME.fullmatch(name) or _DAY.match(str(schema.get("description", "")))
    return "day" if day and not _NO_DAY.search(told) and not _EXACT_DAY.search(told) else ""


def _unit(told: str) -> int:
    """Seconds of the unit in which a parameter wants a length of time; 0 where it is something else."""
    found = [size for unit, size in _UNITS if unit.search(told)]
    return found[0] if len(found) == 1 else 0


def _time(value: str, request: str, alone: bool) -> str | None:
    said, meant = times(request), times(value)
    if days(value) or (value and len(meant) != 1 and not _CLOCK.fullmatch(value.strip())):
        return None
    if meant and meant[0] in said:
        return None if value.startswith(meant[0]) else meant[0]
    if len(said) != 1 or not alone or (value and not meant and not re.search(r"\d", value)):
        return None
    other_half = bool(meant) and meant[0][3:] == said[0][3:] and abs(int(meant[0][:2]) - int(said[0][:2])) == 12
    if meant and not other_half and lengths(request):
        return None  # half an hour before seven
    sure = said[0] >= "13:00" or bool(_MORNING.search(request)) or (said[0] < "05:00" and bool(_NIGHT.search(request)))
    if not sure and (not value or other_half):
        return None  # "dinner at seven" may well be 19:00
    return said[0]


def _day(value: str, told: str, request: str, others: Sequence[Any]) -> str | None:
    taken = {one.casefold() for one in others if isinstance(one, str)}
    said = [one for one in days(request) if one.casefold() not in taken]
    if len(said) != 1 or _in(said[0], value):
        return None
    if not _AS_SAID.search(told) and (re.search(r"\d{4}|\d[-/.]\d", value) or (value and _in(value, request))):
        return None
    return said[0]


def _currency(value: str, request: str, others: Sequence[Any], alone: bool) -> str | None:
    said, meant = currencies(request), currencies(value)
    if len(meant) > 1 or (value and not meant and len(value) > 4) or (not value and not alone):
        return None
    if meant and meant[0] in said:
        return meant[0]
    if meant and _OTHER_MONEY.search(request):
        return None
    taken = {code for one in others if isinstance(one, str) for code in currencies(one)}
    free = [code for code in said if code not in taken]
    return free[0] if len(free) == 1 else None


def _length(value: Any, told: str, request: str) -> float | None:
    said = [one / _unit(told) for one in dict.fromkeys(lengths(request))]
    if isinstance(value, bool) or not isinstance(value, int | float) or len(said) != 1 or _LONGER.search(request):
        return None
    return int(said[0]) if said[0].denominator == 1 else float(said[0])


def _quoted(value: str, request: str, others: Sequence[Any]) -> str | None:
    """What is quoted, in the place of words that nobody said."""
    said = [one for one in quotations(request) if one not in others]
    if len(said) != 1 or len(value) < len(said[0]) / 2:
        return None
    return None if _in(value, request) or _in(said[0], value) else said[0]


def _in(part: str, whole: str) -> bool:
    return part.casefold() in whole.casefold()
