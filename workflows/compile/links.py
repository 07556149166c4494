"""The nodes of a checked spec, compiled: all there is to know before LangGraph is needed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ...tools.base.errors import FileError, InputError, Problem
from ...tools.base.tool import Tool
from ..spec.expressions import Scope
from ..spec.reading import Source
from ..spec.types import Classify, Guard, Listen, Llm, NodeBase, Retrieve, Set, Speak, ToolCall
from .chains import Link, chains
from .nodes.classify import compile_classify
from .nodes.guard import compile_guard
from .nodes.listen import compile_listen
from .nodes.llm import compile_llm
from .nodes.retrieve import compile_retrieve
from .nodes.set import compile_set
from .nodes.speak import compile_speak
from .nodes.tool import compile_tool
from .step import Bench, Runner, Streamer

KINDS: Mapping[type[NodeBase], Callable[[Any, Bench], Runner | Streamer]] = {
    Classify: compile_classify,
    Guard: compile_guard,
    Listen: compile_listen,
    Llm: compile_llm,
    Retrieve: compile_retrieve,
    Set: compile_set,
    Speak: compile_speak,
    ToolCall: compile_tool,
}


def compile_links(source: Source, tools: Mapping[str, Tool]) -> list[list[Link]]:
    """Compile every node, in chains of those that follow one another.

    Raises:
        FileError: what a node names is missing or wrong: every complaint, each with its place.
    """
    spec, problems = source.spec, list[Problem]()
    fields = {"state": spec.state.keys(), "input": spec.input.keys()}
    bench = Bench(Scope(spec), source.folder, fields, tools)
    compiled: dict[str, Link] = {}
    for name, node in spec.nodes.items():
        where = source.at(("nodes", name), 0)
        try:
            compiled[name] = _link(name, node, replace(bench, where=where))
        except FileError as error:
            problems += error.problems
        except InputError as error:
            problems.append(Problem(where, str(error)))
    if problems:
        raise FileError(problems)
    return [[compiled[name] for name in names] for names in chains(spec)]


def _link(name: str, node: NodeBase, bench: Bench) -> Link:
    into: dict[str, Any] = (
        {node.into: None}
        if isinstance(node.into, str)
        else {field: bench.scope.value(value, result=True) for field, value in node.into.items()}
    )
    runner = KINDS[type(node)](node, bench)
    if isinstance(node, Set):
        into |= {field: bench.scope.value(value) for field, value in node.values.items()}
    return Link(name, node, runner, into)
