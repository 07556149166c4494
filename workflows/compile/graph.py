"""A compiled plan becomes a LangGraph graph. This folder and `run/` are the only ones that import LangGraph.

A loop's nodes lie in the graph the loop is in, between a node that counts the passes and one that goes on; a pass of a
map is a graph of its own, sent once for every item.
"""

from collections.abc import Iterable
from typing import Any

from langgraph.graph import START, StateGraph

from ..spec.levels import Level
from ..spec.types import Loop, Map
from . import loops, maps
from .chains import chains
from .channels import fields_at, own_channels, state_type
from .links import Link, Plan
from .performing import Run, caught, perform
from .place import Place
from .step import Turn


def compile_graph(plan: Plan) -> Any:
    """The graph of a workflow; its state is a plain dict, its context a Turn."""
    return _Graph(plan, plan.outermost).of_level()


class _Graph:
    """Puts one graph together: a workflow, a pass of a map, or a loop whose pass has branches.

    Every node of it says itself where it goes on, so there are no edges but the first.
    """

    def __init__(self, plan: Plan, level: Level, shared: Iterable[str] = ()) -> None:
        """
        Args:
            level: Whose nodes lie in it.
            shared: The state fields that the graph around it takes over.
        """
        self.plan, self.level = plan, level
        self.fields, self.shared = fields_at(plan.spec, level), frozenset(shared)
        self.nodes: dict[str, Run] = {}
        self.waiting: set[str] = set()

    def of_level(self) -> Any:
        """The graph of a workflow, or of a map's pass."""
        self._level(self.level, "", ())
        return self._compiled(f"{self.level.prefix}{self.level.start}", self._own(self.level))

    def of_loop(self, links: list[Link]) -> Any:
        """The graph of one loop of the level."""
        place = Place(self.level, links, self.fields, self.shared, leads=False)
        self._loop(place, ())
        inner = self._own(self.plan.inside(self.level, place.head.name))
        return self._compiled(place.name, [*own_channels(place.name, place.head.node), *inner])

    def _compiled(self, start: str, own: Iterable[str]) -> Any:
        state = state_type(self.plan.spec.name, self.fields, self.shared, own)
        builder: Any = StateGraph(state, context_schema=Turn)
        for name, run in self.nodes.items():
            builder.add_node(name, run, defer=name in self.waiting)
        builder.add_edge(START, start)
        return builder.compile(name=f"{self.plan.spec.name}.{start}")

    def _own(self, level: Level) -> list[str]:
        """The channels of the blocks in this graph: those of loops, and of what is in loops."""
        found = []
        for name, node in level.nodes.items():
            found += own_channels(f"{level.prefix}{name}", node)
            if isinstance(node, Loop):
                found += self._own(self.plan.inside(level, name))
        return found

    def _level(self, level: Level, end: str, around: tuple[Place, ...]) -> None:
        """The nodes of a level; `around` are the loops whose on_error takes up what goes wrong in them."""
        links = self.plan.levels[level]
        for names in chains(level.nodes):
            place = Place(level, [links[name] for name in names], self.fields, self.shared, end)
            if place.head.node.wait_for:
                self.waiting.add(place.name)
            match place.head.node:
                case Loop():
                    self._loop_or_apart(place, around)
                case Map():
                    self._map(place, around)
                case _:
                    self._node(place.name, perform(place), place, around)

    def _loop_or_apart(self, place: Place, around: tuple[Place, ...]) -> None:
        if loops.has_branches(self.plan.inside(place.level, place.head.name)):
            graph = _Graph(self.plan, place.level, self.fields).of_loop(place.links)
            is_caught = bool(place.head.node.on_error or around)
            self._node(place.name, loops.apart(place, graph, is_caught=is_caught), place, around)
        else:
            self._loop(place, (place, *around) if place.head.node.on_error else around)

    def _loop(self, place: Place, around: tuple[Place, ...]) -> None:
        """enter -> pass ... -> again -> pass ... -> again."""
        body = self.plan.inside(place.level, place.head.name)
        first, again = f"{body.prefix}{body.start}", f"{place.name}.again"
        self._node(place.name, loops.enter(place, first), None, around)
        self._node(again, loops.again(place, first), None, around)
        self._level(body, again, around)

    def _map(self, place: Place, around: tuple[Place, ...]) -> None:
        """enter -> a pass for each item, and beside them rest -> gather."""
        node, name = place.head.node, place.name
        assert isinstance(node, Map)
        one, rest, gather = f"{name}.each", f"{name}.rest", f"{name}.gather"
        shared = [field for field, shape in self.fields.items() if shape.reduce != "last" and field not in node.state]
        graph = _Graph(self.plan, self.plan.inside(place.level, place.head.name), shared).of_level()
        self._node(name, maps.enter(place, one, rest), place, around)
        self._node(one, maps.one_pass(place, graph, shared), None, ())
        self._node(rest, maps.rest(gather), None, ())
        self._node(gather, maps.gather(place), place, around)

    def _node(self, name: str, run: Run, place: Place | None, around: tuple[Place, ...]) -> None:
        own = (place,) if place is not None and place.head.node.on_error else ()
        for one in (*own, *around):
            run = caught(run, one)
        self.nodes[name] = run
