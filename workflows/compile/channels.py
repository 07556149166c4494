"""What nodes share as LangGraph channels: state fields with their reducers, and what blocks keep for themselves."""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, TypedDict

from ..spec.kinds.common import NodeBase
from ..spec.levels import Level
from ..spec.shapes import ANY, as_type, begins_as, holds
from ..spec.types import Loop, Map, StateField, WorkflowSpec

NAMES, INDEX, VALUE = ".names", ".index", ".value"
"""Channels of a map's pass: the values of its names, the indices of the passes it is in, and what it gives.

No field's name has a dot, so none can be hidden.
"""


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


REDUCERS: Mapping[str, Callable[[Any, Any], Any]] = {
    "append": append,
    "add": lambda old, new: old + new,
    "merge": lambda old, new: {**old, **new},
    "union": union,
    "max": max,
    "min": min,
}


def since(reduce: str, before: Any, after: Any) -> Any:
    """What a pass has added to a field it shares; None for nothing."""
    if after == before:
        return None
    match reduce:
        case "append":
            return after[len(before) :]
        case "add":
            return after - before
        case "merge":
            return {key: value for key, value in after.items() if key not in before or before[key] != value}
        case _:  # what is there already is not added twice
            return after


def fields_at(spec: WorkflowSpec, level: Level) -> dict[str, StateField]:
    """The state fields of a level: the workflow's, and those of the maps it is in."""
    fields = dict(spec.state)
    for around in reversed([*level.around()]):
        if isinstance(around.block, Map):
            fields |= around.block.state
    return fields


def beginning(fields: Mapping[str, StateField]) -> dict[str, Any]:
    """The fields before anything is written."""
    return {name: begins_as(field) for name, field in fields.items()}


def problem_with(field: StateField, value: Any) -> bool:
    """Whether a value must not be written to a field: its type is another one."""
    type_ = as_type(field)
    if field.reduce in ("append", "union") and not isinstance(value, list | tuple):
        return not holds(value, type_.items or ANY)
    return not holds(value, type_)


def state_type(name: str, fields: Mapping[str, StateField], own: Iterable[str]) -> type:
    """The type of a graph's state; `own` are the channels of its blocks.

    `Any` keeps LangGraph from beginning a channel with an empty value of its own: every field is given one.
    """
    channels: dict[str, Any] = {field: _channel(shape.reduce) for field, shape in fields.items()}
    channels |= dict.fromkeys((NAMES, INDEX, VALUE), Any)
    channels |= {channel: Annotated[Any, _gathered] if channel.endswith(".given") else Any for channel in own}
    return TypedDict(name, channels)  # type: ignore[operator,no-any-return]


def _channel(reduce: str) -> Any:
    return Any if reduce == "last" else Annotated[Any, REDUCERS[reduce]]


def _gathered(old: list[Any] | None, new: list[Any] | None) -> list[Any]:
    """What the passes of a map give, each when it is done; None begins anew."""
    return [] if new is None else [*(old or []), *new]


def own_channels(name: str, node: NodeBase) -> list[str]:
    """What a block keeps in the state of the graph it is in; `name` is its full name."""
    match node:
        case Loop():
            return [f"{name}.pass"]
        case Map():
            return [f"{name}.over", f"{name}.given"]
        case _:
            return []
