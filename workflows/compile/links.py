"""The nodes of a checked spec, compiled: all there is to know before LangGraph is needed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ...tools.base.errors import FileError, InputError, Problem
from ..spec.data import reads
from ..spec.expressions import Literal, compile_condition, compile_value
from ..spec.kinds import act, agent, common, control, memory, think, voice
from ..spec.kinds.common import NodeBase
from ..spec.known import Subject
from ..spec.levels import Level, inside
from ..spec.names import seconds
from ..spec.scopes import ERROR, Names
from ..spec.shapes import ANY
from ..spec.types import Block, Loop, Map, WorkflowSpec
from ..spec.walking import values_in
from .caching import Remembered, cached
from .nodes.agent import compile_agent
from .nodes.ask import compile_ask
from .nodes.classify import compile_classify
from .nodes.code import compile_code
from .nodes.emit import compile_emit
from .nodes.end import compile_end
from .nodes.extract import compile_extract
from .nodes.flow import compile_flow
from .nodes.guard import compile_guard
from .nodes.http import compile_http
from .nodes.listen import compile_listen
from .nodes.llm import compile_llm
from .nodes.recall import compile_recall
from .nodes.remember import compile_remember
from .nodes.retrieve import compile_retrieve
from .nodes.set import compile_set
from .nodes.speak import compile_speak
from .nodes.tool import compile_python, compile_tool
from .nodes.wait import compile_wait
from .step import Bench, Compiled, Runner, Step, Streamer

KINDS: Mapping[type[NodeBase], Callable[[Any, Bench], Runner | Streamer]] = {
    act.Code: compile_code,
    act.Emit: compile_emit,
    act.Http: compile_http,
    act.Python: compile_python,
    act.ToolCall: compile_tool,
    agent.AgentNode: compile_agent,
    control.End: compile_end,
    control.Flow: compile_flow,
    control.Set: compile_set,
    control.Wait: compile_wait,
    memory.Recall: compile_recall,
    memory.Remember: compile_remember,
    memory.Retrieve: compile_retrieve,
    think.Classify: compile_classify,
    think.Extract: compile_extract,
    think.Llm: compile_llm,
    voice.Ask: compile_ask,
    voice.Guard: compile_guard,
    voice.Listen: compile_listen,
    voice.Speak: compile_speak,
}


@dataclass(frozen=True, slots=True)
class Way:
    """A line of a route: where to, and on which condition; None for else."""

    when: Compiled | None
    to: str


@dataclass(frozen=True, slots=True)
class Link:
    """A compiled node.

    Attributes:
        name: Its name at its level.
        runner: What it does; None for a block, whose pass does the work.
        into: State fields with expressions over `result`, or None for the whole value.
        route: Its lines, compiled.
        recovery: What the state fields of on_error become.
        values: Other compiled values of the node by their key: over, gives, until, while, approve, and the language.
        shown: What a person is shown who is to approve of it: what it names, and what it is given.
    """

    name: str
    node: NodeBase
    runner: Runner | Streamer | None
    into: Mapping[str, Compiled | None]
    route: tuple[Way, ...]
    recovery: Mapping[str, Compiled]
    values: Mapping[str, Compiled]
    shown: Mapping[str, Compiled]


@dataclass(frozen=True, slots=True)
class Plan:
    """Every level of a workflow, compiled; `tell` names a node of a level in messages and pictures."""

    spec: WorkflowSpec
    levels: Mapping[Level, Mapping[str, Link]]

    def inside(self, level: Level, name: str) -> Level:
        """The level of a block's pass."""
        return next(one for one in self.levels if one.parent is level and one.prefix == f"{level.prefix}{name}.")

    @property
    def outermost(self) -> Level:
        """The workflow's own level."""
        return next(iter(self.levels))


def compile_plan(subject: Subject, bench: Bench) -> Plan:
    """Compile every node of every level.

    Raises:
        FileError: what a node names is missing or wrong: every complaint, each with its place.
    """
    problems = list[Problem]()
    found = {
        level: dict(_links(level, replace(bench, names=subject.scopes.at(level)), subject, problems))
        for level in subject.levels
    }
    if problems:
        raise FileError(problems)
    return Plan(subject.spec, found)


