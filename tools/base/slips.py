"""Hints for slips of the keyboard and for habits from other formats, where a file's shape is wrong."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .suggest import did_you_mean

_WIDE = re.compile("[\u3000\u00a0]")
_UNITS = "(ms|s|m|h|d)"


def key_hint(key: str, known: Sequence[str], elsewhere: Mapping[str, str]) -> str:
    """The way out of an unknown key; `elsewhere` says what other formats mean by it."""
    if key == "<<":
        return "YAML 1.2 has no merge keys: write the keys out, or repeat a whole value with *name"
    if _WIDE.search(key):
        return "Indent with ordinary spaces: wide ones are part of the key"
    if "：" in key:
        return "Write an ordinary colon and a space, key: value"
    return elsewhere.get(key) or (did_you_mean(key, known) if known else "Remove it")


def value_hint(given: Any, wanted: Sequence[str], place: Any) -> str:
    """The way out of a value of the wrong type; `place` is the annotation of where it stands, "" is no way out."""
    if isinstance(given, bool | int | float) and "a text" in wanted:
        lasts = _UNITS in repr(place) and not isinstance(given, bool)
        return f"Write its unit, too: {given}s" if lasts else "Put it into quotes"
    if "keys with values" in wanted:
        if isinstance(given, str) and "：" in given:
            return "Write an ordinary colon and a space, key: value"
        if isinstance(given, list) and "a text" not in wanted:
            return "Write each under a key, without the dash or the brackets: key: value"
    return ""
