"""A checked spec becomes a LangGraph graph. This is the only folder, with `run/`, that imports LangGraph."""

import operator
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypedDict

from langgraph.graph import END as GRAPH_END
from langgraph.graph import START, StateGraph
from langgraph.runtime import Runtime

from ..spec.expressions import Scope
from ..spec.reading import Source
from ..spec.types import END, NodeBase, StateField, WorkflowSpec
from .chains import Link, run_chain
from .step import Step, Turn

_EMPTY = {"string": "", "integer": 0, "number": 0.0, "boolean": False, "list": [], "object": {}}
_TYPES = {"string": str, "integer": int, "number": float, "boolean": bool, "list": list, "object": dict}


def initial(spec: WorkflowSpec) -> dict[str, Any]:
    """The state before the first node: each field's default, or the empty value of its type."""
    return {name: _EMPTY[field.type] if field.default is None else field.default for name, field in spec.state.items()}


def compile_graph(source: Source, links: list[list[Link]]) -> Any:
    """Put compiled nodes together; the graph's state is a plain dict, its context a Turn."""
    spec = source.spec
    scope = Scope(spec)
    builder: Any = StateGraph(_state_type(spec), context_schema=Turn)
    for chain in links:
        builder.add_node(chain[0].name, _node(chain))
        _leave(builder, chain[0].name, chain[-1].node, scope)
    builder.add_edge(START, spec.start)
    return builder.compile(name=spec.name)


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
