"""The small types every part of a workflow file is made of: names, texts, durations, and marks for values."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

from pydantic import StringConstraints

from ...tools.base.patterns import DURATION, NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    Many = Sequence
else:
    _T = TypeVar("_T")
    Many = tuple[_T, ...]
    """A tuple in every spec; whoever builds one in Python may write a list."""

Name = Annotated[str, StringConstraints(pattern=NAME)]
"""Names of nodes and fields: CEL reads `a-b` as a minus b, and knows no Chinese identifiers."""

Words = str | dict[str, str]
"""Text for people: one, or one for each language: {en: ..., zh: ...}."""

Duration = Annotated[str, StringConstraints(pattern=DURATION)]
"""A length of time: 500ms, 1.5s, 10m, 48h, 30d."""

END = "end"
RESERVED = frozenset({"state", "input", "result", "error", "true", "false", "null", "in"})
"""Names with a meaning of their own in expressions."""

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


def seconds(duration: str) -> float:
    """How long a Duration is.

    >>> seconds("1.5s"), seconds("2m")
    (1.5, 120.0)
    """
    number, unit = re.fullmatch(r"([0-9.]+)([a-z]+)", duration).groups()  # type: ignore[union-attr]
    return float(number) * _SECONDS[unit]


@dataclass(frozen=True, slots=True)
class Expects:
    """Marks a field of a node whose value may be an expression, or whose text is one.

    Attributes:
        type: What the value must be.
        form: `value`: a literal or "${...}"; `condition`: a bare CEL expression; `template`: Jinja text;
            `file`: the name of a file of Jinja text, beside the workflow.
        sees: Names beside `state` and `input` it may use.
    """

    type: str = "any"
    form: Literal["value", "condition", "template", "file"] = "value"
    sees: Literal["", "result", "error"] = ""
