"""What a node reads and writes of the state and the input, found without compiling anything."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...tools.base.errors import FileError
from ...tools.base.yaml_reading import Path_
from .expressions import names_in_expression
from .kinds.common import NodeBase
from .kinds.control import Set
from .levels import Level
from .templates import names_in_template, read_beside
from .types import Map
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


def reads(node: NodeBase, folder: Path) -> list[Read]:
    """All that a node's own values use, in the order of its fields; what cannot be read says nothing."""
    return [read for written in values_in(node) for read in reads_of(written, folder)]


def reads_of(written: Written, folder: Path) -> Iterator[Read]:
    """What one value uses."""
    if not isinstance(written.value, str):
        return
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
    """What "${...}" uses; anything else uses nothing."""
    if isinstance(value, str) and value.startswith("${"):
        yield from _in_expression(value.rstrip()[2:-1], path, 2)


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
