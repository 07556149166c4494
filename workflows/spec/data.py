"""What a node reads and writes of the state and the input, found without compiling anything."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ...tools.base.errors import FileError
from ...tools.base.yaml_reading import Path_
from .cel_text import names_in_expression
from .kinds.common import NodeBase
from .kinds.control import Set
from .kinds.think import Prompt
from .kinds.voice import Listen
from .levels import Level
from .templates import names_in_template, read_beside
from .types import Block, Map, StateField, WorkflowSpec
from .walking import Written, values_in


@dataclass(frozen=True, slots=True)
class Read:
    """A dotted name that a value uses.

    Attributes:
        chain: ("state", "answer", "text").
        path: Where the value stands, from the thing that was walked.
        shift: So many columns into the value; 0 in a template.
        width: Characters of the name as it is meant; 0 in a template.
    """

    chain: tuple[str, ...]
    path: Path_
    shift: int = 0
    width: int = 0

    def field_of(self, root: str) -> str:
        """Which field of state or input it is; "" where it is none, or all of them."""
        return self.chain[1] if self.chain[0] == root and len(self.chain) > 1 else ""


def reads(node: NodeBase, folder: Path, language: Any = "") -> list[Read]:
    """All that a node's own values use, in the order of its fields; what cannot be read says nothing.

    Args:
        language: The workflow's own, which a node uses that needs one and names none.
    """
    own = [read for written in values_in(node) for read in reads_of(written, folder)]
    return [*own, *in_value(language, ("language",))] if _takes_language(node) else own


def _takes_language(model: BaseModel) -> bool:
    """Whether the workflow's own language counts in a node, or in a prompt of it."""
    match model:
        case Listen():  # no language of its own means that it finds out
            return False
        case Prompt():
            texts = (model.system, model.user, model.system_file, model.user_file, model.examples_file)
            return not model.language and any(isinstance(text, dict) for text in texts)
        case _ if "language" in type(model).model_fields:
            return not getattr(model, "language") or _takes_language_inside(model)  # noqa: B009
        case _:
            return _takes_language_inside(model)


def _takes_language_inside(model: BaseModel) -> bool:
    parts = [getattr(model, name) for name in ("prompt", "rewrite") if name in type(model).model_fields]
    return any(_takes_language(part) for part in parts if part is not None)


def reads_of(written: Written, folder: Path) -> Iterator[Read]:
    """What one value uses."""
    match written.expects.form:
        case "template":
            yield from (Read(chain, written.path) for chain in names_in_template(written.value))
        case "file":
            try:
                text = read_beside(folder, written.value, "")
            except FileError:  # told by the check of the types
                return
            yield from (Read(chain, written.path) for chain in names_in_template(text))
        case "condition":
            yield from _in_expression(written.value, written.path, 0)
        case "value":
            yield from in_value(written.value, written.path)


def in_value(value: Any, path: Path_) -> Iterator[Read]:
    """What "${...}" uses, in lists and objects, too; anything else uses nothing."""
    if isinstance(value, str) and value.startswith("${"):
        yield from _in_expression(value.rstrip()[2:-1], path, 2)
    elif isinstance(value, Mapping | list | tuple):
        for key, part in value.items() if isinstance(value, Mapping) else enumerate(value):
            yield from in_value(part, (*path, key))


def _in_expression(text: str, path: Path_, shift: int) -> Iterator[Read]:
    for start, chain in names_in_expression(text):
        yield Read(chain, path, start + shift, len(".".join(chain)))


def writes(node: NodeBase) -> Mapping[str, Path_]:
    """The state fields a node writes when it succeeds, each with where that is said."""
    own: dict[str, Path_] = dict.fromkeys(node.values, ()) if isinstance(node, Set) else {}
    into = {node.into: ("into",)} if isinstance(node.into, str) else {field: ("into", field) for field in node.into}
    return {field: ("values", field) for field in own} | into


def recovers(node: NodeBase) -> Mapping[str, Path_]:
    """The state fields a node writes when it fails."""
    return {field: ("on_error", "set", field) for field in node.on_error.set} if node.on_error else {}


def after_a_pass(node: NodeBase, read: Read) -> bool:
    """Whether a block looks at a value when a pass has ended, and so sees what the pass sees."""
    return isinstance(node, Block) and read.path[0] in ("gives", "until")


def chain_of(level: Level, name: str) -> list[str]:
    """The nodes a node follows, first one first, and itself: together they are one step."""
    names = [name]
    while (before := level.nodes[names[0]].follows) in level.nodes and before not in names:
        names.insert(0, before)
    return names


def owner_of(level: Level, field: str) -> str:
    """The prefix of the level whose map has a field for itself; "" for a field of the workflow."""
    for one in level.around():
        if isinstance(one.block, Map) and field in one.block.state:
            return one.prefix
    return ""


def declared_at(spec: WorkflowSpec, level: Level, field: str) -> StateField | None:
    """A state field as a level sees it: a map's own, or the workflow's."""
    for one in level.around():
        if isinstance(one.block, Map) and field in one.block.state:
            return one.block.state[field]
    return spec.state.get(field)
