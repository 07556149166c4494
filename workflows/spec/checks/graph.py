"""Ways that lead somewhere: nodes are reached, the end is reached, and nothing goes round for ever."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from ....tools.base.errors import Problem
from ....tools.base.yaml_reading import Path_
from ..kinds.common import NodeBase
from ..kinds.control import End
from ..known import Subject
from ..levels import Level
from ..names import END
from ..types import Map
from ..ways import Ways, knots, shortest, ways_of
from .branches import check_branches, check_passes
from .follows import check_follows


def check_graph(subject: Subject) -> Iterator[Problem]:
    """Every complaint about the ways between nodes, level by level."""
    for level in subject.levels:
        ways = ways_of(level)
        for name, node in level.nodes.items():
            yield from _ways_out(subject, level, name, node)
            yield from check_follows(subject, level, name, node)
        if _all_known(level):
            if not _is_silent(level):
                yield from _not_reached(subject, ways)
            yield from _rounds(subject, ways)
        yield from check_branches(subject, ways)
        yield from check_passes(subject, level)


def _all_known(level: Level) -> bool:
    """A wrong name is told as such; what it makes look lost is not."""
    targets = {target for node in level.nodes.values() for target in node.targets}
    return {level.start, *targets} <= {*level.nodes, END} and END not in level.nodes


def _is_silent(level: Level) -> bool:
    """Whether a node does not say where it leads: it may have meant what nothing leads to."""
    return any(not (node.nexts or node.route or isinstance(node, End)) for node in level.nodes.values())


def _ways_out(subject: Subject, level: Level, name: str, node: NodeBase) -> Iterator[Problem]:
    """A node has one of next and route, and a route ends with its only else."""
    path = level.path_of(name)
    alone = level.block is not None and level.block.do is not None
    if isinstance(node, End) or alone:
        why = "is the end" if isinstance(node, End) else "is a whole pass"
        for key in ("next", "route"):
            if getattr(node, key):
                yield Problem(subject.at((*path, key), 0), f"{name!r} {why} and leads nowhere", f"Remove {key}", "E410")
    elif bool(node.nexts) == bool(node.route):
        yield _one_way(subject, path, name, node)
    if len({*node.nexts}) < len(node.nexts):
        where = subject.at((*path, "next"), 0)
        yield Problem(
            where, f"next of {name!r} names a node twice", "Each branch begins with a node of its own", "E410"
        )
    if isinstance(node, End) and any(isinstance(one.block, Map) for one in level.around()):
        problem = f"{name!r} would end the whole workflow from inside one of many passes"
        yield Problem(subject.at(path, 0), problem, "Lead to end: it ends the pass", "E411")
    yield from _else(subject, path, node)


def _one_way(subject: Subject, path: Path_, name: str, node: NodeBase) -> Problem:
    if node.route:
        hint = "A route's last line {else: node} says where to go otherwise"
        return Problem(subject.at((*path, "next"), 0), f"{name!r} has both next and route", hint, "E410")
    hint = "Write next: end where it is the last"
    return Problem(subject.at(path, 0), f"nothing says what comes after {name!r}", hint, "E410")


def _else(subject: Subject, path: Path_, node: NodeBase) -> Iterator[Problem]:
    for i, case in enumerate(node.route[:-1]):
        if case.else_:
            where, hint = subject.at((*path, "route", i), 0), "What comes behind it would never be looked at"
            yield Problem(where, "else must be the last line of a route", hint, "E404")
    if node.route and not any(case.else_ for case in node.route):
        yield Problem(subject.at((*path, "route"), 0), "this route has no else", "Add a last line {else: node}", "E405")


def _not_reached(subject: Subject, ways: Ways) -> Iterator[Problem]:
    """Nodes that nothing leads to; what only they lead to is not told, too."""
    left = dict.fromkeys(ways.out)
    for name in ways.reach([ways.level.start]):
        left.pop(name, None)
    for name in [*(one for one in left if not ways.into[one]), *left]:
        if name in left:
            where, hint = subject.at(ways.level.path_of(name), 0), "Lead to it with next or route, or remove it"
            yield Problem(where, f"nothing leads to {name!r}", hint, "E401")
            for reached in ways.reach([name]):
                left.pop(reached, None)


def _rounds(subject: Subject, ways: Ways) -> Iterator[Problem]:
    """Circles that nobody gets out of: none of their nodes has a choice, or no choice leads to the end."""
    nodes = ways.level.nodes
    told: set[str] = set()
    for knot in knots(ways.out, ways.out):
        leaves = any(target not in knot for name in knot for target in ways.out[name])
        ends = any(isinstance(nodes[name], End) for name in knot)
        if not leaves and not ends and any(nodes[name].route or nodes[name].limits.visits for name in knot):
            told |= knot
            first = next(name for name in ways.out if name in knot)
            yield _no_end(subject, ways.level, first, len(knot))
    for inside in _without_choice(ways):
        if not inside.keys() <= told:
            yield _for_ever(subject, ways, inside)


def _no_end(subject: Subject, level: Level, name: str, many: int) -> Problem:
    others = "" if many == 1 else ", nor from the nodes it leads to"
    goal = "the end" if level.block is None else "the end of the pass"
    hint = "Give one of them a line that leads to end"
    return Problem(subject.at(level.path_of(name), 0), f"from {name!r} no way leads to {goal}{others}", hint, "E402")


def _for_ever(subject: Subject, ways: Ways, inside: Mapping[str, Sequence[str]]) -> Problem:
    first = next(name for name in ways.out if name in inside)
    circle = shortest(inside, first, first)
    told, level = " -> ".join(circle), ways.level
    failing = next((one[0] for one in pairwise(circle) if _only_fails(level.nodes[one[0]], one[1], inside)), None)
    if failing is not None:
        where = subject.at((*level.path_of(failing), "on_error", "to"), 0)
        problem = f"{told} goes round as often as {failing!r} fails: on_error leads back, and nothing counts"
        hint = f"To try again, write retry: {{times: 2}} in {failing!r}"
        counts = next((one for one in inside if level.nodes[one].on_error is None), "")
        hint += f", or limits: {{visits: 5}} in {counts!r}, past which the run ends" if counts else ""
        return Problem(where, problem, hint, "E403")
    last = circle[-2]
    key = "next" if level.nodes[last].nexts else "route"
    hint = "Lead out of it with a route, or give one of its nodes limits: {visits: 5}"
    problem = f"{told} goes round without a condition that leads out"
    return Problem(subject.at((*level.path_of(last), key), 0), problem, hint, "E403")


def _only_fails(node: NodeBase, target: str, circle: Collection[str]) -> bool:
    """Whether nothing but an error keeps a node leading to another: its other ways, if any, come to an end."""
    return _ends(node, circle) or target not in (*node.nexts, *(case.target for case in node.route))


def _without_choice(ways: Ways) -> Iterator[Mapping[str, Sequence[str]]]:
    """Circles whose ways no line of a route leads out of, and no limit to a node's visits ends.

    Where there is such a line or limit, the way by `next` and `route` ends some time, so it is taken out and the rest
    is looked at again. The way by `on_error` does not: a node that fails never comes to its route, and one that has
    used up its visits fails.
    """
    todo: list[Mapping[str, Sequence[str]]] = [ways.out]
    while todo:
        out = todo.pop()
        for knot in knots(out, out):
            inside = {name: [to for to in out[name] if to in knot] for name in ways.out if name in knot}
            left = {name: _for_sure(ways.level.nodes[name], inside[name], knot) for name in inside}
            if left == inside:
                yield inside
            else:
                todo.append(left)


def _for_sure(node: NodeBase, targets: Sequence[str], circle: Collection[str]) -> list[str]:
    """The ways from a node into a circle that nothing decides about."""
    back = node.on_error.to if node.on_error else ""
    return [to for to in targets if to == back or not _ends(node, circle)]


def _ends(node: NodeBase, circle: Collection[str]) -> bool:
    """Whether a node's ways by `next` and `route` lead out of a circle some time."""
    return bool(node.limits.visits) or any(case.target not in circle for case in node.route)
