"""Sets of tools that come from elsewhere: their names made valid, some of them chosen, several put side by side."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import Field, ValidationError, model_validator

from .checked import Strict
from .errors import InputError
from .suggest import did_you_mean
from .tool import Tool

MAX_TOOLS = 64
"""In one set: more of them no model can choose from, and naming the useful ones is the way out."""
T = TypeVar("T")


class SetSettings(Strict):
    """What stands under a workflow's `tools` for a set: where it comes from, and which of its tools are meant."""

    openapi: str = Field(default="", description="the service of app.yaml whose operations become tools")
    mcp: str = Field(default="", description="the MCP server of app.yaml that offers the tools")
    only: tuple[str, ...] = Field(default=(), description="the tools that are meant; all of them by default")

    @model_validator(mode="after")
    def _is_one_set(self) -> "SetSettings":
        if bool(self.openapi) == bool(self.mcp):
            raise ValueError("write either openapi: SERVICE or mcp: SERVER")
        return self


def is_set(settings: Mapping[str, Any]) -> bool:
    """Whether what stands under `tools` in a workflow is a set of tools."""
    return "openapi" in settings or "mcp" in settings


def set_of(name: str, values: Mapping[str, Any]) -> SetSettings:
    """What stands under a workflow's `tools` for the set called `name`.

    Raises:
        InputError: it is wrong.
    """
    try:
        return SetSettings.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        problem = first["msg"].removeprefix("Value error, ")
        hint = f"Known: {', '.join(SetSettings.model_fields)}" if first["type"] == "extra_forbidden" else ""
        problem = f"{where}: {problem[0].lower()}{problem[1:]}" if where else problem
        raise InputError(problem, at=f"tools.{name}", hint=hint) from None


def valid_name(text: str) -> str:
    """A name as files and models of all makers take it: small Latin letters, digits and _; at most 64 characters.

    >>> valid_name("getPetById"), valid_name("GET /pets/{id}"), valid_name("42")
    ('get_pet_by_id', 'get_pets_id', 'tool_42')
    """
    parted = re.sub(r"([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])", _parted, text)
    name = re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_")
    return (name if name[:1].isalpha() else f"tool_{name}".rstrip("_"))[:64]


def _parted(found: re.Match[str]) -> str:
    return f"{found[1]}_{found[2]}" if found[1] else f"{found[3]}_"


def distinct(names: Iterable[str]) -> list[str]:
    """The same names, with a number behind those that were there before."""
    seen: set[str] = set()
    made = []
    for name in names:
        one, number = name, 2
        while one in seen:
            one, number = f"{name[:60]}_{number}", number + 1
        seen.add(one)
        made.append(one)
    return made


def chosen(offered: Mapping[str, T], only: Sequence[str], at: str) -> dict[str, T]:
    """Those that `only` names, or all.

    Raises:
        InputError: there is none of such a name, or more than MAX_TOOLS are left.
    """
    for name in only:
        if name not in offered:
            raise InputError(f"it offers no tool {name!r}", at=at, hint=did_you_mean(name, offered))
    left = {name: one for name, one in offered.items() if not only or name in only}
    if len(left) > MAX_TOOLS:
        some = ", ".join([*left][:8])
        hint = f"Name those you need: only: [{some}, ...]"
        raise InputError(f"it offers {len(left)} tools, and an agent takes at most {MAX_TOOLS} of it", at=at, hint=hint)
    return left


def side_by_side(own: Mapping[str, Tool], sets: Mapping[str, Iterable[Tool]]) -> dict[str, Tool]:
    """Single tools and those of several sets, by name.

    A single tool keeps its name, whatever a set brings along. Of the sets' tools those that share a name, with each
    other or with a single one, are called by the set's name and their own: `shop_search`, `library_search`.
    """
    every = [(of, one) for of, tools in sets.items() for one in tools]
    times = Counter([*own, *(one.name for _, one in every)])
    names = distinct([*own, *(f"{of}_{one.name}"[:64] if times[one.name] > 1 else one.name for of, one in every)])
    named = zip(names[len(own) :], every, strict=True)
    return {**own, **{name: one if one.name == name else replace(one, name=name) for name, (_, one) in named}}
