"""Data that is there: a state field is read only where every way has written it, or where it begins with a value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ....tools.base.errors import Problem
from ..data import Read, after_a_pass, chain_of, declared_at, in_value, reads, recovers, writes
from ..flowing import Around, Flow
from ..known import Subject
from ..levels import Level
from ..names import END
from ..types import Loop, StateField
from ..ways import Ways, shortest
from .unused import check_unused

LONGEST = 10
"""So many nodes of a way are shown; of a longer one the middle is left out."""

Used = Mapping[tuple[str, str], list[Read]]
"""What each node reads, by its level's prefix and its name."""


def check_data_flow(subject: Subject) -> Iterator[Problem]:
    """Every complaint about what is read and written."""
    used = {
        (level.prefix, name): reads(node, subject.folder, subject.spec.language)
        for level in subject.levels
        for name, node in level.nodes.items()
    }
    flow = Flow({level.prefix: level for level in subject.levels})
    flow.follow(subject.levels[0], 0)
    nodes = [node for level in subject.levels for node in level.nodes.values()]
    written = frozenset(name for node in nodes for name in (*writes(node), *recovers(node)))
    for level in subject.levels:
        for name in level.nodes:
            yield from _Reading(subject, flow, written, level, name).problems(used[level.prefix, name])
    for section, values in (("output", subject.spec.output), ("record", subject.spec.record)):
        for name, value in values.items():
            yield from _never_there(subject, written, section, name, value)
    yield from check_unused(subject, used)


def _never_there(subject: Subject, written: frozenset[str], section: str, name: str, value: Any) -> Iterator[Problem]:
    """What comes of a run may be empty on some ways, but not on all of them."""
    for read in in_value(value, (section, name)):
        field = read.field_of("state")
        declared = subject.spec.state.get(field)
        if declared is not None and field not in written and declared.default is None and not declared.keep:
            problem, hint = f"nothing ever writes 'state.{field}'", "Write it, or give it a default"
            yield Problem(subject.at(read.path, read.shift), problem, hint, "E701", width=read.width)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One node, and all that is known about what has been written before it."""

    subject: Subject
    flow: Flow
    written: frozenset[str]
    level: Level
    name: str

    def problems(self, used: list[Read]) -> Iterator[Problem]:
        told: set[str] = set()
        for read in used:
            field = read.field_of("state")
            if field and field not in told:
                for problem in self._problems(read, field):
                    told.add(field)
                    yield problem

    def _problems(self, read: Read, field: str) -> Iterator[Problem]:
        level = self.level
        if after_a_pass(level.nodes[self.name], read):
            level = self.flow.levels[f"{level.prefix}{self.name}."]
        declared, bit = declared_at(self.subject.spec, level, field), self.flow.bit(level, field)
        if declared is None or self._begins(declared, field) or self._known(read) & bit:
            return
        where = self.subject.at((*self.level.path_of(self.name), *read.path), read.shift)
        problem, hint = (
            f"{self._full(self.name)!r} reads 'state.{field}'",
            f"Give {field!r} a default, or write it before",
        )
        if field not in self.written:
            problem += ", and nothing writes it"
        else:
            problem += f", which nothing has written on the way {_shown(self._way(level, read, bit))}"
        yield Problem(where, problem, hint, "E701", width=read.width)

    def _begins(self, declared: StateField, field: str) -> bool:
        """Whether its value before any node has run is meant: declared, kept, or what a reducer adds to."""
        gathers = declared.reduce != "last" and field in self.written
        return declared.default is not None or declared.keep or gathers

    def _known(self, read: Read) -> int:
        """What is surely written when a value of the node is looked at."""
        key, node = read.path[0], self.level.nodes[self.name]
        if after_a_pass(node, read):
            return self.flow.ends.get(f"{self.level.prefix}{self.name}.", -1)
        if key == "route":
            return self._around(self.name).after
        if key == "into" and isinstance(node, Loop):
            return self._around(self.name).passed
        return self._around(chain_of(self.level, self.name)[0]).before

    def _around(self, name: str) -> Around:
        return self.flow.around.get((self.level.prefix, name), Around())

    def _full(self, name: str) -> str:
        return f"{self.level.prefix}{name}"

    def _way(self, level: Level, read: Read, bit: int) -> list[str]:
        """One way to the node on which nothing writes the field, from the workflow's start."""
        if level is not self.level:
            return [
                *way_without(self.flow, self.level, self.name, bit),
                *way_without(self.flow, level, END, bit, own=True),
            ]
        if read.path[0] in ("route", "into"):
            return way_without(self.flow, level, self.name, bit)
        first, *others = chain_of(level, self.name)
        return [*way_without(self.flow, level, first, bit), *map(self._full, others)]


def way_without(flow: Flow, level: Level, goal: str, bit: int, *, own: bool = False) -> list[str]:
    """The shortest way to a node on which a field is not written; with `own` from the level's start only."""
    ways = flow.ways[level.prefix]
    idle = {name: _idle(flow, ways, name, bit) for name in ways.into}
    back = {
        name: [one for one in before if not flow.leaving(level, one, name) & bit and one not in idle[name]]
        for name, before in ways.into.items()
    }
    inner = [level.start] if goal == level.start else [*reversed(shortest(back, goal, level.start))]
    shown = [f"{level.prefix}{name}" for name in inner if name != END]
    if own:
        return shown
    if level.parent is None:
        return ["start", *shown]
    return [*way_without(flow, level.parent, _name_in(level), bit), *shown]


def _idle(flow: Flow, ways: Ways, name: str, bit: int) -> frozenset[str]:
    """Where branches meet: the nodes of those that never write a field, if there are others that might have."""
    found = frozenset[str]()
    for fork in ways.forks if name in ways.waiting else ():
        writing = [any(flow.writes(ways.level, one) & bit for one in region) for region in fork.regions]
        if any(writing):
            found |= {one for region, does in zip(fork.regions, writing, strict=True) if not does for one in region}
    return found


def _name_in(level: Level) -> str:
    """What a level's block is called in the level around it."""
    return level.prefix.removesuffix(".").rsplit(".", 1)[-1]


def _shown(way: list[str]) -> str:
    if len(way) > LONGEST:
        way = [*way[: LONGEST - 4], "...", *way[-3:]]
    return " -> ".join(way)
