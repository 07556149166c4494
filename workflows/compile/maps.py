"""kind: map - a graph of its own for each item of a list, several at a time."""

import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from langgraph.types import Command, Send

from ...agents.events import StepFinished, StepStarted, Warned
from ...tools.base.errors import InputError
from ..spec.types import Map
from .chains import about, kind
from .channels import INDEX, NAMES, RECURSION, VALUE, added_to, beginning
from .failures import ItemFailed, kind_of
from .performing import Run, begin, counted
from .place import Place, named
from .step import Outcome, Passes, Step, Turn
from .trying import naming

if TYPE_CHECKING:
    from langgraph.runtime import Runtime


class Given(TypedDict):
    """What a pass gives and has written to what it shares; or what it failed with. If the map fails, none counts."""

    index: int
    value: Any
    added: Mapping[str, Any]
    failed: Mapping[str, Any] | None


def enter(place: Place, one: str, rest: str) -> Run:
    """The map begins: a pass for each item, and beside them `rest`."""
    node = _map(place)

    async def run(state: dict[str, Any], runtime: "Runtime[Turn]") -> Command[Any]:
        step = place.step(state, runtime.context)
        with naming(step):
            await begin(place, step)
            step.emit(StepStarted(step=step.name, kind=kind(node), about=about(place.head, step)))
            items = step.value(place.head.values["over"])
            if not isinstance(items, list | tuple):
                raise InputError(f"`over` is no list: {type(items).__name__}", hint="A map goes over the items of one")
        step.turn.passes.pop(step.name, None)
        passes = [Send(one, _payload(place, step, i, item)) for i, item in enumerate(items)]
        begun = {f"{place.name}.began": time.time(), f"{place.name}.given": None}
        return Command(update=begun, goto=[rest, *passes])

    return run


def _payload(place: Place, step: Step, index: int, item: Any) -> dict[str, Any]:
    """The state a pass begins with: what it shares, and what it has for itself."""
    node = _map(place)
    names = {**step.names, node.as_: item} | ({node.index: index} if node.index else {})
    shared = {name: step.state[name] for name in place.fields}
    return shared | beginning(node.state) | {NAMES: names, INDEX: (*(step.state.get(INDEX) or ()), index)}


def rest(gather: str) -> Run:
    """Runs beside the passes and leads on: where there are only passes, LangGraph begins what waits for all."""

    async def run(state: dict[str, Any], runtime: "Runtime[Turn]") -> Command[Any]:
        return Command(goto=gather)

    return run


def one_pass(place: Place, graph: Any, shared: Iterable[str]) -> Run:
    """A pass: the graph is run, and what it gives and adds to what it shares is taken out of its state."""
    node = _map(place)

    async def run(state: dict[str, Any], runtime: "Runtime[Turn]") -> Command[Any]:
        step = counted(place, place.step(state, runtime.context))
        passes = _passes(place, step)
        async with step.turn.gate(f"{step.turn.within}/{place.name}", node.max_parallel):
            if passes.failed:
                return Command()
            try:
                async with passes.one():
                    after = await graph.ainvoke(state, {"recursion_limit": RECURSION}, context=step.turn)
                with naming(step):
                    value = _gives(place, after, step)
            except Exception as error:
                told = _failure(step, error)
                if passes.failed:  # another has failed before, and stopped this one
                    return Command()
                if node.on_item_error == "fail":
                    passes.stop()
                return _gave(place, Given(index=state[INDEX][-1], value=None, added={}, failed=told))
        added = {name: after[added_to(name)] for name in shared if added_to(name) in after}
        return _gave(place, Given(index=state[INDEX][-1], value=value, added=added, failed=None))

    return run


def _gave(place: Place, given: Given) -> Command[Any]:
    return Command(update={f"{place.name}.given": [given]})


def _gives(place: Place, after: Mapping[str, Any], step: Step) -> Any:
    """What a pass gives: the value of its only node, or what `gives` says."""
    if _map(place).do is not None:
        return after.get(VALUE)
    gives = place.head.values.get("gives")
    return None if gives is None else Step(step.name, step.turn, after, after[NAMES]).value(gives)


def _failure(step: Step, error: Exception) -> dict[str, str]:
    """An error as plain values for the state; the error itself, for whoever ran the workflow, stays with the turn."""
    kind_ = kind_of(error)
    if kind_ is None:
        raise error
    step.turn.failures[step.name] = error
    return {"step": step.name, "kind": kind_, "problem": str(error)}


def gather(place: Place) -> Run:
    """Every pass has ended: the results in the order of the items."""
    node = _map(place)

    async def run(state: dict[str, Any], runtime: "Runtime[Turn]") -> Command[Any]:
        step = place.step(state, runtime.context)
        given: list[Given] = sorted(state[f"{place.name}.given"] or (), key=lambda one: one["index"])
        failed = [one["failed"] for one in given if one["failed"] is not None]
        with naming(step):
            if failed and node.on_item_error == "fail":
                _raise(failed[0], step)
            for told in failed:
                step.emit(Warned(problem=f"{told['step']} is left out: {told['problem']}"))
            # A pass whose only node failed and recovered gives nothing, and a list holds no nulls.
            items = [one["value"] for one in given if one["failed"] is None and one["value"] is not None]
            outcome = Outcome(items, {"items": items, "failed": len(failed)})
            update = place.together(*(one["added"] for one in given), place.update(place.head, step, outcome))
        step.emit(StepFinished(step=step.name, seconds=max(time.time() - state[f"{place.name}.began"], 0.0)))
        with naming(step):
            return place.going(step, update)

    return run


def _raise(told: Mapping[str, Any], step: Step) -> None:
    error = step.turn.failures.get(told["step"])
    raise error or ItemFailed(told["problem"], told["kind"], at=told["step"])


def _passes(place: Place, step: Step) -> Passes:
    """Those of the map that a pass belongs to."""
    around = named(place.name, {INDEX: step.state[INDEX][:-1]}, step.turn)
    return step.turn.passes.setdefault(around, Passes())


def _map(place: Place) -> Map:
    node = place.head.node
    assert isinstance(node, Map)
    return node
