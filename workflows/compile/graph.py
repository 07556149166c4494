"""A compiled plan becomes a LangGraph graph. This folder and `run/` are the only ones that import LangGraph.

A loop's nodes lie in the graph the loop is in, between a node that counts the passes and one that goes on; a pass of a
map is a graph of its own, sent once for every item.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from langgraph.errors import NodeError
from langgraph.graph import END as GRAPH_END
from langgraph.graph import START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command, RetryPolicy, TimeoutPolicy

from ...agents.events import Recovered
from ..spec.kinds.common import Retry, Timeout
from ..spec.kinds.control import End
from ..spec.levels import Level
from ..spec.names import END, seconds
from ..spec.types import Loop, Map, StateField
from . import loops, maps
from .chains import chains
from .channels import fields_at, own_channels, state_type
from .failures import kind_of, message_of
from .links import Plan
from .performing import Place, perform
from .step import Step, Turn

Run = Callable[..., Awaitable[Any]]


def compile_graph(plan: Plan) -> Any:
    """The graph of a workflow; its state is a plain dict, its context a Turn."""
    return _Assembly(plan, plan.outermost).graph()


@dataclass(frozen=True, slots=True)
class Exit:
    """Where the ways out of a level lead in its graph, and who handles an error nobody inside it does."""

    end: str
    recovery: "tuple[Place, Exit] | None" = None


class _Assembly:
    """Puts one graph together: a workflow, or a pass of a map, with the loops in it."""

    def __init__(self, plan: Plan, level: Level) -> None:
        self.plan, self.level = plan, level
        self.fields: Mapping[str, StateField] = fields_at(plan.spec, level)
        self.builder: Any = StateGraph(
            state_type(plan.spec.name, self.fields, self._own(level)), context_schema=Turn
        )

    def graph(self) -> Any:
        self._level(self.level, Exit(GRAPH_END))
        self.builder.add_edge(START, f"{self.level.prefix}{self.level.start}")
        return self.builder.compile(name=f"{self.plan.spec.name}.{self.level.prefix}".rstrip("."))

    def _own(self, level: Level) -> list[str]:
        """The channels of the blocks in this graph: those of loops, and of what is in loops."""
        found = []
        for name, node in level.nodes.items():
            found += own_channels(f"{level.prefix}{name}", node)
            if isinstance(node, Loop):
                found += self._own(self.plan.inside(level, name))
        return found

    def _level(self, level: Level, exit_: Exit) -> None:
        links = self.plan.levels[level]
        for names in chains(level.nodes):
            place = Place(level, [links[name] for name in names], self.fields)
            match place.head.node:
                case Loop():
                    self._loop(place, exit_)
                case Map():
                    self._map(place, exit_)
                case _:
                    self._node(place.name, perform(place), place, exit_, retries=True)
                    self._leave(place.name, place, exit_)

    def _loop(self, place: Place, exit_: Exit) -> None:
        """enter -> pass ... -> again -> pass ... -> done."""
        name, body = place.name, self.plan.inside(place.level, place.head.name)
        begin = f"{body.prefix}{body.start}"
        again, done = f"{name}.again", f"{name}.done"
        recovery = (place, exit_) if place.head.node.on_error else exit_.recovery
        self._node(name, loops.enter(place), place, exit_)
        self._node(again, loops.again(place), place, exit_, joins=False)
        self._node(done, loops.done(place), place, exit_, joins=False)
        for source in (name, again):
            self.builder.add_conditional_edges(source, loops.goes_on(place, begin, done), [begin, done])
        self._level(body, Exit(again, recovery))
        self._leave(done, place, exit_)

    def _map(self, place: Place, exit_: Exit) -> None:
        """enter -> a pass for each item -> gather."""
        name, body = place.name, self.plan.inside(place.level, place.head.name)
        one, gather = f"{name}.each", f"{name}.gather"
        graph = _Assembly(self.plan, body).graph()
        self._node(name, maps.enter(place), place, exit_)
        self._node(one, maps.one_pass(place, body, graph), place, exit_, joins=False)
        self._node(gather, maps.gather(place), place, exit_, joins=False)
        self.builder.add_conditional_edges(name, maps.spread(place, one, gather), [one, gather])
        self.builder.add_edge(one, gather)
        self._leave(gather, place, exit_)

    def _node(
        self, name: str, run: Run, place: Place, exit_: Exit, *, joins: bool = True, retries: bool = False
    ) -> None:
        node = place.head.node
        recovery = (place, exit_) if node.on_error else exit_.recovery
        self.builder.add_node(
            name,
            run,
            defer=joins and node.wait_for == "all",
            retry_policy=_retry(node.retry) if retries and node.retry else None,
            timeout=_timeout(node.timeout) if retries and node.timeout else None,
            error_handler=_handler(*recovery) if recovery else None,
        )

    def _leave(self, source: str, place: Place, exit_: Exit) -> None:
        """The edges that go out of a node, or of the last part of a block."""
        last = place.links[-1]
        if isinstance(last.node, End):
            self.builder.add_edge(source, GRAPH_END)
            return
        for target in last.node.nexts or (() if last.route else (END,)):
            self.builder.add_edge(source, _target(target, place.level, exit_))
        if last.route:
            ends = [_target(way.to, place.level, exit_) for way in last.route]

            def choose(state: dict[str, Any], runtime: Runtime[Turn]) -> str:
                step = place.step(state, runtime.context)
                return next(to for way, to in zip(last.route, ends, strict=True) if _holds(way.when, step))

            self.builder.add_conditional_edges(source, choose, ends)


def _holds(when: Any, step: Step) -> bool:
    return when is None or bool(step.value(when))


def _target(name: str, level: Level, exit_: Exit) -> str:
    return exit_.end if name == END else f"{level.prefix}{name}"


def _handler(place: Place, exit_: Exit) -> Callable[..., Any]:
    """What on_error says, for an error of a kind that workflows know; any other goes on to whoever ran it."""
    on_error = place.head.node.on_error
    assert on_error is not None

    def handle(state: dict[str, Any], error: NodeError, runtime: Runtime[Turn]) -> Any:
        kind = kind_of(error.error)
        if kind is None:
            raise error.error
        step = place.step(state, runtime.context)
        told = {"kind": kind, "message": message_of(error.error)}
        step.emit(Recovered(step=step.name, kind=kind, problem=told["message"]))
        update = place.checked({name: step.value(value, error=told) for name, value in place.head.recovery.items()})
        if on_error.to:
            return Command(update=update, goto=_target(on_error.to, place.level, exit_))
        return update

    return handle


def _retry(retry: Retry) -> RetryPolicy:
    return RetryPolicy(
        max_attempts=retry.times + 1,
        initial_interval=seconds(retry.wait),
        backoff_factor=retry.backoff,
        retry_on=lambda error: kind_of(error) in retry.on,
    )


def _timeout(timeout: str | Timeout) -> TimeoutPolicy:
    if isinstance(timeout, str):
        return TimeoutPolicy(run_timeout=seconds(timeout))
    return TimeoutPolicy(
        run_timeout=seconds(timeout.run) if timeout.run else None,
        idle_timeout=seconds(timeout.idle) if timeout.idle else None,
    )

