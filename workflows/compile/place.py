"""Where a node lies in its graph: what it sees, what it writes to the state, and where it leads."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...agents.events import Recovered
from ...tools.base.errors import InputError
from ..spec.kinds.common import ErrorKind
from ..spec.kinds.control import End
from ..spec.levels import Level
from ..spec.names import END
from ..spec.types import Loop, Map, StateField
from .channels import INDEX, NAMES, PATH, VALUE, VISITS, added_to, addition, joined, problem_with
from .links import Link
from .step import Outcome, Step, Turn
from .walking import Going


@dataclass(frozen=True, slots=True)
class Place:
    """A node, or a chain of nodes that follow one another, at its level and in its graph.

    Attributes:
        fields: The state fields it may write.
        shared: Those of them that a graph around this one has, too.
        end: Where `end` leads to in the graph; "" is the end of the graph.
        leads: Whether it leads anywhere in the graph.
        base: What the names of its graph's nodes begin with, and their paths need not say again.
    """

    level: Level
    links: list[Link]
    fields: Mapping[str, StateField]
    shared: frozenset[str] = frozenset()
    end: str = ""
    leads: bool = True
    base: str = ""

    @property
    def head(self) -> Link:
        """The first node of the chain."""
        return self.links[0]

    @property
    def name(self) -> str:
        """Its name with those of the blocks it is in."""
        return f"{self.level.prefix}{self.head.name}"

    @property
    def is_pass(self) -> bool:
        """Whether it is the only node of a map's pass, which gives its value."""
        return isinstance(self.level.block, Map) and self.level.block.do is not None

    def step(self, state: Mapping[str, Any], turn: Turn) -> Step:
        """The step of the first node, with what the blocks around it add to the names."""
        names = {**(state.get(NAMES) or {}), **self.loops(state)}
        return Step(named(self.name, state, turn), turn, state, names, self.path(state))

    def path(self, state: Mapping[str, Any]) -> str:
        """Where the visit that has begun stands in the run."""
        visit = (state.get(VISITS) or {}).get(self.name, 1)
        return f"{state.get(PATH) or ''}{self.name.removeprefix(self.base)}@{visit}"

    def loops(self, state: Mapping[str, Any]) -> dict[str, int]:
        """The numbers of the passes of the loops around it, by what they are called; None begun counts as 0."""
        own = self.head.node if isinstance(self.head.node, Loop) else None
        names = {own.as_: _number(state, self.name)} if own is not None and own.as_ else {}
        for around in self.level.around():
            if isinstance(around.block, Loop) and around.block.as_ and f"{around.prefix[:-1]}.pass" in state:
                names[around.block.as_] = _number(state, around.prefix[:-1])
        return names

    def update(self, link: Link, step: Step, outcome: Outcome) -> dict[str, Any]:
        """What a node writes to the state after its work.

        Raises:
            InputError: a value is not what its field was declared to be.
        """
        written = {
            name: outcome.value if compiled is None else step.value(compiled, result=outcome.result)
            for name, compiled in link.into.items()
        }
        return self._checked(written, step) | ({VALUE: outcome.value} if self.is_pass else {})

    def together(self, *updates: Mapping[str, Any]) -> dict[str, Any]:
        """Several updates as one."""
        whole: dict[str, Any] = {}
        for update in updates:
            for name, value in update.items():
                field = self.fields.get(name)
                if field is None or field.reduce == "last":
                    whole[name] = value
                else:
                    more = addition(field, value)
                    whole[name] = joined(field, whole[name], more) if name in whole else more
        return whole

    def going(self, step: Step, update: Mapping[str, Any], targets: list[str] | None = None) -> Going:
        """Write to the state and go on, where `targets` do not say otherwise as the node leads from there.

        Raises:
            ExpressionError: a condition of its route failed.
        """
        if targets is None:
            targets = self._ways(step, update)
        added = {
            added_to(name): addition(self.fields[name], value) for name, value in update.items() if name in self.shared
        }
        return Going({**update, **added}, [*targets])

    def recovered(self, step: Step, error: Exception, kind: ErrorKind, written: Mapping[str, Any]) -> Going:
        """What its on_error says.

        Args:
            written: What had been written to the state before the error.
        Raises:
            InputError: a value is not what its field was declared to be.
        """
        on_error = self.head.node.on_error
        assert on_error is not None
        told = {"kind": kind, "message": str(error)}
        step.emit(Recovered(step=step.name, kind=kind, problem=told["message"]))
        now = replace(step, state={**step.state, **self._after(step, written)})
        update = self._checked({name: now.value(value, error=told) for name, value in self.head.recovery.items()}, now)
        return self.going(step, self.together(written, update), self._targets(on_error.to) if on_error.to else None)

    def _checked(self, update: Mapping[str, Any], step: Step) -> dict[str, Any]:
        for name, value in update.items():
            problem = problem_with(self.fields[name], value, step.state.get(name))
            if problem:
                told, hint = problem
                raise InputError(f"{name!r} {told}", hint=hint or "Make it fit in `into`, or declare another type")
        return dict(update)

    def _after(self, step: Step, update: Mapping[str, Any]) -> dict[str, Any]:
        """What the fields are when this has been written."""
        fields = self.fields
        return {name: joined(fields[name], step.state[name], value) for name, value in update.items() if name in fields}

    def _ways(self, step: Step, update: Mapping[str, Any]) -> list[str]:
        last = self.links[-1]
        if not self.leads or isinstance(last.node, End):
            return []
        if not last.route:
            return self._targets(*(last.node.nexts or (END,)))
        now = replace(step, state={**step.state, **update, **self._after(step, update)})
        return self._targets(next(way.to for way in last.route if way.when is None or now.holds(way.when)))

    def _targets(self, *names: str) -> list[str]:
        found = [self.end if name == END else f"{self.level.prefix}{name}" for name in names]
        return [name for name in found if name]


def named(name: str, state: Mapping[str, Any], turn: Turn) -> str:
    """The name of a step in events and errors: with the workflow it is in, and the passes of the maps it is in."""
    within = f"{turn.within}." if turn.within else ""
    return f"{within}{name}{''.join(f'#{i}' for i in state.get(INDEX) or ())}"


def _number(state: Mapping[str, Any], loop: str) -> int:
    return int((state.get(f"{loop}.pass") or {"number": 0})["number"])
