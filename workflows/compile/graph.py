"""A checked spec becomes a LangGraph graph. This is the only folder, with `run/`, that imports LangGraph."""

import operator
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, TypedDict

from langgraph.graph import END as GRAPH_END
from langgraph.graph import START, StateGraph
from langgraph.runtime import Runtime

from ...tools.base.tool import Tool
from ..spec.expressions import Scope
from ..spec.reading import Source
from ..spec.types import END, Classify, Guard, Listen, Llm, NodeBase, Set, Speak, StateField, ToolCall, WorkflowSpec
from .chains import Link, chains, run_chain
from .nodes.classify import compile_classify
from .nodes.guard import compile_guard
from .nodes.listen import compile_listen
from .nodes.llm import compile_llm
from .nodes.set import compile_set
from .nodes.speak import compile_speak
from .nodes.tool import compile_tool
from .step import Bench, Runner, Step, Streamer, Turn

KINDS: Mapping[type[NodeBase], Callable[[Any, Bench], Runner | Streamer]] = {
    Classify: compile_classify,
    Guard: compile_guard,
    Listen: compile_listen,
    Llm: compile_llm,
    Set: compile_set,
    Speak: compile_speak,
    ToolCall: compile_tool,
}
_EMPTY = {"string": "", "integer": 0, "number": 0.0, "boolean": False, "list": [], "object": {}}
_TYPES = {"string": str, "integer": int, "number": float, "boolean": bool, "list": list, "object": dict}


def initial(spec: WorkflowSpec) -> dict[str, Any]:
    """The state before the first node: each field's default, or the empty value of its type."""
    return {name: _EMPTY[field.type] if field.default is None else field.default for name, field in spec.state.items()}


def compile_graph(source: Source, tools: Mapping[str, Tool]) -> Any:
    """Compile a checked workflow; its state is a plain dict, its context a Turn.

    Raises:
        FileError: a prompt's file is missing or wrong.
    """
    spec = source.spec
    scope = Scope(spec)
    bench = Bench(scope, source.folder, tools)
    builder: Any = StateGraph(_state_type(spec), context_schema=Turn)
    for names in chains(spec):
        links = [_link(name, spec.nodes[name], bench) for name in names]
        builder.add_node(names[0], _node(links))
        _leave(builder, names[0], spec.nodes[names[-1]], scope)
    builder.add_edge(START, spec.start)
    return builder.compile(name=spec.name)


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


def _node(links: list[Link]) -> Callable[..., Awaitable[dict[str, Any]]]:
    async def node(state: dict[str, Any], runtime: Runtime[Turn]) -> dict[str, Any]:
        step = Step(links[0].name, runtime.context, state)
        return await run_chain(links, step)

    return node


def _leave(builder: Any, name: str, node: NodeBase, scope: Scope) -> None:
    """The edges that go out of a node."""
    if node.next:
        builder.add_edge(name, GRAPH_END if node.next == END else node.next)
        return
    cases = [(scope.condition(case.when) if case.when else None, case.target) for case in node.route]

    def choose(state: dict[str, Any], runtime: Runtime[Turn]) -> str:
        step = Step(name, runtime.context, state)
        target = next(to for when, to in cases if when is None or step.value(when))
        return GRAPH_END if target == END else target

    builder.add_conditional_edges(name, choose, [GRAPH_END if to == END else to for _, to in cases])


def _state_type(spec: WorkflowSpec) -> type:
    return TypedDict(spec.name, {name: _channel(field) for name, field in spec.state.items()})  # type: ignore[operator,no-any-return]


def _channel(field: StateField) -> Any:
    type_ = _TYPES[field.type]
    return type_ if field.reduce == "last" else Annotated[type_, operator.add]
