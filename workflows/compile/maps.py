"""kind: map - a graph of its own for each item of a list, several at a time."""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from ...agents.events import StepFinished, StepStarted, Warned
from ..spec.levels import Level
from ..spec.types import Map
from .chains import about, kind
from .channels import INDEX, NAMES, VALUE, beginning, since
from .failures import ItemFailed, kind_of, message_of
from .performing import Place, begin, naming, watched
from .step import Outcome, Step, Turn

if TYPE_CHECKING:
    from langgraph.runtime import Runtime

Run = Callable[..., Awaitable[dict[str, Any]]]


def enter(place: Place) -> Run:
    """The map begins: what are its items?"""

    async def run(state: dict[str, Any], runtime: "Runtime[Turn]") -> dict[str, Any]:
        step = place.step(state, runtime.context)
        async with naming(step):
            await begin(place, step)
            step.emit(StepStarted(step=step.name, kind=kind(place.head.node), about=about(place.head.node, step)))
            items = list(step.value(place.head.values["over"]))
            return {f"{place.name}.over": {"items": items, "began": time.time()}, f"{place.name}.given": None}

    return run


def spread(place: Place, one: str, gather: str) -> Callable[[dict[str, Any]], Any]:
    """The edge after `enter`: a pass for each item."""
    from langgraph.types import Send

    def choose(state: dict[str, Any]) -> Any:
        items = state[f"{place.name}.over"]["items"]
        return [Send(one, _payload(place, state, i, item)) for i, item in enumerate(items)] or gather

    return choose


def _payload(place: Place, state: dict[str, Any], index: int, item: Any) -> dict[str, Any]:
    """The state a pass begins with: what it shares, and what it has for itself."""
    node = _map(place)
    names = {**(state.get(NAMES) or {}), node.as_: item} | ({node.index: index} if node.index else {})
    # The number of a loop's pass that the map is in is a name like any other in there.
    names |= {name: value for name, value in place.loops(state).items() if name not in names}
    shared = {name: state[name] for name in place.fields}
    return shared | beginning(node.state) | {NAMES: names, INDEX: (*(state.get(INDEX) or ()), index)}


def one_pass(place: Place, body: Level, graph: Any) -> Run:
    """A pass: the graph is run, and what it gives and adds is taken out of its state."""
    node = _map(place)

    async def run(state: dict[str, Any], runtime: "Runtime[Turn]") -> dict[str, Any]:
        step = watched(place, place.step(state, runtime.context), runtime)
        index = state[INDEX][-1]
        async with step.turn.gate(place.name, node.max_parallel):
            try:
                async with naming(step):
                    after = await graph.ainvoke(state, {"recursion_limit": RECURSION}, context=step.turn)
                    value = step_value(place, body, after, step)
            except Exception as error:
                given = (index, False, _failure(step, error))
                return {f"{place.name}.given": [given]}
        added = {
            name: more
            for name, field in place.fields.items()
            if field.reduce != "last" and (more := since(field.reduce, state[name], after[name])) is not None
        }
        return added | {f"{place.name}.given": [(index, True, value)]}

    return run


RECURSION = 1_000_000
"""Steps of a pass: the limits of the run are looked at by every node."""


def step_value(place: Place, body: Level, after: Mapping[str, Any], step: Step) -> Any:
    """What a pass gives."""
    if body.block is not None and body.block.do is not None:
        return after.get(VALUE)
    gives = place.head.values.get("gives")
    inner = Step(step.name, step.turn, after, {**step.names, **(after.get(NAMES) or {})})
    return None if gives is None else inner.value(gives)


def _failure(step: Step, error: Exception) -> dict[str, str]:
    """An error as plain values for the state; the error itself, for whoever ran the workflow, stays with the turn."""
    kind_ = kind_of(error)
    if kind_ is None:
        raise error
    step.turn.failures[step.name] = error
    return {"step": step.name, "kind": kind_, "problem": message_of(error)}


def gather(place: Place) -> Run:
    """Every pass has ended: the results in the order of the items."""
    node = _map(place)

    async def run(state: dict[str, Any], runtime: "Runtime[Turn]") -> dict[str, Any]:
        step = place.step(state, runtime.context)
        async with naming(step):
            given = sorted(state[f"{place.name}.given"] or [], key=lambda one: one[0])
            failed = [told for _, good, told in given if not good]
            if failed and node.on_item_error == "fail":
                _raise(failed[0], step)
            for told in failed:
                step.emit(Warned(problem=f"{told['step']} is left out: {told['problem']}"))
            items = [value for _, good, value in given if good]
            step.emit(StepFinished(step=step.name, seconds=max(time.time() - state[f"{place.name}.over"]["began"], 0)))
            return place.update(place.head, step, Outcome(items, {"items": items, "failed": len(failed)}))

    return run


def _raise(told: Mapping[str, Any], step: Step) -> None:
    error = step.turn.failures.get(told["step"])
    raise error or ItemFailed(told["problem"], told["kind"], at=told["step"])


def _map(place: Place) -> Map:
    node = place.head.node
    assert isinstance(node, Map)
    return node
