"""A value as plain data: what JSON can hold, and of everything else its text."""

from __future__ import annotations

from _json import encode_basestring_ascii as quoted
from math import isfinite

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` would be imported at each start
    from typing import Any

DEEPEST, MOST, LONGEST = 24, 100_000, 200_000
"""Levels of nesting, items in all, characters in all; past them a value is told as text, cut."""
WIDEST = 1 << 63


class TooMuch(Exception):
    """There is no end to a value."""


def told(value: Any) -> Any:
    """Plain data for a value; its `repr`, cut, where there is none."""
    try:
        return _plain(value, 0, [MOST, LONGEST])
    except (TooMuch, RecursionError, MemoryError):
        return shown(value)


def shown(value: Any) -> str:
    """`repr`, cut; what it is where even that fails."""
    try:
        text = repr(value)
    except BaseException:  # code of the value's own
        return f"<{type(value).__name__}>"
    return text if len(text) <= 10_000 else text[:10_000] + " ..."


def _plain(value: Any, depth: int, left: list[int]) -> Any:
    left[0] -= 1
    if depth > DEEPEST or left[0] < 0 or left[1] < 0:
        raise TooMuch
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is int:
        return value if -WIDEST <= value < WIDEST else _long(value)
    if kind is float:
        return value if isfinite(value) else repr(value)
    if kind is str:
        left[1] -= len(value)
        return value
    if kind in (list, tuple):
        return [_plain(item, depth + 1, left) for item in value]
    if kind is dict:
        return {_key(key, left): _plain(item, depth + 1, left) for key, item in value.items()}
    if kind.__module__ == "numpy" and callable(getattr(value, "tolist", None)):
        return _plain(value.tolist(), depth + 1, left)
    text = shown(value)
    left[1] -= len(text)
    return text


def _key(key: Any, left: list[int]) -> str:
    text = key if type(key) is str else shown(key)
    left[1] -= len(text)
    return text


def _long(number: int) -> str:
    try:
        return str(number)
    except ValueError:  # more digits than Python writes
        return f"an integer of {number.bit_length()} bits"


def as_json(value: Any) -> str:
    """Plain data as JSON in one line; the module `json` would double the time of the start."""
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return f"[{','.join(map(as_json, value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{quoted(key)}:{as_json(item)}' for key, item in value.items())}}}"
    return repr(value)
