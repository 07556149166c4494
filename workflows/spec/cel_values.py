"""What comes out of an expression: plain values of JSON, of a size that a run can carry, and never null."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from .cel_text import Token, tokens

MAX_TEXT = 1_000_000
"""Characters of one text."""
MAX_CHARACTERS = 10_000_000
"""Characters of all texts of a list or an object."""
MAX_VALUES = 100_000
"""Values of a list or an object, with everything inside."""
MAX_DEPTH = 100
"""Lists and objects within one another."""
MAX_WORK = 200_000_000
"""Characters that replace and join may come to before their outcome can be looked at."""
_NONE = 'Fields are never null: write "", 0, false or []'
_STRING = "Write string(...) around it"
_STRANGE: Mapping[str, tuple[str, str]] = {
    "TIMESTAMP": ("a timestamp", _STRING),
    "DURATION": ("a duration", _STRING),
    "BYTES": ("bytes", _STRING),
    "NULL": ("null", _NONE),
    "TYPE": ("the name of a type", "Write a value"),
}
_KEYS: Mapping[str, str] = {"INT": "an integer", "UINT": "an integer", "BOOL": "a boolean"}


class NotPlain(ValueError):
    """A value that may not come out of an expression: why, and the way out."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.hint = hint


def strange_type(name: str) -> tuple[str, str] | None:
    """What is no plain value in a type as CEL writes it, `LIST<TIMESTAMP>`: a problem and a hint."""
    key = re.search(r"MAP<(INT|UINT|BOOL)\b", name)
    if key:
        told = f"the keys of an object are texts, and one here is {_KEYS[key[1]]}"
        return told, "Write the key in quotes, or string(...) around it"
    inside = re.search(r"\b(TIMESTAMP|DURATION|BYTES|NULL|TYPE)\b", name)
    if inside is None or (inside.start() == 0 and inside[0] != "TYPE"):
        return None  # a whole value that is a moment or null is told with what is wanted in its place
    what, hint = _STRANGE[inside[0]]
    return f"{what} stands in it, which is no plain value" if inside.start() else f"{what} is no plain value", hint


def plain(value: Any, given: Any) -> Any:
    """A value as JSON has it; the keys of objects in the order of the alphabet, for CEL keeps none.

    A null within it passes only where there is one in what was `given`: a tool's answer may hold some.

    Raises:
        NotPlain: it is none, or too large.
    """
    problem = too_large(value)
    if problem:
        raise NotPlain(problem, "Keep less of it")
    return _plain(value, nulls=value is not None and _has_null(value) and _has_null(given))


def _has_null(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_null, value.values()))
    return any(map(_has_null, value)) if isinstance(value, list | tuple) else value is None


def _plain(value: Any, *, nulls: bool) -> Any:
    match value:
        case None if nulls:
            return None
        case bool() | int() | str():
            return value
        case float():
            if not math.isfinite(value):
                raise NotPlain(f"{value:g} is no number", "Look at the divisor before dividing")
            return value
        case list():
            return [_plain(item, nulls=nulls) for item in value]
        case dict():
            wrong = next((key for key in value if not isinstance(key, str)), None)
            if wrong is not None:
                raise NotPlain(f"the keys of an object are texts, and one here is {wrong!r}", "Write string(key)")
            return {key: _plain(value[key], nulls=nulls) for key in sorted(value)}
        case _:
            what, hint = _STRANGE[_kind(value)]
            raise NotPlain(f"it is or contains {what}, which is no plain value", hint)


def _kind(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case datetime():
            return "TIMESTAMP"
        case timedelta():
            return "DURATION"
        case bytes() | bytearray():
            return "BYTES"
        case _:
            return "TYPE"


def too_large(value: Any) -> str:
    """Why a value is larger than a run carries; "" where it is not."""
    if isinstance(value, str):
        return _long(value)
    characters = values = depth = 0
    within = [value]
    while within:
        if depth > MAX_DEPTH:
            return f"its lists and objects are nested more than {MAX_DEPTH} deep"
        depth += 1
        deeper: list[Any] = []
        for one in within:
            if isinstance(one, str):
                characters += len(one)
                if len(one) > MAX_TEXT:
                    return _long(one)
            elif isinstance(one, Mapping):
                characters += sum(len(key) for key in one if isinstance(key, str))
                values += len(one)
                deeper += one.values()
            elif isinstance(one, list | tuple):
                values += len(one)
                deeper += one
            if values > MAX_VALUES:
                return f"it has more than {MAX_VALUES:,} values"
        within = deeper
    told = f"its texts have {characters:,} characters; at most {MAX_CHARACTERS:,}"
    return told if characters > MAX_CHARACTERS else ""


def _long(text: str) -> str:
    return f"a text of {len(text):,} characters is too long; at most {MAX_TEXT:,}" if len(text) > MAX_TEXT else ""


def work(text: str, data: Mapping[str, Any]) -> float:
    """How many characters `replace` and `join` may come to at most on these values."""
    found = tokens(text)
    calls = [i for i, one in enumerate(found) if one.text in ("replace", "join") and _text(found, i + 1) == "("]
    if not calls:
        return 0
    sizes = {name: _characters(value) for name, value in data.items()}
    most = float(sum(sizes.values()) + len(text))
    for i in calls:
        first, second = _arguments(found, i + 2)
        if found[i].text == "join":
            most += most * _size(first, sizes, most)
        else:
            literal = first[0].text[1:-1] if len(first) == 1 and first[0].kind in ("string", "raw") else ""
            most += most * _size(second, sizes, most) / max(len(literal), 1)
    return most


def _text(found: Sequence[Token], i: int) -> str:
    return found[i].text if i < len(found) else ""


def _arguments(found: Sequence[Token], start: int) -> tuple[list[Token], list[Token]]:
    """The first two arguments of a call."""
    parts, depth = [list[Token](), list[Token](), list[Token]()], 0
    which = 0
    for token in found[start:]:
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if depth < 0:
            break
        if token.text == "," and not depth:
            which = min(which + 1, 2)
        else:
            parts[which].append(token)
    return parts[0], parts[1]


def _size(argument: Sequence[Token], sizes: Mapping[str, int], most: float) -> float:
    """The characters an argument comes to: those of a literal, of a field, else as many as there may be."""
    if len(argument) < 2 and all(one.kind in ("string", "raw") for one in argument):
        return len(argument[0].text) - 2 if argument else 0
    return sizes.get("".join(one.text for one in argument), most)


def _characters(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(_characters(one) + len(str(key)) for key, one in value.items())
    return sum(_characters(one) for one in value) if isinstance(value, list | tuple) else 20
