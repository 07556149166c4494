"""kind: map - a graph of its own for each item of a list, several at a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Any, TypedDict

from langgraph.errors import GraphBubbleUp
from langgraph.types import Send

from ...agents.events import StepFinished, StepStarted, Warned
from ...tools.base.errors import InputError
from ..spec.types import Map
from .chains import about, kind
from .channels import INDEX, NAMES, PATH, VALUE, added_to, beginning
from .failures import ItemFailed, kind_of
from .performing import begin, counted
from .place import Place, named
from .step import Outcome, Passes, Step, Turn
from .trying import naming
from .walking import Breath, Going, Run

Nodes = Callable[[Mapping[str, Any], Turn], Awaitable[Mapping[str, Any]]]
"""Runs the nodes of a pass: from the state it begins with to the state it ends with."""


class Given(TypedDict):
    """What a pass gives and has written to what it shares; or what it failed with. If the map fails, none counts."""

    index: int
    value: Any
    added: Mapping[str, Any]
    failed: Mapping[str, Any] | None


Pass = Callable[[Mapping[str, Any], Turn], Awaitable[Given | None]]
"""A pass: from the state it begins with to what it gives; None where another has failed, and the map with it."""


def enter(place: Place, one: Pass, each: str, rest: str) -> Run:
    """The map begins. Where each pass is kept when it is done, LangGraph runs them, and beside them `rest`."""
    node = _map(place)

    async def run(state: Mapping[str, Any], turn: Turn) -> Going:
        step, began = place.step(state, turn), time.time()
        with naming(step):
            await begin(place, step)
            step.emit(StepStarted(step=step.name, kind=kind(node), about=about(place.head, step)))
            items = step.value(place.head.values["over"])
            if not isinstance(items, list | tuple):
                raise InputError(f"`over` is no list: {type(items).__name__}", hint="A map goes over the items of one")
        turn.passes.pop(step.name, None)
        passes = (_payload(place, step, i, item) for i, item in enumerate(items))
        if turn.durable:
            begun = {f"{place.name}.began": began, f"{place.name}.given": None}
            return Going(begun, [rest, *(Send(each, one) for one in passes)])
        given = await _all(one, passes, turn, min(node.max_parallel, len(items)))
        return _over(place, step, given, began)

    return run


async def _all(one: Pass, passes: Iterator[Mapping[str, Any]], turn: Turn, workers: int) -> list[Given]:
    """Run passes here, several at a time. One that pauses lets the others finish first."""
    found, paused, breath = list[Given](), list[GraphBubbleUp](), Breath()

    async def work() -> None:
        for begun in passes:
            try:
                given = await one(begun, turn)
            except GraphBubbleUp as pause:
                paused.append(pause)
                continue
            if given is not None:
                found.append(given)
            await breath.take()

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(work())
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from failed.exceptions[0].__cause__
    if paused:
        raise paused[0]
    return found


def _payload(place: Place, step: Step, index: int, item: Any) -> dict[str, Any]:
    """The state a pass begins with: what it shares, and what it has for itself."""
    node = _map(place)
    names = {**step.names, node.as_: item} | ({node.index: index} if node.index else {})
    shared = {name: step.state[name] for name in place.fields}
    own = {NAMES: names, INDEX: (*(step.state.get(INDEX) or ()), index), PATH: f"{step.path}#{index}/"}
    return shared | beginning(node.state) | own


def rest(gather: str) -> Run:
    """Runs beside the passes and leads on: where there are only passes, LangGraph begins what waits for all."""

    async def run(state: Mapping[str, Any], turn: Turn) -> Going:
        return Going({}, [gather])

    return run


def each(place: Place, one: Pass) -> Run:
    """A pass as a step of LangGraph's."""

    async def run(state: Mapping[str, Any], turn: Turn) -> Going:
        given = await one(state, turn)
        return Going({} if given is None else {f"{place.name}.given": [given]}, [])

    return run


def one_pass(place: Place, nodes: Nodes, shared: Iterable[str]) -> Pass:
    """A pass: its nodes are run, and what it gives and adds to what it shares is taken out of its state."""
    node = _map(place)

    async def run(state: Mapping[str, Any], turn: Turn) -> Given | None:
        step, index = counted(place, place.step(state, turn)), state[INDEX][-1]
        passes = _passes(place, step)
        async with turn.gate(f"{turn.within}/{place.name}", node.max_parallel):
            if passes.failed:
                return None
            try:
                async with passes.one():
                    after = await nodes(state, step.turn)
                with naming(step):
                    value = _gives(place, after, step)
            except GraphBubbleUp:
                raise
            except Exception as error:
                told = _failure(step, error)
                if passes.failed:  # another has failed before, and stopped this one
                    return None
                if node.on_item_error == "fail":
                    passes.stop()
                return Given(index=index, value=None, added={}, failed=told)
        added = {name: after[added_to(name)] for name in shared if added_to(name) in after}
        return Given(index=index, value=value, added=added, failed=None)

    return run


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
    """Every pass has ended."""

    async def run(state: Mapping[str, Any], turn: Turn) -> Going:
        given = state[f"{place.name}.given"] or ()
        return _over(place, place.step(state, turn), given, state[f"{place.name}.began"])

    return run


def _over(place: Place, step: Step, found: Iterable[Given], began: float) -> Going:
    """The map has ended: the results in the order of the items go where `into` says."""
    given = sorted(found, key=lambda one: one["index"])
    failed = [one["failed"] for one in given if one["failed"] is not None]
    with naming(step):
        if failed and _map(place).on_item_error == "fail":
            _raise(failed[0], step)
        for told in failed:
            step.emit(Warned(problem=f"{told['step']} is left out: {told['problem']}"))
        # A pass whose only node failed and recovered gives nothing, and a list holds no nulls.
        items = [one["value"] for one in given if one["failed"] is None and one["value"] is not None]
        outcome = Outcome(items, {"items": items, "failed": len(failed)})
        update = place.together(*(one["added"] for one in given), place.update(place.head, step, outcome))
    step.emit(StepFinished(step=step.name, seconds=max(time.time() - began, 0.0)))
    with naming(step):
        return place.going(step, update)


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
