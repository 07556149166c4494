"""What is surely written by the time a node begins: definite assignment over nodes, branches and blocks.

Sets of fields are the bits of whole numbers, so that hundreds of nodes take a few milliseconds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .data import chain_of, owner_of, recovers, writes
from .levels import Level
from .names import END
from .types import Loop, Map
from .ways import Ways, ways_of

ALL = -1
"""Every bit: what has been written on a way that no run takes."""


@dataclass(slots=True)
class Around:
    """What is surely written around a node.

    Attributes:
        before: When it begins.
        passed: When the passes of a loop are over; before, for any other node.
        failed: When it failed and its on_error has been heeded.
        after: When the run goes on as the node leads, failed or not.
    """

    before: int = ALL
    passed: int = ALL
    failed: int = ALL
    after: int = ALL


@dataclass
class Flow:
    """The fields surely written at every place of a workflow; `bits` numbers them by owner and name.

    A map's own fields belong to its level's prefix, all others to "".
    """

    levels: Mapping[str, Level]
    bits: dict[tuple[str, str], int] = field(default_factory=dict)
    around: dict[tuple[str, str], Around] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    """By a level's prefix: what is written when a pass ends."""
    ways: dict[str, Ways] = field(default_factory=dict)
    entries: dict[str, int] = field(default_factory=dict)

    def bit(self, level: Level, name: str) -> int:
        """The bit of a field as a level sees it."""
        return 1 << self.bits.setdefault((owner_of(level, name), name), len(self.bits))

    def writes(self, level: Level, name: str) -> int:
        """The bits of what a node itself writes when it succeeds."""
        return self._bits(level, writes(level.nodes[name]))

    def follow(self, level: Level, entry: int) -> int:
        """Go through a level that begins with `entry`; what is surely written at its end is returned and kept."""
        if level.prefix not in self.ways:
            self.ways[level.prefix] = ways_of(level)
        ways = self.ways[level.prefix]
        self.entries[level.prefix] = entry
        for name in level.nodes:
            self.around[level.prefix, name] = Around()
        order, changed = _in_order(ways), True
        while changed:
            changed = False
            for name in order:
                changed |= self._visit(ways, name)
        self.ends[level.prefix] = self._arriving(ways, END)
        return self.ends[level.prefix]

    def leaving(self, level: Level, name: str, to: str) -> int:
        """What is surely written on the way from one node to another."""
        node, here = level.nodes[name], self.around[level.prefix, name]
        failing = node.on_error is not None and node.on_error.to == to
        leads = to in node.nexts or any(case.target == to for case in node.route) or not failing
        return (here.after if leads else ALL) & (here.failed if failing else ALL)

    def _visit(self, ways: Ways, name: str) -> bool:
        """Bring what is known around one node up to date; true when it has changed."""
        level = ways.level
        here, before = self.around[level.prefix, name], self._arriving(ways, name)
        if before in (here.before, ALL):
            return False
        first = chain_of(level, name)[0]
        handler = level.nodes[first].on_error
        here.before = before
        here.passed = self._through(level, name, before)
        here.failed = self.around[level.prefix, first].before | self._bits(level, recovers(level.nodes[first]))
        here.after = here.passed | self.writes(level, name)
        if handler and not handler.to:
            here.after &= here.failed
        return True

    def _through(self, level: Level, name: str, before: int) -> int:
        """What a node's passes add to what was written before it."""
        block = level.nodes[name]
        if not isinstance(block, Map | Loop):
            return before
        end = self.follow(self.levels[f"{level.prefix}{name}."], before)
        return end if isinstance(block, Loop) and not block.while_ else before

    def _bits(self, level: Level, names: Mapping[str, object]) -> int:
        found = 0
        for name in names:
            found |= self.bit(level, name)
        return found

    def _arriving(self, ways: Ways, name: str) -> int:
        """What is surely written when a node begins, or a level ends."""
        level = ways.level
        entry = self.entries[level.prefix] if name == level.start else ALL
        if name in ways.waiting or name == END:
            return entry & self._together(ways, name, frozenset(ways.out))
        for one in ways.into[name]:
            entry &= self.leaving(level, one, name)
        return entry

    def _together(self, ways: Ways, name: str, inside: frozenset[str]) -> int:
        """What all ways out of `inside` have written; those of the branches of a fork are all gone, not one of them."""
        before = frozenset(ways.into[name]) & inside
        forks = [one for one in ways.forks if one.name in inside and (name in one.heads or one.region & before)]
        forks = [one for one in forks if not any(one.name in other.region for other in forks)]
        within = frozenset[str]().union(*(fork.region for fork in forks))
        found = ALL
        for one in before - within - {fork.name for fork in forks}:
            found &= self.leaving(ways.level, one, name)
        for fork in forks:
            gone = self.around[ways.level.prefix, fork.name].after
            for head, region, joins, ends in zip(fork.heads, fork.regions, fork.joins, fork.ends, strict=True):
                surely = (joins == {name} and not ends) or (name == END and not joins)
                if head != name and surely:
                    gone |= self._together(ways, name, region)
            found &= gone
        return found


def _in_order(ways: Ways) -> list[str]:
    """The nodes that are reached, each after those that lead to it, as far as there are no circles."""
    done: dict[str, None] = {}
    seen = {ways.level.start}
    todo: list[tuple[str, Iterator[str]]] = [(ways.level.start, iter(ways.out[ways.level.start]))]
    while todo:
        name, targets = todo[-1]
        target = next((one for one in targets if one not in seen and one != END), None)
        if target is None:
            done[name] = None
            todo.pop()
        else:
            seen.add(target)
            todo.append((target, iter(ways.out[target])))
    return [*reversed(done)]
