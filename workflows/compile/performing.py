"""A step of the graph at work: what every kind of node has in common."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ...agents.events import Event, Finished, StepFailed
from ...tools.base.errors import AntiphonError, InputError
from ..spec.levels import Level
from ..spec.types import Loop, StateField
from .chains import run_chain
from .channels import INDEX, NAMES, VALUE, problem_with
from .links import Link
from .nodes.ask import approved
from .step import Outcome, Step, Turn

if TYPE_CHECKING:
    from langgraph.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Place:
    """A node, or a chain of nodes that follow one another, at its level.

    Attributes:
        fields: The state fields it may write.
    """

    level: Level
    links: list[Link]
    fields: Mapping[str, StateField]

    @property
    def head(self) -> Link:
        """The first node of the chain."""
        return self.links[0]

    @property
    def name(self) -> str:
        """Its name with those of the blocks it is in."""
        return f"{self.level.prefix}{self.head.name}"

    def step(self, state: Mapping[str, Any], turn: Turn) -> Step:
        """The step of the first node, with what the blocks around it add to the names."""
        passes = "".join(f"#{i}" for i in state.get(INDEX) or ())
        within = f"{turn.within}." if turn.within else ""
        return Step(f"{within}{self.name}{passes}", turn, state, {**(state.get(NAMES) or {}), **self.loops(state)})

    def loops(self, state: Mapping[str, Any]) -> dict[str, int]:
        """The numbers of the passes of the loops around it, by what they are called; None begun counts as 0."""
        own = self.head.node if isinstance(self.head.node, Loop) else None
        names = {own.as_: _number(state, self.name)} if own is not None and own.as_ else {}
        for around in self.level.around():
            if isinstance(around.block, Loop) and around.block.as_ and f"{around.prefix[:-1]}.pass" in state:
                names[around.block.as_] = _number(state, around.prefix[:-1])
        return names

    def checked(self, update: Mapping[str, Any]) -> dict[str, Any]:
        """What is written to the state, if it is what the fields were declared to be.

        Raises:
            InputError: it is not.
        """
        for name, value in update.items():
            if name in self.fields and problem_with(self.fields[name], value):
                field = self.fields[name]
                problem = f"{name!r} is declared as {field.as_type}, and would become {_short(value)}"
                raise InputError(problem, at=self.name, hint="Make it fit in `into`, or declare another type")
        return dict(update)

    def update(self, link: Link, step: Step, outcome: Outcome) -> dict[str, Any]:
        """What a node writes to the state after its work."""
        written = {
            name: outcome.value if compiled is None else step.value(compiled, result=outcome.result)
            for name, compiled in link.into.items()
        }
        return self.checked(written) | self.gives(outcome.value)

    def gives(self, value: Any) -> dict[str, Any]:
        """What a pass of one node gives to the map it is in."""
        return {VALUE: value} if self.level.block is not None and self.level.block.do is not None else {}


def perform(place: Place) -> Callable[..., Awaitable[dict[str, Any]]]:
    """The function LangGraph runs for a node or a chain."""

    async def node(state: dict[str, Any], runtime: "Runtime[Turn]") -> dict[str, Any]:
        step = watched(place, place.step(state, runtime.context), runtime)
        async with naming(step):
            await begin(place, step)
            outcomes = await run_chain(place.links, step)
            update: dict[str, Any] = {}
            for link, outcome in zip(place.links, outcomes, strict=True):
                update |= place.update(link, step, outcome)
            return update

    return node


async def begin(place: Place, step: Step) -> None:
    """What happens before a node's own work: its limits are looked at, and a person agrees.

    Raises:
        LimitReached, Refused: it may not begin.
    """
    node = place.head.node
    step.turn.spending.begin(step.name, node.limits)
    if "approve" in place.head.values and step.value(place.head.values["approve"]):
        await approved(step, place.head.name)


def watched(place: Place, step: Step, runtime: "Runtime[Turn]") -> Step:
    """The step, with its events as signs of life and its tokens counted."""
    limits = place.head.node.limits

    def emit(event: Event) -> None:
        runtime.heartbeat()
        step.turn.emit(event)
        if isinstance(event, Finished):
            step.turn.spending.wrote(step.name, event.completion_tokens, limits)

    return replace(step, turn=replace(step.turn, emit=emit))


@asynccontextmanager
async def naming(step: Step) -> AsyncIterator[None]:
    """Name the node in every error that leaves the block, and tell about it."""
    try:
        yield
    except Exception as error:
        if isinstance(error, AntiphonError):
            error.at = error.at or step.name
        step.turn.emit(StepFailed(step=step.name, problem=str(error)))
        raise


def _number(state: Mapping[str, Any], loop: str) -> int:
    return int((state.get(f"{loop}.pass") or {"number": 0})["number"])


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
