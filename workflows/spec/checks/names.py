"""Names that exist: of nodes, state fields, tools, functions, services; and names that may be given."""

from collections.abc import Collection, Iterator

from ....tools.base.errors import Problem
from ....tools.base.suggest import did_you_mean
from ....tools.base.yaml_reading import Path_
from ..kinds.act import Http, Python, ToolCall
from ..kinds.agent import AgentNode
from ..kinds.common import NodeBase
from ..kinds.control import Set
from ..known import KEY, OF_MACHINE, Subject
from ..levels import Level
from ..names import END, RESERVED
from ..results import fields_at
from ..template_sandbox import GLOBALS
from ..types import Loop, Map
from .arguments import check_arguments
from .files import check_files
from .toolsets import check_set, no_single_tool, stands_for_set

_KEPT_BY_CEL = frozenset(
    "as break const continue else for function if import let loop package namespace return var void while "
    "int uint double bool string bytes list map type dyn null_type".split()
)
"""Words that stand for something else in CEL, or for nothing: no value of ours can be called so."""
_BRING_TOOL = "Bring it: antiphon run ... --python FILE.py, or Workflow.load(..., tools=[...])"


def check_names(subject: Subject) -> Iterator[Problem]:
    """Every complaint about a name."""
    for name in subject.spec.tools:
        if stands_for_set(subject, name):
            yield from check_set(subject, name)
        elif name not in subject.known.tools:
            hint = did_you_mean(name, subject.known.tools)
            hint = hint if "Did you mean" in hint else f"{hint} {_BRING_TOOL}".strip()
            where = subject.at(("tools", name), KEY)
            yield Problem(where, f"no tool is called {name!r}", hint, "E303", width=len(name))
    for level in subject.levels:
        yield from _given_names(subject, level)
        fields = fields_at(subject, level)
        for name, node in level.nodes.items():
            path = level.path_of(name)
            yield from _targets(subject, level, name, node)
            yield from _fields_written(subject, path, node, fields)
            yield from _called(subject, path, node)
            yield from check_files(subject, path, node)
            yield from check_arguments(subject, path, node)


def _targets(subject: Subject, level: Level, name: str, node: NodeBase) -> Iterator[Problem]:
    path = level.path_of(name)
    if isinstance(node.next, str):
        named: list[tuple[Path_, str]] = [((*path, "next"), node.next)]
    else:
        named = [((*path, "next", i), one) for i, one in enumerate(node.next)]
    for i, case in enumerate(node.route):
        named.append(((*path, "route", i, "else" if case.else_ else "to"), case.target))
    if node.on_error is not None:
        named.append(((*path, "on_error", "to"), node.on_error.to))
    for where, target in named:
        if target and target != END and target not in level.nodes:
            yield _no_node(subject, level, where, target)
    if node.follows and node.follows not in level.nodes:
        yield _no_node(subject, level, (*path, "follows"), node.follows)


def _no_node(subject: Subject, level: Level, where: Path_, name: str) -> Problem:
    hint = _elsewhere(subject, level, name) or did_you_mean(name, [*level.nodes, END])
    return Problem(subject.at(where, 0), f"no node is called {name!r} here", hint, "E301", width=len(name))


def _elsewhere(subject: Subject, level: Level, name: str) -> str:
    """What to do about a node that is there, at another level."""
    outer = [*level.around()]
    for one in subject.levels:
        if name in one.nodes:
            if one in outer:
                block = outer[outer.index(one) - 1].path[-1]
                return f"It is outside of {block!r}: lead to end, which ends the pass, and on from {block!r}"
            while one.parent is not None and one.parent not in outer:
                one = one.parent
            block = one.path[-1]
            if one.parent is level:
                return f"It is inside {block!r}: lead to {block!r}"
            return f"It is inside {block!r}, which nodes in here cannot lead to"
    return ""


def _given_names(subject: Subject, level: Level) -> Iterator[Problem]:
    """Names that people give to nodes, items and fields."""
    if level.start not in level.nodes:
        yield _no_node(subject, level, (*level.path, "start"), level.start)
    if END in level.nodes:
        hint = "Give the node another name"
        yield Problem(
            subject.at((*level.path, "nodes", END), KEY), f"{END!r} means the end", hint, "E309", width=len(END)
        )
    block = level.block
    if isinstance(block, Map | Loop):
        yield from _block_names(subject, level, block)


