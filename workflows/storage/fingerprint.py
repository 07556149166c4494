"""What of a workflow a run that was begun holds on to: its nodes, and the types of what it has stored."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ..spec.levels import levels
from ..spec.shapes import Type, as_type
from ..spec.types import Map, WorkflowSpec
from .types import RunRow, WorkflowChanged

NODES, STATE, INPUT = "nodes", "state", "input"


def fingerprint_of(spec: WorkflowSpec) -> dict[str, dict[str, str]]:
    """The kind of every node by its full name, "polish.draft" for one within a block, and the types of state and input.

    What a run does not trip over is not in it: prompts, limits, the order of nodes.
    """
    found: dict[str, dict[str, str]] = {NODES: {}, STATE: _types(spec.state), INPUT: _types(spec.input)}
    for level in levels(spec):
        found[NODES] |= {f"{level.prefix}{name}": getattr(node, "kind", "") for name, node in level.nodes.items()}
        if isinstance(level.block, Map):
            found[STATE] |= _types(level.block.state, level.prefix)
    return found


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What keeps a run from going on, as sentences; what was only added does not.

    Args:
        old, new: Two of `fingerprint_of`; of the first some parts may be missing.
    """
    return [told for _, _, told in _different(old, new)]


def compatible(
    old: Mapping[str, Any], new: Mapping[str, Any], *, nodes: Collection[str], fields: Collection[str]
) -> bool:
    """Whether a run can go on in the new workflow from a point at which it knew no more than this.

    Args:
        nodes: The full names of those that had run, or were to run next.
        fields: The state fields that had been written.
    """
    seen = {NODES: nodes, STATE: fields}
    return not any(part == INPUT or name in seen[part] for part, name, _ in _different(old, new))


def refuse_changed(row: RunRow, spec: WorkflowSpec) -> None:
    """Go on with a run only in a workflow that still has what it has come by.

    Raises:
        WorkflowChanged: it has not; with everything that is different.
    """
    found = differences(row.fingerprint, fingerprint_of(spec))
    if found:
        raise WorkflowChanged(
            f"the workflow {spec.name!r} has changed since the run {row.id} began: {'; '.join(found)}",
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
