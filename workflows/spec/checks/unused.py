"""What nobody uses: fields that are written in vain, and declarations without a use."""

from collections.abc import Iterator, Mapping

from ....tools.base.errors import Problem
from ....tools.base.yaml_reading import Path_
from ..data import Read, after_a_pass, in_value, owner_of, recovers, writes
from ..kinds.act import ToolCall
from ..kinds.agent import AgentNode
from ..kinds.common import NodeBase
from ..known import Subject
from ..types import Map, StateField

Field = tuple[str, str]
"""A state field: the prefix of the level of the map that has it for itself, or "", and its name."""


def check_unused(subject: Subject, used: Mapping[tuple[str, str], list[Read]]) -> Iterator[Problem]:
    """Warnings: inputs, state fields and tools that nothing uses."""
    for name in _left(subject, [*subject.spec.input], "input", used):
        yield _unused(subject, ("input", name), f"nothing reads the input {name!r}")
    yield from _state(subject, used)
    called = {name for level in subject.levels for node in level.nodes.values() for name in _tools_of(node)}
    for name in subject.spec.tools:
        if name not in called:
            yield _unused(subject, ("tools", name), f"no node calls the tool {name!r}")


def _tools_of(node: NodeBase) -> tuple[str, ...]:
    """The tools a node may call."""
    match node:
        case ToolCall():
            return (node.tool,)
        case AgentNode():
            return tuple(node.tools)
        case _:
            return ()


def _left(subject: Subject, names: list[str], root: str, used: Mapping[tuple[str, str], list[Read]]) -> list[str]:
    """The names that nothing reads; what reads all of a root reads each of them."""
    every = [*_kept(subject), *(read for reads in used.values() for read in reads)]
    read = {one.field_of(root) for one in every if one.chain[0] == root}
    return [] if "" in read else [name for name in names if name not in read]


def _kept(subject: Subject) -> Iterator[Read]:
    """What output and record read."""
    yield from in_value(subject.spec.language, ("language",))
    for section in (subject.spec.output, subject.spec.record):
        for name, value in section.items():
            yield from in_value(value, (name,))


def _state(subject: Subject, used: Mapping[tuple[str, str], list[Read]]) -> Iterator[Problem]:
    read, written = _fields_read(subject, used), _fields_written(subject)
    for (owner, name), (path, declared) in _declared(subject).items():
        if (owner, name) in read or (owner, "") in read or declared.keep:
            continue
        if (owner, name) in written:
            problem = f"{name!r} is written and never read"
            yield Problem(
                subject.at(path, 0),
                problem,
                "Use it in a node, in output or in record, or remove it",
                "W702",
                "warning",
            )
        else:
            yield _unused(subject, path, f"nothing writes or reads {name!r}")


def _declared(subject: Subject) -> dict[Field, tuple[Path_, StateField]]:
    found: dict[Field, tuple[Path_, StateField]] = {}
    for level in subject.levels:
        own = level.block.state if isinstance(level.block, Map) else subject.spec.state if level.block is None else {}
        for name, field in own.items():
            found[level.prefix, name] = (*level.path, "state", name), field
    return found


def _fields_read(subject: Subject, used: Mapping[tuple[str, str], list[Read]]) -> set[Field]:
    """The fields that are read; one without a name stands for all of its owner."""
    found = {("", read.field_of("state")) for read in _kept(subject) if read.chain[0] == "state"}
    by_prefix = {level.prefix: level for level in subject.levels}
    for (prefix, name), reads in used.items():
        outer = by_prefix[prefix]
        for read in (one for one in reads if one.chain[0] == "state"):
            level = by_prefix[f"{prefix}{name}."] if after_a_pass(outer.nodes[name], read) else outer
            field = read.field_of("state")
            found |= {(owner_of(level, field), field)} if field else {(one.prefix, "") for one in level.around()}
    if any(isinstance(node.about, Mapping) for level in subject.levels for node in level.nodes.values()):
        found.add(("", "language"))  # it says in which language `about` is shown
    return found


def _fields_written(subject: Subject) -> set[Field]:
    return {
        (owner_of(level, name), name)
        for level in subject.levels
        for node in level.nodes.values()
        for name in (*writes(node), *recovers(node))
    }


def _unused(subject: Subject, path: Path_, problem: str) -> Problem:
    return Problem(subject.at(path, 0), problem, "Use it or remove it", "W703", "warning")
