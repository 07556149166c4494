"""Whether a value fits the place it is written to, and what to do where it does not."""

import re
from datetime import datetime
from typing import Any

from ....tools.base.patterns import DURATION
from ....tools.base.suggest import did_you_mean
from ..expressions import Compiled, Expression, ExpressionError, Literal
from ..shapes import ANY, Difference, Type, as_type, bounds, difference, fits, type_of

Misfit = tuple[str, str, str]
"""Problem, hint, code."""
_DURATION = re.compile(DURATION)
_CONVERT = {
    ("integer", "string"): "Write string(...) around it",
    ("number", "string"): "Write string(...) around it",
    ("boolean", "string"): "Write string(...) around it",
    ("time", "string"): "Write string(...) around it",
    ("duration", "string"): "Write string(...) around it",
    ("string", "integer"): "Write int(...) around it",
    ("number", "integer"): "Write int(...) around it, which cuts off what is behind the point",
    ("string", "number"): "Write double(...) around it",
    ("string", "boolean"): "Compare it with something: {} == 'yes'",
    ("integer", "boolean"): "Compare it with something: {} > 0",
    ("list", "boolean"): "Compare its size: size({}) > 0",
    ("list", "integer"): "Write size(...) around it for how many there are",
    ("object", "string"): "Write one of its fields",
}


def misfit(compiled: Compiled, wanted: Type, *, nullable: bool = False, place: str = "") -> Misfit | None:
    """What stands against a value where another type is wanted.

    Args:
        nullable: Whether a literal null is taken, too.
        place: What the value is for, in a sentence: "the state field 'tries'".
    """
    if isinstance(compiled, Literal):
        return _misfit_of_literal(compiled.value, wanted, nullable, place)
    given = compiled.type
    if wanted.name == "any":
        return _not_plain(given) if given.name in _NOT_PLAIN else _misfit_of_constant(compiled, wanted, place)
    if not fits(given, wanted):
        return _wrong_type(compiled, wanted, place)
    strange = [one for one in given.enum if one not in wanted.enum] if wanted.enum else []
    if strange:
        return (
            f"it may become {strange[0]!r}, which is not allowed there",
            did_you_mean(strange[0], wanted.enum),
            "E206",
        )
    return _misfit_of_constant(compiled, wanted, place)


def _misfit_of_literal(value: Any, wanted: Type, nullable: bool, place: str) -> Misfit | None:
    if wanted.name == "any":
        return None if value is not None or nullable else _NULL
    if wanted.name == "audio":
        return _wrong_literal(value, wanted, place)
    found = difference(value, wanted)
    if found is None:
        return None
    if found.is_missing:
        return f"it has no field {found.where.lstrip('.')!r}, which is wanted", "", "E508"
    if found.where:
        told, hint, code = _wrong_literal(found.value, found.wanted, f"{found.where.lstrip('.')!r} of {place or 'it'}")
        return (told if found.value is None or not found.is_outside else f"{_inner(found)}: {told}"), hint, code
    return _wrong_literal(value, wanted, place)


def _inner(found: Difference) -> str:
    return f"in {found.where.lstrip('.')!r}"


def _misfit_of_constant(compiled: Compiled, wanted: Type, place: str) -> Misfit | None:
    """An expression that reads nothing always comes to the same, which is looked at as if it were written there."""
    if compiled.reads or (isinstance(compiled, Expression) and compiled.compiled is None):
        return None
    try:
        value = compiled({})
    except ExpressionError as error:
        return error.problem, error.hint, "E503"
    return _misfit_of_literal(value, wanted, True, place)


def misfit_of_writing(compiled: Compiled, name: str, field: Any) -> Misfit | None:
    """What stands against a value that is written to a state field."""
    type_ = as_type(field)
    if field.reduce == "add":
        type_ = Type(type_.name)  # the bounds are those of the sum
    problem = misfit(compiled, type_, place=f"the state field {name!r}")
    if problem is not None and field.reduce in ("append", "union") and type_.name == "list":
        if misfit(compiled, type_.items or ANY) is None:
            return None
        told, hint, code = problem
        return told, hint or f"{name!r} takes an item, or a list of items", code
    return problem


