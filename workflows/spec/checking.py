"""What the types cannot say: names that exist, ways that lead somewhere, expressions that compile."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ...tools.base.errors import Problem
from ...tools.base.suggest import did_you_mean
from ...tools.base.yaml_reading import Path_
from .expressions import ExpressionError, Scope
from .types import END, Classify, Guard, Listen, Llm, NodeBase, Retrieve, Set, Speak, ToolCall, WorkflowSpec

At = Callable[[Path_, int], str]
"""Where a path of the spec stands in its file, so many columns after its beginning."""

STREAMING = (Llm, Guard)
"""Kinds whose text can be taken up while it is being written."""


def problems(spec: WorkflowSpec, at: At, tools: frozenset[str]) -> list[Problem]:
    """Every complaint about a workflow, in the order of the checks."""
    found = [*_targets(spec, at), *_follows(spec, at), *_expressions(spec, at), *_tools(spec, at, tools)]
    return found or [*_reachable(spec, at)]


def targets(node: NodeBase) -> list[str]:
    """Where a node may lead."""
    return [node.next] if node.next else [case.target for case in node.route]


def _targets(spec: WorkflowSpec, at: At) -> Iterator[Problem]:
    known = {*spec.nodes, END}
    if END in spec.nodes:
        yield Problem(at(("nodes", END), 0), f"{END!r} means the end of the workflow", "Give the node another name")
    if spec.start not in spec.nodes:
        yield Problem(at(("start",), 0), f"no node is called {spec.start!r}", did_you_mean(spec.start, spec.nodes))
    for name, node in spec.nodes.items():
        path: Path_ = ("nodes", name)
        if node.next and node.next not in known:
            yield Problem(at((*path, "next"), 0), f"no node is called {node.next!r}", did_you_mean(node.next, known))
        for i, case in enumerate(node.route):
            here: Path_ = (*path, "route", i)
            if case.target not in known:
                key = "else" if case.else_ else "to"
                yield Problem(
                    at((*here, key), 0), f"no node is called {case.target!r}", did_you_mean(case.target, known)
                )
            if case.else_ and i < len(node.route) - 1:
                yield Problem(at(here, 0), "else must be the last line of a route")
        if node.route and not node.route[-1].else_:
            yield Problem(at((*path, "route"), 0), "this route has no else", "Add a last line {else: node}")


def _follows(spec: WorkflowSpec, at: At) -> Iterator[Problem]:
    for name, node in spec.nodes.items():
        given = isinstance(node, Guard | Speak) and bool(node.text)
        if isinstance(node, Guard | Speak) and bool(node.follows) == given:
            yield Problem(at(("nodes", name), 0), f"{name!r} needs either from or follows")
        if node.follows:
            where = at(("nodes", name, "follows"), 0)
            yield from _following(spec, name, node, where)
            for other, its in spec.nodes.items():
                if other != node.follows and name in targets(its):
                    yield Problem(where, f"{name!r} follows {node.follows!r}, so {other!r} cannot lead to it")


def _following(spec: WorkflowSpec, name: str, node: NodeBase, where: str) -> Iterator[Problem]:
    followed = spec.nodes.get(node.follows)
    if followed is None:
        yield Problem(where, f"no node is called {node.follows!r}", did_you_mean(node.follows, spec.nodes))
    elif not isinstance(followed, STREAMING):
        yield Problem(where, f"{node.follows!r} does not write text piece by piece", "Follow an llm or a guard")
    elif followed.next != name:
        yield Problem(where, f"{node.follows!r} must lead here alone", f"Write next: {name} in {node.follows!r}")
    elif not isinstance(node, Guard | Speak):
        yield Problem(where, f"{name!r} cannot follow another node", "A guard or a speak node can")


def _expressions(spec: WorkflowSpec, at: At) -> Iterator[Problem]:
    scope = Scope(spec)
    for section, values in (("output", spec.output), ("record", spec.record)):
        for name, value in values.items():
            yield from _tried(at, (section, name), partial(scope.value, value))
    for name, node in spec.nodes.items():
        path: Path_ = ("nodes", name)
        for i, case in enumerate(node.route):
            if case.when:
                yield from _tried(at, (*path, "route", i, "when"), partial(scope.condition, case.when))
        for key, value in _values(node):
            yield from _tried(at, (*path, *key), partial(scope.value, value))
        yield from _writes(spec, at, path, node, scope)


def _writes(spec: WorkflowSpec, at: At, path: Path_, node: NodeBase, scope: Scope) -> Iterator[Problem]:
    """The state fields a node writes to, and the values over its result."""
    into = {} if isinstance(node.into, str) else node.into
    written: list[tuple[Path_, str]] = [((*path, "into", field), field) for field in into]
    if isinstance(node.into, str):
        written.append(((*path, "into"), node.into))
    if isinstance(node, Set):
        written += [((*path, "values", field), field) for field in node.values]
    for here, field in written:
        if field not in spec.state:
            yield Problem(at(here, 0), f"no state field is called {field!r}", did_you_mean(field, spec.state))
    for field, value in into.items():
        yield from _tried(at, (*path, "into", field), partial(scope.value, value, result=True))


def _tried(at: At, path: Path_, compile_: Callable[[], object]) -> Iterator[Problem]:
    try:
        compile_()
    except ExpressionError as error:
        yield Problem(at(path, error.column - 1), error.problem, error.hint)


def _values(node: NodeBase) -> Iterator[tuple[Path_, Any]]:
    """Every place of a node where a value may be an expression."""
    match node:
        case Listen():
            yield from ((("audio",), node.audio), (("text",), node.text), (("language",), node.language))
        case Guard():
            yield from ((("from",), node.text), (("language",), node.language), (("evidence",), node.evidence))
            yield from ((("max_words",), node.max_words), (("question",), node.question))
            yield ("max_sentences",), node.max_sentences
        case Llm():
            yield ("prompt", "language"), node.prompt.language
        case Classify():
            yield from ((("from",), node.text), (("language",), node.language))
        case Retrieve():
            yield from ((("from",), node.text), (("language",), node.language))
            yield from ((("quotes",), node.quotes), (("max_words",), node.max_words))
        case ToolCall():
            yield from (((("with", key)), value) for key, value in node.arguments.items())
        case Set():
            yield from (((("values", key)), value) for key, value in node.values.items())
        case Speak():
            words = node.text if isinstance(node.text, dict) else {"": node.text}
            yield from ((("from", key) if key else ("from",), value) for key, value in words.items())
            yield ("language",), node.language


def _tools(spec: WorkflowSpec, at: At, tools: frozenset[str]) -> Iterator[Problem]:
    for name in spec.tools:
        if name not in tools:
            yield Problem(at(("tools", name), 0), f"no tool is called {name!r}", did_you_mean(name, tools))
    for name, node in spec.nodes.items():
        if isinstance(node, ToolCall) and node.tool not in spec.tools:
            where = at(("nodes", name, "tool"), 0)
            yield Problem(
                where, f"{node.tool!r} is not among this workflow's tools", did_you_mean(node.tool, spec.tools)
            )


def _reachable(spec: WorkflowSpec, at: At) -> Iterator[Problem]:
    reached: set[str] = set()
    todo = [spec.start]
    while todo:
        name = todo.pop()
        if name not in reached and name != END:
            reached.add(name)
            todo += targets(spec.nodes[name])
    for name in spec.nodes:
        if name not in reached:
            yield Problem(
                at(("nodes", name), 0), f"nothing leads to {name!r}", "Lead to it with next or route, or remove it"
            )
    ends = {END}
    while True:
        more = {name for name, node in spec.nodes.items() if name not in ends and ends & {*targets(node)}}
        if not more:
            break
        ends |= more
    for name in reached - ends:
        yield Problem(at(("nodes", name), 0), f"from {name!r} no way leads to the end")
