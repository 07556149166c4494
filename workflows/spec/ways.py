"""How the nodes of a level lead to one another, and where branches begin and meet."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from .kinds.control import End
from .levels import DO, Level
from .names import END


@dataclass(frozen=True)
class Fork:
    """A node whose `next` is a list: the branches run at once.

    A branch runs until a node that waits for all, which begins when nothing else runs any more; so what lies behind
    such a node runs beside no branch.

    Attributes:
        heads: The first node of each branch.
        regions: The nodes of each branch, up to those that wait.
        joins: The nodes that wait at which each branch may arrive.
        ends: Whether each branch may come to the end without meeting a node that waits.
    """

    name: str
    heads: tuple[str, ...]
    regions: tuple[frozenset[str], ...]
    joins: tuple[frozenset[str], ...]
    ends: tuple[bool, ...]

    @cached_property
    def region(self) -> frozenset[str]:
        """The nodes of all branches."""
        return frozenset(chain.from_iterable(self.regions))

    @cached_property
    def common(self) -> frozenset[str]:
        """The nodes that several branches reach, each for itself."""
        return frozenset(name for name in self.region if sum(name in one for one in self.regions) > 1)


@dataclass(frozen=True)
class Ways:
    """The ways of a level.

    Attributes:
        out: Each node with the nodes it may lead to, `end` among them. What names no node is taken for the end.
    """

    level: Level
    out: Mapping[str, tuple[str, ...]]

    @cached_property
    def into(self) -> Mapping[str, tuple[str, ...]]:
        """Each node, and the end, with the nodes that may lead to it."""
        found: dict[str, list[str]] = {name: [] for name in (*self.out, END)}
        for name, targets in self.out.items():
            for target in targets:
                found[target].append(name)
        return {name: tuple(before) for name, before in found.items()}

    @cached_property
    def waiting(self) -> frozenset[str]:
        """The nodes that wait for all branches."""
        return frozenset(name for name, node in self.level.nodes.items() if node.wait_for)

    @cached_property
    def forks(self) -> tuple[Fork, ...]:
        """The nodes where branches begin."""
        return tuple(self._forks())

    def reach(self, starts: Iterable[str], stop: Collection[str] = ()) -> set[str]:
        """The starts and all they lead to; what is in `stop` is reached, and not gone beyond."""
        return reach(self.out, starts, stop)

    def _forks(self) -> Iterator[Fork]:
        for name, node in self.level.nodes.items():
            heads = tuple(dict.fromkeys(head for head in node.nexts if head in self.out or head == END))
            if len(heads) > 1:
                reached = [self.reach([head], self.waiting) for head in heads]
                yield Fork(
                    name,
                    heads,
                    tuple(frozenset(one - self.waiting - {END}) for one in reached),
                    tuple(frozenset(one & self.waiting) for one in reached),
                    tuple(END in one for one in reached),
                )


def ways_of(level: Level) -> Ways:
    """The ways of a level; the only node of a block leads to the end of the pass."""
    out: dict[str, tuple[str, ...]] = {}
    for name, node in level.nodes.items():
        known = [target if target in level.nodes else END for target in node.targets]
        alone = isinstance(node, End) or (name == DO and level.block is not None and level.block.do is not None)
        out[name] = () if isinstance(node, End) else tuple(dict.fromkeys([END] if alone else known or [END]))
    return Ways(level, out)


def reach(out: Mapping[str, Iterable[str]], starts: Iterable[str], stop: Collection[str] = ()) -> set[str]:
    """The starts and everything that can be reached from them."""
    reached: set[str] = set()
    todo = [*starts]
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            if name not in stop:
                todo += out.get(name, ())
    return reached


def knots(out: Mapping[str, Iterable[str]], names: Collection[str]) -> Iterator[frozenset[str]]:
    """The sets of nodes among `names` that all lead to one another, in a circle."""
    rest = {name: [to for to in out[name] if to in names] for name in names}
    while idle := [name for name, targets in rest.items() if not targets]:  # what leads nowhere is in no circle
        for name in idle:
            del rest[name]
        rest = {name: [to for to in targets if to in rest] for name, targets in rest.items()}
    back: dict[str, list[str]] = {name: [] for name in rest}
    for name, targets in rest.items():
        for target in targets:
            back[target].append(name)
    left = dict.fromkeys(rest)
    while left:
        first = next(iter(left))
        knot = reach(rest, rest[first]) & reach(back, back[first])
        if first in knot:
            yield frozenset(knot)
        for name in {first, *(knot if first in knot else ())}:
            left.pop(name, None)


def shortest(out: Mapping[str, Iterable[str]], start: str, goal: str) -> list[str]:
    """The shortest way of at least one step, both ends named; none where there is no way."""
    before: dict[str, str] = {}
    todo = [start]
    for name in todo:
        for target in out.get(name, ()):
            if target == goal:
                return [*reversed([goal, *_back(before, name, start)])]
            if target not in before and target != start:
                before[target] = name
                todo.append(target)
    return []


def _back(before: Mapping[str, str], name: str, start: str) -> Iterator[str]:
    while name != start:
        yield name
        name = before[name]
    yield start
