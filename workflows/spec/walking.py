"""Every place of a node where an expression or a template stands, found by the marks on its type's fields."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from ...tools.base.written import key_of
from ...tools.base.yaml_reading import Path_
from .names import Expects
from .types import Block

_INSIDE = frozenset({"do", "nodes", "state"})
"""Parts of a block that are no values of its own."""


@dataclass(frozen=True, slots=True)
class Written:
    """A value as it stands in the file: `path` leads to it from the thing that was walked."""

    path: Path_
    value: Any
    expects: Expects


def values_in(model: BaseModel, path: Path_ = ()) -> Iterator[Written]:
    """Every marked value that a node, a prompt or a part of them was given, in the order of its fields."""
    given = model.model_fields_set
    for name, key, mark, inner in _fields(type(model)):
        value = getattr(model, name) if name in given else None
        if value is None or value == "" or value == () or value == {}:
            continue
        if mark is not None:
            yield from _marked(value, (*path, key), mark)
        elif inner is not None and isinstance(value, Mapping):
            yield from (Written((*path, key, item), one, inner) for item, one in value.items())
        elif isinstance(value, BaseModel):
            yield from values_in(value, (*path, key))
        elif isinstance(value, tuple):
            for i, part in enumerate(value):
                if isinstance(part, BaseModel):
                    yield from values_in(part, (*path, key, i))


def _marked(value: Any, path: Path_, expects: Expects) -> Iterator[Written]:
    if isinstance(value, Mapping) and expects.type == "string":  # words for each language
        yield from (Written((*path, language), text, expects) for language, text in value.items())
    else:
        yield Written(path, value, expects)


@cache
def _fields(type_: type[BaseModel]) -> list[tuple[str, str, Expects | None, Expects | None]]:
    """Name, key in the file, own mark, and mark of its items, of each field worth looking at."""
    inside = _INSIDE if issubclass(type_, Block) else frozenset[str]()
    return [
        (name, key_of(name, info), next(_marks(info.metadata), None), _inner_mark(info.annotation))
        for name, info in type_.model_fields.items()
        if name not in inside
    ]


def _marks(metadata: Iterable[Any]) -> Iterator[Expects]:
    return (mark for mark in metadata if isinstance(mark, Expects))


def _inner_mark(annotation: Any) -> Expects | None:
    """The mark of a mapping's values: dict[Name, Value]."""
    for argument in get_args(annotation):
        mark = next(_marks(getattr(argument, "__metadata__", ())), None) or _inner_mark(argument)
        if mark is not None:
            return mark
    return None
