"""What nodes share as LangGraph channels: state fields with their reducers, and what blocks keep for themselves."""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

from ...tools.base.printable import shortened
from ..spec.cel_values import too_large
from ..spec.kinds.common import NodeBase
from ..spec.levels import Level
from ..spec.shapes import ANY, Difference, Type, as_type, begins_as, difference
from ..spec.types import Loop, Map, StateField, WorkflowSpec

NAMES, INDEX, VALUE, ENDED, PATH, VISITS = ".names", ".index", ".value", ".ended", ".path", ".visits"
"""Channels of a graph: the values of the names around it, the indices of the passes it is in, what it gives as a pass,
whether an `end` node in it has ended the whole workflow, what the paths of its steps begin with, and how often each of
its nodes has begun.

No field's name has a dot, so none can be hidden.
"""

RECURSION = 1_000_000
"""LangGraph's own limit, out of the way: a run's limits are counted in nodes, which mean something to people."""


def append(old: list[Any], new: Any) -> list[Any]:
    """A list grows by a list of items, or by one."""
    return [*old, *(new if isinstance(new, list | tuple) else (new,))]


def union(old: list[Any], new: Any) -> list[Any]:
    """A list grows by the items it does not have."""
    grown = list(old)
    for item in append([], new):
        if item not in grown:
            grown.append(item)
    return grown


def add(old: Any, new: Any) -> Any:
    """A number and another; or several, one after the other, as each of them is rounded."""
    for one in new if isinstance(new, list) else (new,):
        old = old + one
    return old


REDUCERS: Mapping[str, Callable[[Any, Any], Any]] = {
    "append": append,
    "add": add,
    "merge": lambda old, new: {**old, **new},
    "union": union,
    "max": lambda old, new: max(old, new),  # LangGraph asks for a signature, which the functions themselves have not
    "min": lambda old, new: min(old, new),
}


def joined(field: StateField, old: Any, new: Any) -> Any:
    """What a field is after a write."""
    return new if field.reduce == "last" else REDUCERS[field.reduce](old, new)


def added_to(name: str) -> str:
    """The channel of what a graph within another has written to a field that they share."""
    return f"{name}.added"


def addition(field: StateField, value: Any) -> Any:
    """What is written to a field, such that a second addition can be put to it with the field's own reducer."""
    return append([], value) if field.reduce in ("append", "union") else value


def fields_at(spec: WorkflowSpec, level: Level) -> dict[str, StateField]:
    """The state fields of a level: the workflow's, and those of the maps it is in."""
    fields = dict(spec.state)
    for around in reversed([*level.around()]):
        if isinstance(around.block, Map):
            fields |= around.block.state
    return fields


def beginning(fields: Mapping[str, StateField]) -> dict[str, Any]:
    """The fields before anything is written; no run shares a list with another."""
    return {name: deepcopy(begins_as(field)) for name, field in fields.items()}


def problem_with(field: StateField, value: Any, old: Any) -> tuple[str, str] | None:
    """Why a value must not be written to a field that is `old`: the end of a sentence, and the way out."""
    type_ = as_type(field)
    if field.reduce in ("append", "union") and not isinstance(value, list | tuple):
        type_ = type_.items or ANY
    found = difference(value, Type(type_.name) if field.reduce == "add" else type_)
    if found is None and field.reduce == "add" and old is not None:
        value = joined(field, old, value)
        found = difference(value, type_)
    if found is not None:
        return _told(as_type(field), value, found)
    large = too_large(value) or _too_large_together(field, value, old)
    return (f"would become too large: {large}", "Keep less of it") if large else None


def _too_large_together(field: StateField, value: Any, old: Any) -> str:
    if field.reduce not in ("append", "union", "merge") or old is None:
        return ""
    most = {**old, "": value} if field.reduce == "merge" else append(old, value)
    return too_large(most) and too_large(joined(field, old, value))


def _told(type_: Type, value: Any, found: Difference) -> tuple[str, str]:
    inner = found.where.lstrip(".")
    if found.is_missing:
        return f"is declared as {type_}, and {inner!r} is missing", ""
    if found.is_outside and found.allowed:
        whole = f"its {inner!r} would" if inner else "it would"
        return f"must be {found.allowed}, and {whole} become {shortened(repr(found.value))}", ""
    if inner:
        wanted = f"{inner!r} of it is declared as {found.wanted}"
        return f"is declared as {type_}, {wanted}, and would become {shortened(repr(found.value))}", ""
    return f"is declared as {type_}, and would become {shortened(repr(value))}", ""


@dataclass(frozen=True, slots=True)
class Channels:
    """What a graph holds.

    Attributes:
        fields: The state fields.
        reducers: How writes come together, by channel; of what is not here the last one counts.
        others: The names of the rest.
    """

    fields: Mapping[str, StateField]
    reducers: Mapping[str, Callable[[Any, Any], Any]]
    others: tuple[str, ...]

    @classmethod
    def of(cls, fields: Mapping[str, StateField], shared: Iterable[str], own: Iterable[str]) -> "Channels":
        """Those of a graph with these fields, some shared with the one around it, and these of its blocks."""
        reducers = {name: REDUCERS[field.reduce] for name, field in fields.items() if field.reduce != "last"}
        added = [*shared]
        reducers |= {added_to(name): reducers[name] for name in added if name in reducers}
        reducers |= {name: _gathered for name in own if name.endswith(".given")} | {VISITS: _visited}
        others = (*map(added_to, added), NAMES, INDEX, VALUE, ENDED, PATH, *own)
        return cls(fields, reducers, others)

    def state_type(self, name: str) -> type:
        """The type of the graph's state, for LangGraph.

        `Any` keeps it from beginning a channel with an empty value of its own: every field is given one.
        """
        channels: dict[str, Any] = dict.fromkeys((*self.fields, *self.others), Any)
        channels |= {channel: Annotated[Any, reducer] for channel, reducer in self.reducers.items()}
        return TypedDict(name, channels)  # type: ignore[operator,no-any-return]

    def after(self, state: Mapping[str, Any], update: Mapping[str, Any]) -> dict[str, Any]:
        """The state when this has been written."""
        reducers, now = self.reducers, {**state}
        for name, value in update.items():
            now[name] = reducers[name](now[name], value) if name in reducers and name in now else value
        return now

    def join(self, whole: dict[str, Any], update: Mapping[str, Any]) -> None:
        """Put one update to several others, such that they come to what they do one after the other."""
        for name, value in update.items():
            field = self.fields.get(name)
            reduce = "last" if field is None else field.reduce
            match reduce:
                case "append":
                    whole.setdefault(name, []).extend(append([], value))
                case "add":
                    whole.setdefault(name, []).append(value)
                case _ if name in whole and name in self.reducers:
                    whole[name] = self.reducers[name](whole[name], value)
                case _:
                    whole[name] = append([], value) if reduce == "union" else value


def _gathered(old: list[Any] | None, new: list[Any] | None) -> list[Any]:
    """What the passes of a map give, each when it is done; None begins anew."""
    return [] if new is None else [*(old or []), *new]


def _visited(old: Mapping[str, int], new: Mapping[str, int]) -> dict[str, int]:
    return {**old, **new}


def own_channels(name: str, node: NodeBase) -> list[str]:
    """What a block keeps in the state of the graph it is in; `name` is its full name."""
    match node:
        case Loop():
            return [f"{name}.pass"]
        case Map():
            return [f"{name}.began", f"{name}.given"]
        case _:
            return []
