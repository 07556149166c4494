"""A step of the graph at work: what every kind of node has in common."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from langgraph.types import Command

from ...agents.events import Event, Finished, Recovered, StepFinished
from ...tools.base.errors import InputError
from ..spec.kinds.common import ErrorKind, NodeLimits
from ..spec.kinds.control import End
from ..spec.levels import Level
from ..spec.names import END
from ..spec.types import Loop, Map, StateField
from .chains import run_chain, step_of
from .channels import ENDED, INDEX, NAMES, VALUE, added_to, addition, joined, problem_with
from .failures import kind_of
from .links import Link
from .nodes.ask import approved
from .step import Outcome, Step, Turn
from .trying import naming, tried

if TYPE_CHECKING:
    from langgraph.runtime import Runtime

Run = Callable[[dict[str, Any], "Runtime[Turn]"], Awaitable[Command[Any]]]
"""What LangGraph calls for a node of its graph: a node, a chain of nodes, or a part of a block."""


@dataclass(frozen=True, slots=True)
class Place:
    """A node, or a chain of nodes that follow one another, at its level and in its graph.

    Attributes:
        fields: The state fields it may write.
        shared: Those of them that a graph around this one has, too.
        end: Where `end` leads to in the graph; "" is the end of the graph.
        leads: Whether it leads anywhere in the graph.
    """

    level: Level
    links: list[Link]
    fields: Mapping[str, StateField]
    shared: frozenset[str] = frozenset()
    end: str = ""
    leads: bool = True

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
        return Step(named(self.name, state, turn), turn, state, {**(state.get(NAMES) or {}), **self.loops(state)})

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
        return self._checked(written) | ({VALUE: outcome.value} if self.is_pass else {})

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

    def going(self, step: Step, update: Mapping[str, Any], targets: list[str] | None = None) -> Command[Any]:
        """Write to the state and go on, where `targets` do not say otherwise as the node leads from there.

        Raises:
            ExpressionError: a condition of its route failed.
        """
        if targets is None:
            targets = self._ways(replace(step, state={**step.state, **update, **self._after(step, update)}))
        added = {
            added_to(name): addition(self.fields[name], value) for name, value in update.items() if name in self.shared
        }
        return Command(update={**update, **added}, goto=targets)

    def recovered(self, step: Step, error: Exception, kind: ErrorKind, written: Mapping[str, Any]) -> Command[Any]:
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
        update = self._checked({name: now.value(value, error=told) for name, value in self.head.recovery.items()})
        return self.going(step, self.together(written, update), self._targets(on_error.to) if on_error.to else None)

    def _checked(self, update: Mapping[str, Any]) -> dict[str, Any]:
        for name, value in update.items():
            if problem_with(self.fields[name], value):
                problem = f"{name!r} is declared as {self.fields[name].as_type}, and would become {_short(value)}"
                raise InputError(problem, hint="Make it fit in `into`, or declare another type")
        return dict(update)

    def _after(self, step: Step, update: Mapping[str, Any]) -> dict[str, Any]:
        """What the fields are when this has been written."""
        fields = self.fields
        return {name: joined(fields[name], step.state[name], value) for name, value in update.items() if name in fields}

    def _ways(self, step: Step) -> list[str]:
        last = self.links[-1]
        if not self.leads or isinstance(last.node, End):
            return []
        if not last.route:
            return self._targets(*(last.node.nexts or (END,)))
        return self._targets(next(way.to for way in last.route if way.when is None or step.value(way.when)))

    def _targets(self, *names: str) -> list[str]:
        found = [self.end if name == END else f"{self.level.prefix}{name}" for name in names]
        return [name for name in found if name]


def named(name: str, state: Mapping[str, Any], turn: Turn) -> str:
    """The name of a step in events and errors: with the workflow it is in, and the passes of the maps it is in."""
    within = f"{turn.within}." if turn.within else ""
    return f"{within}{name}{''.join(f'#{i}' for i in state.get(INDEX) or ())}"


def perform(place: Place) -> Run:
    """The function LangGraph runs for a node or a chain."""

    async def work(step: Step) -> dict[str, Any]:
        update: dict[str, Any] = {}
        for link, (outcome, seconds) in zip(place.links, await run_chain(place.links, step), strict=True):
            own = step_of(step, place.links, link)
            with naming(own):
                update |= place.update(link, own, outcome)
            own.emit(StepFinished(step=own.name, seconds=seconds))
        return update

    async def node(state: dict[str, Any], runtime: "Runtime[Turn]") -> Command[Any]:
        step = counted(place, place.step(state, runtime.context))
        with naming(step):
            await begin(place, step)
        update = await tried(place.head.node, step, work)
        if isinstance(place.head.node, End):
            update[ENDED] = True
        with naming(step):
            return place.going(step, update)

    return node


class Broken(Exception):
    """A graph within another failed: with which error, and what its nodes had written to the state until then."""

    def __init__(self, error: Exception, written: Mapping[str, Any]) -> None:
        super().__init__(error, written)
        self.error, self.written = error, written


def caught(run: Run, at: Place) -> Run:
    """The same, and what it fails with is taken up by the on_error of a node: its own, or that of a loop around it."""

    async def node(state: dict[str, Any], runtime: "Runtime[Turn]") -> Command[Any]:
        try:
            return await run(state, runtime)
        except Exception as raised:
            error, written = (raised.error, raised.written) if isinstance(raised, Broken) else (raised, {})
            kind = kind_of(error)
            if kind is None:
                raise
            step = at.step(state, runtime.context)
            with naming(step):
                return at.recovered(step, error, kind, written)

    return node


async def begin(place: Place, step: Step) -> None:
    """What happens before a node's own work: its limits are looked at, and a person agrees.

    Raises:
        LimitReached, Refused: it may not begin.
    """
    for link in place.links:
        step.turn.spending.begin(step_of(step, place.links, link).name, link.node.limits)
    if "approve" in place.head.values and step.value(place.head.values["approve"]):
        await approved(step, place.head.name)


def counted(place: Place, step: Step) -> Step:
    """The step, with the tokens its models write counted for itself and for the loops around it."""
    own = [(step_of(step, place.links, link).name, link.node.limits) for link in place.links]
    around = list[tuple[str, NodeLimits]]()
    for level in place.level.around():
        if not isinstance(level.block, Loop):
            break
        around.append((named(level.prefix[:-1], step.state, step.turn), level.block.limits))

    def emit(event: Event) -> None:
        step.emit(event)
        if isinstance(event, Finished):
            mine = own if len(own) == 1 else [one for one in own if one[0] == event.step]
            for name, limits in (*mine, *around):
                step.turn.spending.wrote(name, event.completion_tokens, limits)

    return replace(step, turn=replace(step.turn, emit=emit))


def _number(state: Mapping[str, Any], loop: str) -> int:
    return int((state.get(f"{loop}.pass") or {"number": 0})["number"])


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
