"""A workflow file as Python: calls of the builder, with the file's comments, laid out as ruff would do it."""

import keyword
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from ...tools.base.written import key_of, members_of
from ...tools.base.yaml_reading import Path_
from .. import build
from ..spec.comments import NONE, Comments
from ..spec.kinds.common import Case
from ..spec.types import InputField, StateField, WorkflowSpec
from .layout import Atom, Code, Group, Item, Piece, lines_of

_NAMES = {InputField: "Input", StateField: "State"}
_SILENT = frozenset({"kind", "strategy", "schema"})
"""Keys the name of the call says already."""


@dataclass(frozen=True, slots=True)
class Own:
    """Tools and functions of the author's: the module they are in, and the variable of each by its name."""

    module: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)


def to_python(data: Mapping[str, Any], comments: Comments = NONE, own: Own = Own()) -> str:
    """The Python code that builds the same workflow.

    Args:
        data: What a right workflow file says, with its keys in their order.
        own: What is imported for the workflow's tools and its `python` nodes.
    """
    first = (next(iter(data)),)
    top = [*comments.before.get(first, ())]
    rest = {path: lines for path, lines in comments.before.items() if path != first}
    maker = _Maker(Comments(rest, comments.beside), own)
    call = maker.workflow(data)
    taken = {*build.__all__, *own.variables.values(), *keyword.kwlist}
    name = f"{data['name']}_" if data["name"] in taken else data["name"]
    head = [*top, *([""] if top else []), *_imports({*maker.used, "workflow"}), *_own(data, own), ""]
    code = [*call.above, *lines_of(f"{name} = ", call, "", 0), *comments.end]
    return "\n".join([*head, *code]) + "\n"


def _imports(names: set[str]) -> list[str]:
    ordered = sorted(names, key=lambda name: (name[0].islower(), name))
    line = f"from {build.__name__} import {', '.join(ordered)}"
    if len(line) <= 120:
        return [line]
    return [f"from {build.__name__} import (", *(f"    {name}," for name in ordered), ")"]


def functions_in(data: Any) -> list[str]:
    """The functions that `python` nodes call, on every level."""
    if isinstance(data, list):
        return [name for item in data for name in functions_in(item)]
    if not isinstance(data, Mapping):
        return []
    here = [data["function"]] if data.get("kind") == "python" and isinstance(data.get("function"), str) else []
    return list(dict.fromkeys(here + [name for item in data.values() for name in functions_in(item)]))


def _own(data: Mapping[str, Any], own: Own) -> list[str]:
    names = {own.variables[name] for name in (*data.get("tools", ()), *functions_in(data)) if name in own.variables}
    return ["", f"from {own.module} import {', '.join(sorted(names))}"] if names else []


class _Maker:
    """Turns data into pieces of code, and remembers the types it used."""

    def __init__(self, comments: Comments, own: Own) -> None:
        self._comments, self._own = comments, own
        self.used: set[str] = set()

    def workflow(self, data: Mapping[str, Any]) -> Piece:
        """The call that makes all of it; its name comes first."""
        first = [self._item("", Atom(data["name"]), ("name",))]
        rest = {key: value for key, value in data.items() if key != "name"}
        functions = [self._own.variables[name] for name in functions_in(data) if name in self._own.variables]
        more = [Item("functions=", Group("[", [Item("", Code(one)) for one in functions], "]"))] if functions else []
        arguments = [*first, *self._arguments(WorkflowSpec, rest, ()), *more]
        return Group("workflow(", arguments, ")", above=self._silent(data, ()))

    def _piece(self, value: Any, annotation: Any, path: Path_) -> Piece:
        if len(path) == 2 and path[0] == "tools" and path[1] in self._own.variables:
            return Code(self._own.variables[str(path[1])])
        options = list(members_of(annotation))
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
        named = {key_of(name, info): (name, info) for name, info in type_.model_fields.items()}
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


def _makes(type_: Any, value: Mapping[str, Any]) -> bool:
    """Whether a map in the file is one of these."""
    if not (isinstance(type_, type) and issubclass(type_, BaseModel)):
        return False
    told = [key for key in ("kind", "strategy") if key in type_.model_fields]
    return all(type_.model_fields[key].default == value.get(key) for key in told)
