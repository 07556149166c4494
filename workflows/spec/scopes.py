"""The names an expression or a template may use at a place of a workflow, with their types."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...tools.base.suggest import did_you_mean
from ...tools.base.yaml_reading import Path_
from .levels import Level
from .shapes import ANY, INTEGER, STRING, Type, as_type, record
from .types import Loop, Map, WorkflowSpec

ERROR = record(kind=STRING, message=STRING)
"""What `error` holds in on_error."""


class UnknownName(LookupError):
    """A dotted name that nobody declared.

    Attributes:
        name: As far as it is wrong: `state.anser` of `state.anser.text`.
        hint: Did you mean.
    """

    def __init__(self, name: str, hint: str) -> None:
        super().__init__(name)
        self.name, self.hint = name, hint


@dataclass(frozen=True, slots=True)
class Names:
    """Root names with their types: state, input, and where they are there result, error, a map's item."""

    roots: Mapping[str, Type]

    def also(self, **more: Type) -> "Names":
        """With more roots."""
        return Names({**self.roots, **more})

    def find(self, chain: tuple[str, ...]) -> tuple[tuple[str, ...], Type]:
        """How much of a dotted name is declared, and its type; what lies behind `any` is not declared.

        Raises:
            UnknownName: a part that its object does not have.
        """
        type_, known = self.roots[chain[0]], chain[:1]
        for part in chain[1:]:
            if type_.fields is None:
                if type_.name in ("any", "object"):
                    return known, type_
                hint = f"{'.'.join(known)!r} is of the type {type_} and has no fields"
                raise UnknownName(".".join((*known, part)), hint)
            if part not in type_.fields:
                raise UnknownName(".".join((*known, part)), did_you_mean(part, type_.fields))
            type_, known = type_.fields[part], (*known, part)
        return known, type_


@dataclass(slots=True)
class Scopes:
    """The names at each level of a workflow."""

    spec: WorkflowSpec
    items: dict[Path_, Type] = field(default_factory=dict)
    """What the items of a map are, by the path of the map, once its list has been checked."""

    def at(self, level: Level | None) -> Names:
        """What a node of a level may use; None stands for the workflow's output."""
        around = [*level.around()] if level is not None else []
        fields = {name: as_type(one) for name, one in self.spec.state.items()}
        roots: dict[str, Type] = {}
        for one in reversed(around):
            match one.block:
                case Map() as block:
                    fields |= {name: as_type(shape) for name, shape in block.state.items()}
                    roots[block.as_] = self.items.get(one.path, ANY)
                    roots |= {block.index: INTEGER} if block.index else {}
                case Loop(as_=name) if name:
                    roots[name] = INTEGER
        given = {name: as_type(one) for name, one in self.spec.input.items()}
        return Names({"state": record(**fields), "input": record(**given), **roots})
