"""Branches that run at once: where they meet, that they can come together, and that no two write the same field."""

from collections.abc import Iterator
from itertools import combinations

from ....tools.base.errors import Problem
from ....tools.base.yaml_reading import Path_
from ..data import declared_at, recovers, writes
from ..kinds.common import NodeBase
from ..kinds.control import End
from ..known import Subject
from ..levels import Level
from ..types import Block, Loop, Map
from ..ways import Fork, Ways


def check_branches(subject: Subject, ways: Ways) -> Iterator[Problem]:
    """Every complaint about the branches of a level."""
    meetings: set[str] = set()
    for fork in ways.forks:
        if fork.name in fork.region:
            yield _leads_back(subject, ways.level, fork)
            continue
        meets = [name for name in _meetings(ways, fork) if name not in meetings]
        meetings.update(meets)
        yield from (_meets(subject, ways.level, fork, name) for name in meets)
        yield from _several_joins(subject, ways.level, fork)
        yield from _ends_of_all(subject, ways.level, fork)
        if isinstance(ways.level.block, Loop) and any(fork.ends):
            yield _several_ends(subject, ways.level, fork)
        yield from _writers(subject, ways.level, fork)


def _leads_back(subject: Subject, level: Level, fork: Fork) -> Problem:
    head = next(head for head, region in zip(fork.heads, fork.regions, strict=True) if fork.name in region)
    others = ", ".join(repr(other) for other in fork.heads if other != head)
    problem = f"the branch that begins with {head!r} leads back to {fork.name!r} while {others} may still run"
    hint = "Let the branches meet in a node with wait_for: all, and lead back from there"
    return Problem(subject.at((*level.path_of(fork.name), "next"), 0), problem, hint, "E412")


def _meetings(ways: Ways, fork: Fork) -> Iterator[str]:
    """The nodes that several branches reach, as far as something leads to them that is still in one branch."""
    for name in ways.out:
        if name in fork.common and (name in fork.heads or any(one not in fork.common for one in ways.into[name])):
            yield name


def _meets(subject: Subject, level: Level, fork: Fork, name: str) -> Problem:
    heads = [head for head, region in zip(fork.heads, fork.regions, strict=True) if name in region]
    problem = f"the branches {_listed(heads)} of {fork.name!r} meet in {name!r}, which would run once for each of them"
    return Problem(subject.at(level.path_of(name), 0), problem, f"Write wait_for: all in {name!r}", "E407")


def _several_joins(subject: Subject, level: Level, fork: Fork) -> Iterator[Problem]:
    """What waits begins when nothing else runs: two that wait in different branches would begin together."""
    for one, other in combinations(fork.joins, 2):
        pair = next(((a, b) for a in sorted(one) for b in sorted(other) if a != b), None)
        if pair is not None:
            problem = (
                f"{pair[0]!r} and {pair[1]!r} wait in different branches of {fork.name!r}, and would begin at once"
            )
            hint = "Let all branches meet in one node, or put inner branches into a workflow of their own (kind: flow)"
            yield Problem(subject.at((*level.path_of(fork.name), "next"), 0), problem, hint, "E412")
            return


def _several_ends(subject: Subject, level: Level, fork: Fork) -> Problem:
    problem = f"each branch of {fork.name!r} ends the pass, while the others may still run"
    hint = "Lead them to a node with wait_for: all"
    return Problem(subject.at((*level.path_of(fork.name), "next"), 0), problem, hint, "E407")


def _ends_of_all(subject: Subject, level: Level, fork: Fork) -> Iterator[Problem]:
    """An end node would end the workflow in one branch and not in the others; one that fails ends them all."""
    for name in (one for one in level.nodes if one in fork.region):
        for path in _ends_in(level.nodes[name], level.path_of(name)):
            problem = f"{path[-1]!r} would end the whole workflow while other branches of {fork.name!r} may still run"
            yield Problem(subject.at(path, 0), problem, "Lead to end instead: it ends the branch", "E412")


def _ends_in(node: NodeBase, path: Path_) -> Iterator[Path_]:
    if isinstance(node, End) and not node.fail:
        yield path
    if isinstance(node, Loop):
        for where, one in _inside(node):
            yield from _ends_in(one, (*path, *where))


def _writers(subject: Subject, level: Level, fork: Fork) -> Iterator[Problem]:
    """Nodes of different branches that write the same field, where nothing says how the writes come together."""
    written: list[dict[str, tuple[str, Path_]]] = []
    for region in fork.regions:
        first: dict[str, tuple[str, Path_]] = {}
        for name in (one for one in level.nodes if one in region - fork.common):
            for field, where in _all_writes(level.nodes[name]).items():
                first.setdefault(field, (name, where))
        written.append(first)
    told: set[str] = set()
    for one, other in combinations(written, 2):
        for field in [*one]:
            if field in other and field not in told and not _comes_together(subject, level, field):
                told.add(field)
                (name, _), (second, where) = one[field], other[field]
                problem = f"{name!r} and {second!r} run at the same time, and both write {field!r}"
                yield Problem(subject.at((*level.path_of(second), *where), 0), problem, _reduce(field), "E406")


def check_passes(subject: Subject, level: Level) -> Iterator[Problem]:
    """A map's passes run at once, so what they write outside themselves needs a reducer."""
    around = next((one for one in level.around() if isinstance(one.block, Map)), None)
    if around is None or not isinstance(around.block, Map):
        return
    block = around.path[-1]
    for name, node in level.nodes.items():
        for field, where in {**writes(node), **recovers(node)}.items():
            if field not in around.block.state and not _comes_together(subject, level, field):
                problem = f"the passes of {block!r} run at the same time, and in each of them {name!r} writes {field!r}"
                hint = f"{_reduce(field)}, or declare it in the state of {block!r}"
                yield Problem(subject.at((*level.path_of(name), *where), 0), problem, hint, "E406")


def _all_writes(node: NodeBase) -> dict[str, Path_]:
    """What a node writes, and what the nodes inside a block write of the state around it."""
    found = {**writes(node), **recovers(node)}
    if isinstance(node, Block):
        own = node.state if isinstance(node, Map) else {}
        for where, one in _inside(node):
            found |= {field: (*where, *path) for field, path in _all_writes(one).items() if field not in own}
    return found


def _inside(block: Block) -> Iterator[tuple[Path_, NodeBase]]:
    """The nodes of a block, each with where it is written in it."""
    if block.do is not None:
        yield ("do",), block.do
    yield from ((("nodes", name), node) for name, node in block.nodes.items())


def _comes_together(subject: Subject, level: Level, field: str) -> bool:
    """Whether writes of a field that happen at once have an order that does not matter; so has one nobody declared."""
    declared = declared_at(subject.spec, level, field)
    return declared is None or declared.reduce != "last"


def _reduce(field: str) -> str:
    return f"Say how they come together: give {field!r} a reduce, such as append"


def _listed(names: list[str]) -> str:
    return " and ".join(repr(name) for name in names)
