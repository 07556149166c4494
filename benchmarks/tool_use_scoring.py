"""What a first decision about tools is worth: pure, so that every figure can be recomputed from the records.

What is accepted for an argument stands in the requests: a value; a list of values, any of which is right; or
{"contains": [...]}, key words that must all be there, each with its alternatives between bars;
{"time": "16:00"}, however that is written; {"value": "46.6"}, an expression that comes to it, to the cent.
Arguments that a request does not name may be anything; those a call leaves out have the function's defaults.
"""

import inspect
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from antiphon.tools.base.errors import InputError
from antiphon.tools.base.tool import tool as as_tool
from antiphon.tools.calculator.spoken_numbers import with_figures
from antiphon.workflows.compare.statistics import wilson

Functions = Mapping[str, Callable[..., Any]]
_LATE = re.compile(r"p\.?\s?m\b|下午|晚上|傍晚|evening|afternoon", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,2})\s*(?:[:：.点时h]\s*(\d{1,2}|半)?)?")


@dataclass(frozen=True, slots=True)
class Score:
    """Of one request; `tool` and `arguments` only count where one is needed, `none` where none is."""

    valid: bool
    tool: bool
    arguments: bool
    none: bool


def score(item: Mapping[str, Any], record: Mapping[str, Any], functions: Functions) -> Score:
    """Score one record: `called` (a name or None), `arguments`, `invalid` (what was wrong before it, or "")."""
    called, given = record["called"], record["arguments"] or {}
    valid = not record["invalid"] and (called is None or is_valid(called, given, functions))
    right = item["tool"] is not None and called == item["tool"]
    return Score(valid, right, right and valid and matches(item, given, functions), called is None)


def is_valid(called: str, given: Mapping[str, Any], functions: Functions) -> bool:
    """Whether there is such a tool, and it takes these arguments."""
    if called not in functions:
        return False
    try:
        as_tool(functions[called]).checked(given)
    except InputError:
        return False
    return True


def matches(item: Mapping[str, Any], given: Mapping[str, Any], functions: Functions) -> bool:
    """Whether every argument that the request names is one that is accepted."""
    named = inspect.signature(functions[item["tool"]]).parameters.items()
    defaults = {name: one.default for name, one in named if one.default is not inspect.Parameter.empty}
    full = {**defaults, **given}
    return all(name in full and accepted(wanted, full[name]) for name, wanted in item["arguments"].items())


def accepted(wanted: Any, given: Any) -> bool:
    """Whether a value is as wanted; case, spaces and punctuation at its ends do not count."""
    match wanted:
        case {"contains": [*words]}:
            text = plain(given)
            return all(any(plain(one) in text for one in word.split("|")) for word in words)
        case {"time": time}:
            return clock(str(given)) == clock(time)
        case {"value": value}:
            return _comes_to(str(given), str(value))
        case [*values]:
            return any(accepted(one, given) for one in values)
    number = _number(wanted)
    if number is not None:
        return _number(given) == number
    return plain(given) == plain(wanted)


def plain(value: Any) -> str:
    """A text for comparison."""
    text = unicodedata.normalize("NFKC", str(value)).casefold()
    return re.sub(r"\s+", " ", text).strip(" .,!?;:'\"。，！？“”《》")


def clock(text: str) -> tuple[int, int] | None:
    """Hour and minute of a time of day: 16:00, 4 pm, 下午四点半; None where it is none."""
    written = re.sub(r"half past (\d+)", r"\1:30", with_figures(unicodedata.normalize("NFKC", text).lower()))
    found = _CLOCK.search(written)
    if found is None:
        return None
    hour, minute = int(found[1]), 30 if found[2] == "半" else int(found[2] or 0)
    return (hour + 12 if _LATE.search(written) and hour < 12 else hour), minute


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value).replace(",", "").strip()).normalize()
    except InvalidOperation:
        return None


def _comes_to(expression: str, value: str) -> bool:
    from antiphon.tools.calculator.asking import understood

    try:
        found = understood(expression)
    except InputError:
        return False
    number = _number(found["result"]) if isinstance(found, dict) else None
    return number is not None and abs(number - Decimal(value)) < Decimal("0.01")


ROWS = ("valid at the first attempt", "right tool", "right arguments", "none where none is needed")


def shares(items: Sequence[Mapping[str, Any]], scores: Sequence[Score]) -> dict[str, tuple[int, int]]:
    """Hits and count of each row of the table; right arguments are of all requests that need a tool."""
    needing = [score for item, score in zip(items, scores, strict=True) if item["tool"] is not None]
    others = [score for item, score in zip(items, scores, strict=True) if item["tool"] is None]
    return {
        ROWS[0]: (sum(score.valid for score in scores), len(scores)),
        ROWS[1]: (sum(score.tool for score in needing), len(needing)),
        ROWS[2]: (sum(score.arguments for score in needing), len(needing)),
        ROWS[3]: (sum(score.none for score in others), len(others)),
    }


def table(items: Sequence[Mapping[str, Any]], scores: Sequence[Score]) -> str:
    """A row for each figure, a column for each language and for all, with Wilson's intervals (95 %)."""
    columns = {}
    for language in (*sorted({item["language"] for item in items}), "all"):
        chosen = [i for i, item in enumerate(items) if language in (item["language"], "all")]
        columns[language] = shares([items[i] for i in chosen], [scores[i] for i in chosen])
    lines = [f"{'':<28}" + "".join(f"{language:>28}" for language in columns)]
    for row in ROWS:
        lines.append(f"{row:<28}" + "".join(f"{_cell(*column[row]):>28}" for column in columns.values()))
    return "\n".join(lines)


def _cell(hits: int, count: int) -> str:
    if not count:
        return "-"
    low, high = wilson(hits, count)
    return f"{hits}/{count} {hits / count:.0%} ({low:.0%} to {high:.0%})"
