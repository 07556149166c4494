"""kind: loop - the same nodes again, in the graph the loop is in.

A loop whose pass has branches is a graph of its own: when one of them fails, the others end with it, and a node that
waits for all waits for the branches of its pass.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from langgraph.errors import GraphBubbleUp

from ...agents.events import StepFinished, StepStarted
from ..spec.levels import Level
from ..spec.names import seconds
from ..spec.types import Loop
from .chains import about, kind
from .channels import ENDED, INDEX, NAMES, PATH, RECURSION, VALUE, added_to
from .performing import begin
from .place import Place
from .step import Outcome, Step, Turn
from .trying import naming
from .walking import Broken, BrokenOff, Going, Run


def has_branches(level: Level) -> bool:
    """Whether several nodes of a pass may run at once."""
    return any(len(node.nexts) > 1 or node.wait_for for node in level.nodes.values())


def enter(place: Place, first: str) -> Run:
    """The loop begins: is there a first pass? `first` is the node that begins one."""

    async def run(state: Mapping[str, Any], turn: Turn) -> Going:
        now = {"number": 1, "began": time.time()}
        step = place.step({**state, **_pass(place, now)}, turn)
        with naming(step):
            await begin(place, step)
            step.emit(StepStarted(step=step.name, kind=kind(place.head.node), about=about(place.head, step)))
            if _holds(place, "while", step):
                return place.going(step, _pass(place, now), [first])
            return _over(place, step, now | {"number": 0}, done=True)

    return run


def again(place: Place, first: str) -> Run:
    """A pass has ended: is there another?"""
    node = place.head.node
    assert isinstance(node, Loop)

    async def run(state: Mapping[str, Any], turn: Turn) -> Going:
        step, now = place.step(state, turn), state[_channel(place)]
        with naming(step):
            if "until" in place.head.values and _holds(place, "until", step):
                return _over(place, step, now, done=True)
            late = bool(node.time) and time.time() - now["began"] >= seconds(node.time)
            if now["number"] >= node.max or late:
                return _over(place, step, now, done=not node.until)
            if not _holds(place, "while", step):
                return _over(place, step, now, done=True)
            return place.going(step, _pass(place, now | {"number": now["number"] + 1}), [first])

    return run


def apart(place: Place, graph: Callable[[Turn], Any]) -> Run:
    """The whole loop, as a graph of its own; what it has written before it fails is told with the error."""

    async def run(state: Mapping[str, Any], turn: Turn) -> Going:
        step = place.step(state, turn)
        own = {NAMES: step.names, INDEX: state.get(INDEX) or (), PATH: f"{step.path}/"}
        begun = {name: state[name] for name in place.fields} | own
        try:
            after = await graph(turn).ainvoke(begun, {"recursion_limit": RECURSION}, context=turn)
        except GraphBubbleUp:
            raise
        except BrokenOff as broken:
            raise Broken(broken.error, _written(place, broken.state)) from broken.error
        with naming(step):
            update = _written(place, after)
            return place.going(step, update | {ENDED: True}, []) if after.get(ENDED) else place.going(step, update)

    return run


def _written(place: Place, after: Mapping[str, Any]) -> dict[str, Any]:
    value = {VALUE: after[VALUE]} if place.is_pass and VALUE in after else {}
    return value | {name: after[added_to(name)] for name in place.fields if added_to(name) in after}


def _over(place: Place, step: Step, now: dict[str, Any], *, done: bool) -> Going:
    """The loop has ended: its result goes where `into` says."""
    passes = now["number"]
    update = place.update(place.head, step, Outcome(passes, {"passes": passes, "done": done}))
    step.emit(StepFinished(step=step.name, seconds=max(time.time() - now["began"], 0.0)))
    return place.going(step, _pass(place, now) | update)


def _holds(place: Place, key: str, step: Step) -> bool:
    return key not in place.head.values or step.holds(place.head.values[key])


def _channel(place: Place) -> str:
    return f"{place.name}.pass"


def _pass(place: Place, now: dict[str, Any]) -> dict[str, Any]:
    return {_channel(place): now}