def _block_names(subject: Subject, level: Level, block: Map | Loop) -> Iterator[Problem]:
    assert level.parent is not None
    taken = {*subject.scopes.at(level.parent).roots, *RESERVED, *_KEPT_BY_CEL, *GLOBALS}
    given = [("as", block.as_)] + ([("index", block.index)] if isinstance(block, Map) else [])
    for key, name in given:
        if name and name in taken:
            meaning = "is the name of something around this block"
            meaning = "has a meaning of its own" if name in RESERVED else meaning
            meaning = "is a word that CEL keeps for itself" if name in _KEPT_BY_CEL else meaning
            meaning = "is what prompts call, and would hide it" if name in GLOBALS else meaning
            where = subject.at((*level.path, key), 0)
            yield Problem(where, f"{name!r} {meaning}", "Give it another name", "E309", width=len(name))
        taken.add(name)
    if isinstance(block, Map):
        outer = fields_at(subject, level.parent)
        for name in block.state:
            if name in outer:
                where, problem = subject.at((*level.path, "state", name), KEY), f"{name!r} is a state field already"
                yield Problem(where, problem, "Give the field of each pass another name", "E309", width=len(name))


def _fields_written(subject: Subject, path: Path_, node: NodeBase, fields: Collection[str]) -> Iterator[Problem]:
    if isinstance(node.into, str):
        written = [(subject.at((*path, "into"), 0), node.into)]
    else:
        written = [(subject.at((*path, "into", field), KEY), field) for field in node.into]
    if isinstance(node, Set):
        written += [(subject.at((*path, "values", field), KEY), field) for field in node.values]
    if node.on_error is not None:
        written += [(subject.at((*path, "on_error", "set", field), KEY), field) for field in node.on_error.set]
    for where, field in written:
        if field and field not in fields:
            hint = _declare(subject, field, fields)
            yield Problem(where, f"no state field is called {field!r}", hint, "E302", width=len(field))


def _declare(subject: Subject, field: str, fields: Collection[str]) -> str:
    if field in subject.spec.input:
        return "It is an input, which nothing writes: declare a state field"
    return did_you_mean(field, fields) if fields else f"Declare it: state: {{{field}: {{type: string}}}}"


def _no_tool(subject: Subject, path: Path_, name: str) -> Problem:
    ready = name in subject.known.tools
    hint = f"Add it: tools: {{{name}: {{}}}}" if ready else did_you_mean(name, subject.spec.tools)
    problem = f"{name!r} is not among this workflow's tools"
    return Problem(subject.at(path, 0), problem, hint, "E303", width=len(name))


def _called(subject: Subject, path: Path_, node: NodeBase) -> Iterator[Problem]:
    match node:
        case ToolCall() if node.tool not in subject.spec.tools:
            yield _no_tool(subject, (*path, "tool"), node.tool)
        case ToolCall() if node.tool in OF_MACHINE and subject.known.tools.get(node.tool) is None:
            problem = f"{node.tool!r} is for agents: no node calls it by itself"
            yield Problem(subject.at((*path, "tool"), 0), problem, "Write kind: code", "E303", width=len(node.tool))
        case ToolCall():
            yield from no_single_tool(subject, path, node)
        case AgentNode():
            for i, name in enumerate(node.tools):
                if name not in subject.spec.tools:
                    yield _no_tool(subject, (*path, "tools", i), name)
        case Python() if node.function not in subject.known.functions:
            name = node.function
            hint = did_you_mean(name, subject.known.functions) or (
                "Register it: antiphon run ... --python FILE.py, or Workflow.load(..., functions=[...])"
            )
            problem = f"no function is registered as {name!r}"
            yield Problem(subject.at((*path, "function"), 0), problem, hint, "E304", width=len(name))
        case Http() if subject.known.services is not None and node.service not in subject.known.services:
            name = node.service
            hint = did_you_mean(name, subject.known.services) or "Name it under services in app.yaml"
            problem = f"app.yaml has no service {name!r}"
            yield Problem(subject.at((*path, "service"), 0), problem, hint, "E306", width=len(name))
