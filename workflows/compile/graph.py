"""A compiled plan becomes a LangGraph graph. This folder and `run/` are the only ones that import LangGraph.

A loop's nodes lie in the graph the loop is in, between a node that counts the passes and one that goes on; a loop whose
pass has branches, and a pass of a map, are graphs of their own.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from typing import Any

from langgraph.graph import START, StateGraph

from ..spec.levels import Level
from ..spec.names import END
from ..spec.types import Block, Loop, Map
from . import loops, maps
from .chains import chains
from .channels import RECURSION, Channels, fields_at, own_channels
from .links import Link, Plan
from .performing import caught, is_cheap, is_weighty, perform
from .place import Place
from .step import Turn
from .walking import Run, Station, Walker


def compile_graph(plan: Plan) -> Any:
    """The graph of a workflow; its state is a plain dict, its context a Turn."""
    level = plan.outermost
    graph = _Graph(plan, level, _own(plan, level))
    graph.add(level, "", ())
    return graph.compiled(f"{level.prefix}{level.start}")


class _Graph:
    """Puts one graph together: a workflow, a pass of a map, or a loop whose pass has branches.

    Every node of it says itself where it goes on, so there are no edges but the first.
    """

    def __init__(
        self,
        plan: Plan,
        level: Level,
        own: Iterable[str],
        shared: Iterable[str] = (),
        base: str = "",
        *,
        keeps_broken: bool = False,
    ) -> None:
        """
        Args:
            level: Whose fields it has.
            own: The channels of its blocks.
            shared: The state fields that the graph around it takes over.
            base: What the names of its nodes begin with.
            keeps_broken: Whether what was written before an error is wanted around it.
        """
        self.plan, self.base = plan, base
        self.fields, self.shared = fields_at(plan.spec, level), frozenset(shared)
        self.walker = Walker(Channels.of(self.fields, self.shared, own), keeps_broken)
        self.joins, self.repeated = set[str](), set[str]()

    def compiled(self, start: str, *, stored: bool = True) -> Any:
        """For LangGraph; `stored`: with the state kept where that of the graph around it is."""
        name = f"{self.plan.spec.name}.{start}"
        builder: Any = StateGraph(self.walker.channels.state_type(name), context_schema=Turn)
        for station in self.walker.stations:
            builder.add_node(station, self.walker.begins_at(station), defer=station in self.joins)
        builder.add_edge(START, start)
        return builder.compile(name=name, checkpointer=None if stored else False)

    def nested(self, start: str) -> Callable[[Turn], Any]:
        """The same for a graph within another, when it is first needed: only a durable run keeps what is in it."""
        made: dict[bool, Any] = {}

        def graph(turn: Turn) -> Any:
            if turn.durable not in made:
                made[turn.durable] = self.compiled(start, stored=turn.durable)
            return made[turn.durable]

        return graph

    def add(self, level: Level, end: str, around: tuple[Place, ...]) -> None:
        """The nodes of a level; `around` are the loops whose on_error takes up what goes wrong in them."""
        links = self.plan.levels[level]
        self.repeated |= _repeated(level)
        for names in chains(level.nodes):
            place = self._place(level, [links[name] for name in names], end)
            if place.head.node.wait_for:
                self.joins.add(place.name)
            match place.head.node:
                case Loop():
                    self._loop_or_apart(place, around)
                case Map():
                    self._map(place, around)
                case _:
                    self._node(place, place.name, perform(place), around, stored_after=not is_cheap(place))

    def _place(self, level: Level, links: list[Link], end: str, *, leads: bool = True) -> Place:
        return Place(level, links, self.fields, self.shared, end, leads, self.base)

    def _loop_or_apart(self, place: Place, around: tuple[Place, ...]) -> None:
        body = self.plan.inside(place.level, place.head.name)
        if not loops.has_branches(body):
            self.loop(place, (place, *around) if place.head.node.on_error else around)
            return
        own = [*own_channels(place.name, place.head.node), *_own(self.plan, body)]
        is_caught = bool(place.head.node.on_error or around or self.walker.keeps_broken)
        graph = _Graph(self.plan, place.level, own, self.fields, body.prefix, keeps_broken=is_caught)
        graph.loop(graph._place(place.level, place.links, "", leads=False), ())
        self._node(place, place.name, loops.apart(place, graph.nested(place.name)), around, stored_after=True)

    def loop(self, place: Place, around: tuple[Place, ...]) -> None:
        """enter -> pass ... -> again -> pass ... -> again."""
        body = self.plan.inside(place.level, place.head.name)
        first, again = f"{body.prefix}{body.start}", f"{place.name}.again"
        self._node(place, place.name, loops.enter(place, first), around, is_caught=False)
        self._node(place, again, loops.again(place, first), around, is_caught=False)
        self.add(body, again, around)

    def _map(self, place: Place, around: tuple[Place, ...]) -> None:
        """enter -> each pass, and beside them rest -> gather; or all of that in one."""
        node, name = place.head.node, place.name
        assert isinstance(node, Map)
        each, rest, gather = f"{name}.each", f"{name}.rest", f"{name}.gather"
        shared = [field for field, shape in self.fields.items() if shape.reduce != "last" and field not in node.state]
        one = maps.one_pass(place, self._pass(self.plan.inside(place.level, place.head.name), shared), shared)
        self._node(place, name, maps.enter(place, one, each, rest), around, stored_after=True)
        self._node(place, each, maps.each(place, one), (), is_caught=False)
        self._node(place, rest, maps.rest(gather), (), is_caught=False)
        self._node(place, gather, maps.gather(place), around, waits=True, stored_after=True)

    def _pass(self, level: Level, shared: Iterable[str]) -> maps.Nodes:
        """A pass without branches needs no graph where nothing in it is kept before its end."""
        graph = _Graph(self.plan, level, _own(self.plan, level), shared, level.prefix)
        graph.add(level, "", ())
        start = f"{level.prefix}{level.start}"
        nested, alone, branches = graph.nested(start), _is_alone(level), loops.has_branches(level)

        async def run(state: Mapping[str, Any], turn: Turn) -> Mapping[str, Any]:
            if alone or not (branches or turn.durable):
                return (await graph.walker.walk(start, state, turn, stored=False)).state
            after: Mapping[str, Any] = await nested(turn).ainvoke(state, {"recursion_limit": RECURSION}, context=turn)
            return after

        return run

    def _node(
        self,
        place: Place,
        name: str,
        run: Run,
        around: tuple[Place, ...],
        *,
        is_caught: bool = True,
        waits: bool = False,
        stored_after: bool = False,
    ) -> None:
        """A node of the graph, with what takes up its errors: its own on_error first, where it `is_caught` by that."""
        own = (place,) if is_caught and place.head.node.on_error else ()
        for one in (*own, *around):
            run = caught(run, one)
        begins = name == place.name
        self.walker.stations[name] = Station(
            name,
            run,
            name if begins and name in self.repeated else "",
            waits or name in self.joins,
            begins and is_weighty(place),
            stored_after,
        )


def _repeated(level: Level) -> set[str]:
    """The nodes of a level that may run more than once in a graph: those of a loop, and all that lead to a circle."""
    once = set[str]()
    if not isinstance(level.block, Loop):
        sorter = TopologicalSorter({name: {*node.targets} & level.nodes.keys() for name, node in level.nodes.items()})
        with suppress(CycleError):  # what does not lead to it is sorted all the same
            sorter.prepare()
        while ready := sorter.get_ready():
            once.update(ready)
            sorter.done(*ready)
    return {f"{level.prefix}{name}" for name in level.nodes.keys() - once}


def _own(plan: Plan, level: Level) -> list[str]:
    """The channels of the blocks of a level: those of loops, and of what is in loops."""
    found = []
    for name, node in level.nodes.items():
        found += own_channels(f"{level.prefix}{name}", node)
        if isinstance(node, Loop):
            found += _own(plan, plan.inside(level, name))
    return found


def _is_alone(level: Level) -> bool:
    """Whether a pass is one node, which does its work in one go."""
    nodes = [*level.nodes.values()]
    return len(nodes) == 1 and not isinstance(nodes[0], Block) and all(name == END for name in nodes[0].targets)
