"""A workflow file as Python: calls of the builder, with the file's comments, laid out as ruff would do it."""

import keyword
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from ...tools.base.yaml_reading import Path_
from .. import build
from ..spec.comments import NONE, Comments
from ..spec.kinds.common import Case
from ..spec.types import InputField, StateField, WorkflowSpec
from .layout import Atom, Group, Item, Piece, lines_of

_NAMES = {InputField: "Input", StateField: "State"}
_SILENT = frozenset({"kind", "schema"})
"""Keys the name of the call says already."""


def to_python(data: Mapping[str, Any], comments: Comments = NONE) -> str:
    """The Python code that builds the same workflow.

    Args:
        data: What a right workflow file says, with its keys in their order.
    """
    top = comments.before.get((next(iter(data)),), ())
    rest = Comments({p: c for p, c in comments.before.items() if p[1:] or p[0] != next(iter(data))}, comments.beside)
    maker = _Maker(rest)
    call = maker.workflow(data)
    name = f"{data['name']}_" if keyword.iskeyword(data["name"]) or data["name"] in build.__all__ else data["name"]
    code = [*call.above, *lines_of(f"{name} = ", call, "", 0), *comments.end]
    return "\n".join([*top, *(("",) if top else ()), *_imports({*maker.used, "workflow"}), "", *code]) + "\n"


def _imports(names: set[str]) -> list[str]:
    ordered = sorted(names, key=lambda name: (name[0].islower(), name))
    line = f"from {build.__name__} import {', '.join(ordered)}"
    if len(line) <= 120:
        return [line]
    return [f"from {build.__name__} import (", *(f"    {name}," for name in ordered), ")"]


class _Maker:
    """Turns data into pieces of code, and remembers the types it used."""

    def __init__(self, comments: Comments) -> None:
        self._comments = comments
        self.used: set[str] = set()

    def workflow(self, data: Mapping[str, Any]) -> Piece:
        """The call that makes all of it; its name comes first."""
        first = [self._item("", Atom(data["name"]), ("name",))]
        rest = {key: value for key, value in data.items() if key != "name"}
        return Group("workflow(", [*first, *self._arguments(WorkflowSpec, rest, ())], ")", above=self._silent(data, ()))

    def _piece(self, value: Any, annotation: Any, path: Path_) -> Piece:
        options = list(_options(annotation))
        if isinstance(value, dict):
            type_ = next((one for one in options if _makes(one, value)), None)
            if type_ is not None:
                return self._call(type_, value, path)
            inner = next((get_args(one)[1] for one in options if get_origin(one) is dict), Any)
            pairs = [
                self._item(Atom.quoted(k) + ": ", self._piece(v, inner, (*path, k)), (*path, k))
                for k, v in value.items()
            ]
            return Group("{", pairs, "}")
        if isinstance(value, list):
            inner = next((get_args(one)[0] for one in options if get_origin(one) in (list, tuple)), Any)
            return Group(
                "[", [self._item("", self._piece(v, inner, (*path, i)), (*path, i)) for i, v in enumerate(value)], "]"
            )
        return Atom(value)

    def _call(self, type_: type[BaseModel], value: dict[str, Any], path: Path_) -> Piece:
        if type_ is Case:
            return self._case(value, path)
        name = _NAMES.get(type_, type_.__name__)
        self.used.add(name)
        return Group(f"{name}(", self._arguments(type_, value, path), ")", above=self._silent(value, path))

    def _case(self, value: dict[str, Any], path: Path_) -> Piece:
        name, keys = ("Else", ("else",)) if "else" in value else ("When", ("when", "to"))
        self.used.add(name)
        prefixes = {"when": "", "to": "to=", "else": ""}
        items = [self._item(prefixes[key], Atom(value[key]), (*path, key)) for key in keys]
        return Group(f"{name}(", items, ")")

    def _arguments(self, type_: type[BaseModel], value: Mapping[str, Any], path: Path_) -> list[Item]:
        named = {info.serialization_alias or name: (name, info) for name, info in type_.model_fields.items()}
        return [
            self._item(f"{named[key][0]}=", self._piece(item, named[key][1].annotation, (*path, key)), (*path, key))
            for key, item in value.items()
            if key not in _SILENT
        ]

    def _item(self, prefix: str, piece: Piece, path: Path_) -> Item:
        before = [*self._comments.before.get(path, ()), *piece.above]
        return Item(prefix, piece, before, self._comments.beside.get(path, ""))

    def _silent(self, value: Mapping[str, Any], path: Path_) -> list[str]:
        """Comments at a key that is not written in Python; they go above the call."""
        paths = [(*path, key) for key in value if key in _SILENT]
        before = [text for one in paths for text in self._comments.before.get(one, ())]
        return before + [self._comments.beside[one] for one in paths if one in self._comments.beside]


def _options(annotation: Any) -> Iterator[Any]:
    """The types a value may be of."""
    if get_origin(annotation) is Annotated:
        yield from _options(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for option in get_args(annotation):
            yield from _options(option)
    else:
        yield annotation


def _makes(type_: Any, value: Mapping[str, Any]) -> bool:
    """Whether a map in the file is one of these."""
    if not (isinstance(type_, type) and issubclass(type_, BaseModel)):
        return False
    return "kind" not in type_.model_fields or type_.model_fields["kind"].default == value.get("kind")
