"""Values held against Shapes: a form a person filled in, the fields a model extracted."""

import json
import math
from collections.abc import Mapping
from typing import Any

from ...tools.base.suggest import did_you_mean
from .shapes import Shape
from .shapes import bounds as bounds

WANTED = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "list": "a list",
    "object": "an object",
}
YES = frozenset("yes y true 1 是 好 对 同意 可以".split())
NO = frozenset("no n false 0 否 不 不是 不同意 不可以".split())


class Misfit(ValueError):
    """A value that does not fit its shape: which, why, and the way out."""

    def __init__(self, where: str, problem: str, hint: str = "") -> None:
        super().__init__(f"{where!r} {problem}" if where else problem)
        self.where, self.hint = where, hint


def filled(form: Mapping[str, Shape], given: Any, where: str = "") -> dict[str, Any]:
    """The fields of a form in its order, whole numbers as int and other numbers as float; defaults where none is given.

    Raises:
        Misfit: a field is missing, unknown, or does not fit.
    """
    if not isinstance(given, Mapping):
        raise Misfit(where, f"must be an object, and is {_short(given)}" if where else f"{_short(given)} is no object")
    for name in given:
        if name not in form:
            raise Misfit(_join(where, str(name)), "is no field of it", did_you_mean(str(name), form))
    return {name: _field(shape, given, name, _join(where, name)) for name, shape in form.items()}


def _field(shape: Shape, given: Mapping[str, Any], name: str, where: str) -> Any:
    if name in given:
        return fitted(shape, given[name], where)
    if shape.default is not None:
        return shape.default
    raise Misfit(where, "is missing", f"It must be {WANTED[shape.type]}")


def fitted(shape: Shape, value: Any, where: str) -> Any:
    """The value as its shape wants it.

    Raises:
        Misfit: it does not fit.
    """
    match shape.type, value:
        case "string", str():
            if shape.enum and value not in shape.enum:
                raise Misfit(where, f"cannot be {_short(value)}", did_you_mean(value, shape.enum))
            return value
        case "boolean", bool():
            return value
        case "integer" | "number", int() | float() if not isinstance(value, bool):
            return _number(shape, value, where)
        case "list", list() | tuple():
            if shape.items is None:
                return list(value)
            return [fitted(shape.items, item, f"{where}[{i}]") for i, item in enumerate(value)]
        case "object", Mapping():
            return filled(shape.fields, value, where) if shape.fields else dict(value)
        case _:
            raise Misfit(where, f"must be {WANTED[shape.type]}, and is {_short(value)}")


def _number(shape: Shape, value: int | float, where: str) -> int | float:
    if not math.isfinite(value) or (shape.type == "integer" and value != int(value)):
        raise Misfit(where, f"must be {WANTED[shape.type]}, and is {_short(value)}")
    if (shape.minimum is not None and value < shape.minimum) or (shape.maximum is not None and value > shape.maximum):
        raise Misfit(where, f"cannot be {_short(value)}", f"It must be {bounds(shape)}")
    return int(value) if shape.type == "integer" else float(value)


def typed(shape: Shape, text: str, where: str) -> Any:
    """A value from what a person typed: yes and no, numbers, lists with commas or as JSON, objects as JSON.

    Raises:
        Misfit: it does not fit.
    """
    text = text if shape.type == "string" else text.strip()
    match shape.type:
        case "string":
            return fitted(shape, _choice(shape, text), where)
        case "boolean":
            if text.lower() in YES | NO:
                return text.lower() in YES
        case "integer" | "number":
            try:
                return fitted(shape, int(text) if text.lstrip("+-").isdecimal() else float(text), where)
            except (ValueError, OverflowError) as error:
                if isinstance(error, Misfit):
                    raise
        case "list" if not text.startswith("["):
            parts = [part.strip() for part in text.replace("，", ",").split(",") if part.strip()]
            return [typed(shape.items, part, f"{where}[{i}]") if shape.items else part for i, part in enumerate(parts)]
        case _:
            return fitted(shape, _json(text), where)
    raise Misfit(
        where, f"must be {'yes or no' if shape.type == 'boolean' else WANTED[shape.type]}, and is {_short(text)}"
    )


def _choice(shape: Shape, text: str) -> str:
    """One of several texts, however its letters are written."""
    return next((one for one in shape.enum if one.lower() == text.strip().lower()), text)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _join(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _short(value: Any) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
