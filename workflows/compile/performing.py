"""A step of the graph at work: what every kind of node has in common."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from langgraph.errors import GraphBubbleUp

from ...agents.events import Event, Finished, StepFinished
from ..spec.kinds.act import Emit
from ..spec.kinds.common import NodeLimits
from ..spec.kinds.control import End, Set
from ..spec.kinds.voice import Ask
from ..spec.types import Loop
from .chains import about, run_chain, step_of
from .channels import ENDED
from .failures import kind_of
from .links import Link
from .nodes.agent import AgentStreamer
from .nodes.ask import approved
from .nodes.http import HttpRunner
from .nodes.tool import ToolRunner
from .place import Place, named
from .step import Step, Turn
from .trying import naming, tried
from .walking import Broken, Going, Run


def perform(place: Place) -> Run:
    """A node or a chain at work."""

    async def work(step: Step) -> dict[str, Any]:
        update: dict[str, Any] = {}
        for link, (outcome, seconds) in zip(place.links, await run_chain(place.links, step), strict=True):
            own = step_of(step, place.links, link)
            with naming(own):
                update = place.together(update, place.update(link, own, outcome))
            own.emit(StepFinished(step=own.name, seconds=seconds))
        return update

    is_plain = place.head.node.retry is None and place.head.node.timeout is None

    async def node(state: Mapping[str, Any], turn: Turn) -> Going:
        step = counted(place, place.step(state, turn))
        with naming(step):
            await begin(place, step)
        update = await (work(step) if is_plain else tried(place.head.node, step, work))
        if isinstance(place.head.node, End):
            update[ENDED] = True
        with naming(step):
            return place.going(step, update)

    return node


def caught(run: Run, at: Place) -> Run:
    """The same, and what it fails with is taken up by the on_error of a node: its own, or that of a loop around it."""

    async def node(state: Mapping[str, Any], turn: Turn) -> Going:
        try:
            return await run(state, turn)
        except GraphBubbleUp:
            raise
        except Exception as raised:
            error, written = (raised.error, raised.written) if isinstance(raised, Broken) else (raised, {})
            kind = kind_of(error)
            if kind is None:
                raise
            step = at.step(state, turn)
            with naming(step):
                return at.recovered(step, error, kind, written)

    return node


async def begin(place: Place, step: Step) -> None:
    """What happens before a node's own work: its limits are looked at, and a person agrees.

    Raises:
        LimitReached, Refused: it may not begin.
    """
    for link in place.links:
        own = step_of(step, place.links, link)
        step.turn.spending.begin(own.name, own.path, link.node.limits)
    if "approve" in place.head.values and step.holds(place.head.values["approve"]):
        await approved(step, _what(place.head, step))


def is_cheap(place: Place) -> bool:
    """Whether its work costs nothing and can be done again: a run need not keep what it came to."""
    return all(isinstance(link.node, Set | Emit | End) for link in place.links)


def is_weighty(place: Place) -> bool:
    """Whether it changes something outside or asks a person: a run keeps what it has come to before that."""
    return "approve" in place.head.values or any(_is_weighty(link) for link in place.links)


def _is_weighty(link: Link) -> bool:
    effects = isinstance(link.runner, ToolRunner | HttpRunner | AgentStreamer) and link.runner.effects
    return effects or link.node.effects == "once" or isinstance(link.node, Ask)


def _what(link: Link, step: Step) -> str:
    """What a person agrees to: the node in its author's words, and what it is about to be given."""
    given = (f"{name}: {_short(step.value(value))}" for name, value in link.shown.items())
    return "\n".join([about(link, step) or link.name, *(f"  {line}" for line in given)])


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 400 else f"{text[:400]}..."


def counted(place: Place, step: Step) -> Step:
    """The step, with the tokens its models write counted for itself and for the loops around it."""
    around = list[tuple[str, NodeLimits]]()
    for level in place.level.around():
        if not isinstance(level.block, Loop):
            break
        around.append((level.prefix[:-1], level.block.limits))
    limited = [*(link.node.limits for link in place.links), *(limits for _, limits in around)]
    if all(limits.tokens is None for limits in limited):
        return step
    own = [(step_of(step, place.links, link).name, link.node.limits) for link in place.links]
    loops = [(named(name, step.state, step.turn), limits) for name, limits in around]

    def emit(event: Event) -> None:
        step.emit(event)
        if isinstance(event, Finished):
            mine = own if len(own) == 1 else [one for one in own if one[0] == event.step]
            for name, limits in (*mine, *loops):
                step.turn.spending.wrote(name, event.completion_tokens, limits)

    return replace(step, turn=replace(step.turn, emit=emit))