_NOT_PLAIN = frozenset(("null", "time", "duration", "bytes"))
_NULL: Misfit = ("a value is never null", 'Write "", 0, false or [] for nothing', "E508")
_NAMES = {"time": "timestamp", "any": "value of any type"}


def shown(type_: Type) -> str:
    """A type in a sentence."""
    name = str(type_)
    return _NAMES.get(name, name)


def _not_plain(given: Type) -> Misfit:
    if given.name == "null":
        return _NULL
    return f"a {shown(given)} is no plain value", "Write string(...) around it", "E508"


def _wrong_type(compiled: Compiled, wanted: Type, place: str) -> Misfit:
    given = compiled.type
    if given.name == "null":
        return _NULL
    told = f"this is {_article(given)}, and {_wanted(wanted, place)}"
    missing = [name for name in wanted.fields or {} if name not in (given.fields or {})]
    if given.name == wanted.name == "object":
        if missing:
            return f"it has no field {missing[0]!r}, which is wanted", "", "E508"
        name, inner = next((n, t) for n, t in (wanted.fields or {}).items() if not fits((given.fields or {})[n], t))
        have = shown((given.fields or {})[name])
        return f"its field {name!r} is of the type {have}, and {_article(inner)} is wanted", "", "E508"
    text = getattr(compiled, "text", "")
    hint = _CONVERT.get((given.name, wanted.name), "").format(text or "it")
    if wanted.name == "list" and given == (wanted.items or ANY):
        hint = f"Write a list of one: [{text}]" if text else ""
    return told, hint, "E508"


def _wrong_literal(value: Any, wanted: Type, place: str) -> Misfit:
    if value is None:
        return _NULL
    if value is not None and difference(value, Type(wanted.name)) is None and bounds(wanted):
        return f"{_short(value)} is out of bounds", f"It must be {bounds(wanted)}", "E508"
    if isinstance(value, str) and wanted.enum:
        return f"it cannot be {_short(value)}", did_you_mean(value, wanted.enum), "E206"
    if wanted.name == "audio":
        return f"{_short(value)} is no recording", "Write an expression for one: ${input.audio}", "E508"
    hint = ""
    if isinstance(value, str):
        hint = "Write it without quotes" if _reads_as(value, wanted) else ""
        hint = (
            hint or f'Write it as an expression: "${{{value}}}"' if re.match(r"(state|input|result)\.", value) else hint
        )
    elif wanted.name == "string" and isinstance(value, int | float):
        hint = f'Quote it: "{str(value).lower() if isinstance(value, bool) else value}"'
    return f"{_short(value)} is {_article(type_of(value))}, and {_wanted(wanted, place)}", hint, "E508"


def _reads_as(value: str, wanted: Type) -> bool:
    pattern = {"integer": r"-?\d+", "number": r"-?\d+(\.\d+)?", "boolean": "true|false"}.get(wanted.name)
    return pattern is not None and re.fullmatch(pattern, value) is not None


def _wanted(type_: Type, place: str) -> str:
    return f"{place} is {_article(type_)}" if place else f"{_article(type_)} is wanted"


def _article(type_: Type) -> str:
    name = shown(type_)
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _short(value: Any) -> str:
    text = {True: "true", False: "false"}.get(value, "") if isinstance(value, bool) else repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def clock_problem(key: str, value: str) -> tuple[str, str] | None:
    """What is wrong with the literal of a wait: `for` a length of time, `until` a moment."""
    if "${" in value:
        return None
    if key == "for":
        good = _DURATION.fullmatch(value) is not None
        return None if good else (f"{value!r} is no length of time", "Write it like 500ms, 20s, 5m, 2h or 30d")
    if key != "until":
        return None
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return f"{value!r} is no moment", "Write it like 2026-12-01T08:00:00+01:00"
    return None