def _links(level: Level, bench: Bench, subject: Subject, problems: list[Problem]) -> Iterator[tuple[str, Link]]:
    for name, node in level.nodes.items():
        where = subject.at(level.path_of(name), 0)
        try:
            link = _link(name, node, level, replace(bench, where=where))
            if isinstance(node, Map) and node.gives is not None:
                names = subject.scopes.at(inside(level, name, node))
                link = replace(link, values={**link.values, "gives": compile_value(node.gives, names)})
            yield name, link
        except FileError as error:
            problems += error.problems
        except InputError as error:
            problems.append(Problem(where, str(error)))


def _link(name: str, node: NodeBase, level: Level, bench: Bench) -> Link:
    into: dict[str, Compiled | None] = {
        field: None if value is None else bench.value(value, result=ANY) for field, value in node.written.items()
    }
    if isinstance(node, control.Set):
        into |= {field: bench.value(value) for field, value in node.values.items()}
    runner = None if isinstance(node, Block) else KINDS[type(node)](node, bench)
    if runner is not None and node.cache is not None:
        runner = cached(runner, _remembered(f"{bench.workflow}.{level.prefix}{name}", node, node.cache, bench))
    return Link(
        name,
        node,
        runner,
        into,
        tuple(_ways(node, bench.names)),
        {
            field: bench.value(value, error=ERROR)
            for field, value in (node.on_error.set if node.on_error else {}).items()
        },
        dict(_values(node, bench)),
        dict(_shown(node, bench)) if node.approve is not False else {},
    )


def _ways(node: NodeBase, names: Names) -> Iterator[Way]:
    for case in node.route:
        yield Way(compile_condition(case.when, names) if case.when else None, case.target)


def _values(node: NodeBase, bench: Bench) -> Iterator[tuple[str, Compiled]]:
    """What is looked at outside of the node's own work."""
    yield "language", bench.language("")
    if node.approve is not False:
        yield "approve", bench.value(node.approve)
    if isinstance(node, Map):
        yield "over", bench.value(node.over)
    if isinstance(node, Loop):
        for key, condition in (("until", node.until), ("while", node.while_)):
            if condition:
                yield key, compile_condition(condition, bench.names)


def _shown(node: NodeBase, bench: Bench) -> Iterator[tuple[str, Compiled]]:
    for key in ("tool", "function", "service", "method", "use"):
        if key in type(node).model_fields:
            yield key, Literal(getattr(node, key))
    for written in values_in(node):
        if written.expects.form == "value" and written.path[0] not in ("into", "on_error", "cache", "approve"):
            yield ".".join(map(str, written.path)), bench.value(written.value)


def _remembered(where: str, node: NodeBase, cache: common.Cache, bench: Bench) -> Remembered:
    from langgraph.cache.memory import InMemoryCache

    if cache.key is not None:
        given = bench.value(cache.key)
        return Remembered(InMemoryCache(), where, _whole(cache.for_), lambda step: step.value(given))
    return Remembered(InMemoryCache(), where, _whole(cache.for_), partial(_read, sorted(_reads(node, bench))))


def _whole(duration: str) -> int:
    return max(1, round(seconds(duration)))


def _reads(node: NodeBase, bench: Bench) -> set[tuple[str, ...]]:
    """The dotted names that the node's own work uses; what is looked at afterwards says nothing about its result."""
    return {
        bench.names.find(read.chain)[0]
        for read in reads(node, bench.folder, bench.spoken)
        if read.chain[0] in bench.names.roots and read.path[0] not in ("route", "into", "on_error", "cache", "approve")
    }


def _read(chains: list[tuple[str, ...]], step: Step) -> list[Any]:
    roots = step.roots()
    found = []
    for chain in chains:
        value: Any = roots
        for part in chain:
            value = value[part]
        found.append(value)
    return found
