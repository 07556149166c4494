"""Hints for slips of the keyboard and for habits from other formats, where a file's shape is wrong."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from .suggest import did_you_mean
from .written import models_of

WIDE = re.compile("[\u3000\u00a0]")
"""Spaces that are no indentation in YAML."""
_UNITS = "(ms|s|m|h|d)"


def key_hint(key: str, known: Sequence[str], elsewhere: Mapping[str, str]) -> str:
    """The way out of an unknown key; `elsewhere` says what other formats mean by it."""
    if key == "<<":
        return "YAML 1.2 has no merge keys: write the keys out, or repeat a whole value with *name"
    if WIDE.search(key):
        return "Indent with ordinary spaces: wide ones are part of the key"
    if "：" in key:
        return "Write an ordinary colon and a space, key: value"
    return elsewhere.get(key) or (did_you_mean(key, known) if known else "Remove it")


def instead(given: str, known: Collection[str], key: str, models: Iterable[type]) -> str:
    """The way out of a word that is none of those known; the types that are read there say what other formats mean."""
    meant = _meant(given, key, models)
    return f"Did you mean {meant!r}?" if meant in known else meant or did_you_mean(given, known)


def _meant(given: str, key: str, models: Iterable[type]) -> str:
    words: Iterable[Mapping[str, str]] = (getattr(model, "INSTEAD", {}).get(key, {}) for model in models)
    return next((found[given.lower()] for found in words if given.lower() in found), "")


def value_hint(given: Any, wanted: Sequence[str], place: Any, key: str) -> str:
    """The way out of a value of the wrong type, "" where there is none.

    Args:
        place: The annotation of where it stands.
        key: What it stands behind.
    """
    if isinstance(given, bool | int | float) and "a text" in wanted:
        lasts = _UNITS in repr(place) and not isinstance(given, bool)
        return f"Write its unit, too: {given}s" if lasts else "Put it into quotes"
    if "keys with values" in wanted:
        if isinstance(given, str) and "：" in given:
            return "Write an ordinary colon and a space, key: value"
        if isinstance(given, str) and (type_ := _type_named(given, models_of(place))):
            return f"Write {key}: {{type: {type_}}}"
        if isinstance(given, list) and "a text" not in wanted:
            return "Write each under a key, without the dash or the brackets: key: value"
    return ""


def _type_named(given: str, models: Sequence[type[BaseModel]]) -> str:
    """The type that a word names where its declaration should stand."""
    for model in models:
        if "type" in model.model_fields:
            known = get_args(model.model_fields["type"].annotation)
            meant = given if given in known else _meant(given, "type", [model])
            return meant if meant in known else ""
    return ""
