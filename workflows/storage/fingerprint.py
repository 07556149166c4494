"""What of a workflow a run that was begun holds on to: its nodes, and the types of what it has stored."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..spec.kinds.common import NodeBase
from ..spec.kinds.control import Flow
from ..spec.levels import Level, levels
from ..spec.shapes import Type, as_type
from ..spec.types import Map
from .types import RunRow, WorkflowChanged

if TYPE_CHECKING:
    from ..workflow import Workflow

NODES, STATE, INPUT = "nodes", "state", "input"
MAX_NODES = 10_000
"""So many are held on to, about, and no workflow past them: of 30 that each use the next one twice, a billion are."""


def fingerprint_of(workflow: "Workflow") -> dict[str, dict[str, str]]:
    """What every node does by its full name, and the types of state and input; those of the workflows it uses, too.

    Full names are "polish.draft" for a node within a block, and "ask/name" for one of the workflow that "ask" uses.
    What a run does not trip over is not in it: prompts, forms, limits, the order of nodes.
    """
    found: dict[str, dict[str, str]] = {NODES: {}, STATE: {}, INPUT: {}}
    todo = [("", workflow)]
    for within, one in todo:  # outer ones first, and no circles: those are refused when a workflow is read
        found[STATE] |= _types(one.spec.state, within)
        found[INPUT] |= _types(one.spec.input, within)
        for level in levels(one.spec):
            prefix = f"{within}{level.prefix}"
            found[NODES] |= {f"{prefix}{name}": _does(node) for name, node in level.nodes.items()}
            if isinstance(level.block, Map):
                found[STATE] |= _types(level.block.state, prefix)
            if len(found[NODES]) + len(todo) < MAX_NODES:
                todo += _used(one, level, prefix)
    return found


def _used(workflow: "Workflow", level: Level, prefix: str) -> "list[tuple[str, Workflow]]":
    """The workflows that nodes of a level use, with what their full names begin with."""
    flows = {name: node.use for name, node in level.nodes.items() if isinstance(node, Flow)}
    return [(f"{prefix}{name}/", workflow.flow(use)) for name, use in flows.items()]


def _does(node: NodeBase) -> str:
    """Its kind, and what it calls: "tool post", "http POST bakery"."""
    calls = (str(getattr(node, key, "")) for key in ("method", "service", "tool", "function", "use"))
    return " ".join(filter(None, (str(getattr(node, "kind", "")), *calls)))


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What keeps a run from going on, as sentences; what was only added does not.

    Of a block or a used workflow that is another by now, what is in it is not told, too.

    Args:
        old, new: Two of `fingerprint_of`; of the first some parts may be missing.
    """
    found = [*_different(old, new)]
    told = inside(name for part, name, _ in found if part == NODES)
    return [sentence for _, name, sentence in found if not name.startswith(told)]


def compatible(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    *,
    nodes: Collection[str],
    fields: Collection[str],
    ahead: Collection[str] = (),
) -> bool:
    """Whether a run can go on in the new workflow from a point at which it knew no more than this.

    Args:
        nodes: The full names of those that had begun.
        fields: The state fields that had been written.
        ahead: Those that were to run next: what they do may be another by now, as long as they are there.
    """
    seen = {NODES: nodes, STATE: fields}
    for part, name, _ in _different(old, new):
        flow = name.rpartition("/")[0]  # the node whose workflow has this input, "" for the run's own
        if name in seen[part] if part != INPUT else not flow or flow in nodes:
            return False
    return not any(name in old.get(NODES, {}) and name not in new[NODES] for name in ahead)


def inside(names: Iterable[str]) -> tuple[str, ...]:
    """What the full names of those that are in these blocks and used workflows begin with."""
    return tuple(f"{name}{sign}" for name in names for sign in "./")


def refuse_changed(row: RunRow, workflow: "Workflow") -> None:
    """Go on with a run only in a workflow that still has what it has come by.

    Raises:
        WorkflowChanged: it has not; with everything that is different.
    """
    found = differences(row.fingerprint, fingerprint_of(workflow))
    if found:
        raise WorkflowChanged(
            f"the workflow {workflow.spec.name!r} has changed since the run {row.id} began: {'; '.join(found)}",
            at=row.source,
            hint=f"Put that back, or go on from before it with: antiphon runs fork {row.id}",
        )


_WORDS = {NODES: "the node", STATE: "the state field", INPUT: "the input"}


def _different(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Part, name, and sentence."""
    for part, what in _WORDS.items():
        there = new.get(part, {})
        for name, was in old.get(part, {}).items():
            if name not in there:
                yield part, name, f"{what} {name!r} is gone"
            elif there[name] != was:
                yield part, name, f"{what} {name!r} was {was} and is {there[name]}"


def _types(shapes: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    return {f"{prefix}{name}": _written(as_type(shape)) for name, shape in shapes.items()}


def _written(type_: Type) -> str:
    """A type in full, where `str` leaves out the fields of objects."""
    if type_.items is not None:
        return f"list of {_written(type_.items)}"
    if type_.fields is not None:
        return f"object of {', '.join(f'{name}: {_written(one)}' for name, one in sorted(type_.fields.items()))}"
    return type_.name
