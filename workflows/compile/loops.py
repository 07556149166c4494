"""kind: loop - the same nodes again, in the graph the loop is in."""

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from ...agents.events import StepFinished, StepStarted
from ..spec.names import seconds
from ..spec.types import Loop
from .chains import about, kind
from .performing import Place, begin, naming
from .step import Outcome, Step, Turn

if TYPE_CHECKING:
    from langgraph.runtime import Runtime

Run = Callable[..., Awaitable[dict[str, Any]]]


def enter(place: Place) -> Run:
    """The loop begins: is there a first pass?"""

    async def run(state: dict[str, Any], runtime: "Runtime[Turn]") -> dict[str, Any]:
        first = _pass(place, {"number": 1, "began": time.time(), "goes_on": True, "done": False})
        step = place.step(state | first, runtime.context)
        async with naming(step):
            await begin(place, step)
            step.emit(StepStarted(step=step.name, kind=kind(place.head.node), about=about(place.head.node, step)))
            goes_on = _holds(place, "while", step)
            return _pass(place, first[_channel(place)] | {"goes_on": goes_on, "done": not goes_on, "number": int(goes_on)})

    return run


def again(place: Place) -> Run:
    """A pass has ended: is there another?"""
    node = place.head.node
    assert isinstance(node, Loop)

    async def run(state: dict[str, Any], runtime: "Runtime[Turn]") -> dict[str, Any]:
        step = place.step(state, runtime.context)
        async with naming(step):
            now = state[_channel(place)]
            if "until" in place.head.values and _holds(place, "until", step):
                return _pass(place, now | {"goes_on": False, "done": True})
            late = bool(node.time) and time.time() - now["began"] >= seconds(node.time)
            if now["number"] >= node.max or late:
                return _pass(place, now | {"goes_on": False, "done": not node.until})
            goes_on = _holds(place, "while", step)
            return _pass(place, now | {"goes_on": goes_on, "done": not goes_on, "number": now["number"] + int(goes_on)})

    return run


def done(place: Place) -> Run:
    """The loop has ended: its result goes where `into` says."""

    async def run(state: dict[str, Any], runtime: "Runtime[Turn]") -> dict[str, Any]:
        step, now = place.step(state, runtime.context), state[_channel(place)]
        async with naming(step):
            passes = now["number"]
            step.emit(StepFinished(step=step.name, seconds=max(time.time() - now["began"], 0.0)))
            return place.update(place.head, step, Outcome(passes, {"passes": passes, "done": now["done"]}))

    return run


def goes_on(place: Place, begin: str, done: str) -> Callable[[dict[str, Any]], str]:
    """The edge after `enter` and `again`."""
    return lambda state: begin if state[_channel(place)]["goes_on"] else done


def _holds(place: Place, key: str, step: Step) -> bool:
    return key not in place.head.values or bool(step.value(place.head.values[key]))


def _channel(place: Place) -> str:
    return f"{place.name}.pass"


def _pass(place: Place, now: dict[str, Any]) -> dict[str, Any]:
    return {_channel(place): now}
