"""Plain data: what a file, a state and a message can hold."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from math import isfinite
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from pydantic import BaseModel

MAX_DEPTH = 64


class NotPlain(TypeError):
    """A value that is no plain data.

    Attributes:
        where: Where it stands in the whole: `.days[0].when`; "" for the whole itself.
    """

    def __init__(self, value: Any, where: str) -> None:
        kind = type(value)
        name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        if isinstance(value, float) and not isfinite(value):
            name = "number that is not finite"
        super().__init__(name)
        self.where = where


def whole_text(text: str) -> str:
    """A text without lone halves of characters, which no file, database or expression can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def plain(value: Any, where: str = "") -> Any:
    """Text, numbers, truth values, None, lists and dicts of them, from what says the same in other types.

    Tuples become lists; dataclasses, Pydantic models and enumerations what they hold.

    Raises:
        NotPlain: anything else: a file, a date, an infinite number, a key that is no text, something that holds itself.
    """
    if where.count(".") + where.count("[") > MAX_DEPTH:
        raise NotPlain(value, where[:40] + "...")
    match value:
        case Enum():
            return plain(value.value, where)
        case None | bool():
            return value
        case str():
            return whole_text(str(value))
        case int():
            return int(value)
        case float() if isfinite(value):
            return float(value)
        case list() | tuple():
            return [plain(item, f"{where}[{i}]") for i, item in enumerate(value)]
        case _:
            return {name: plain(item, f"{where}.{name}") for name, item in _pairs(value, where)}


def _pairs(value: Any, where: str) -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise NotPlain(key, f"{where} (a key)")
        return list(value.items())
    if is_dataclass(value) and not isinstance(value, type):
        return [(field.name, getattr(value, field.name)) for field in fields(value)]
    if hasattr(type(value), "model_fields"):
        return list(cast("BaseModel", value).model_dump().items())
    raise NotPlain(value, where)
