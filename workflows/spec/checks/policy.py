"""What this machine, or the workflow itself, demands: approval of effects, effects once, guards before a child."""

from collections.abc import Iterator
from pathlib import Path

from ....tools.base.errors import Problem
from ....tools.base.tool import Tool
from ....tools.base.yaml_reading import Path_
from ..kinds.act import Emit, Http, Python, ToolCall
from ..kinds.agent import AgentNode
from ..kinds.common import NodeBase
from ..kinds.control import End, Flow, Wait
from ..kinds.memory import Remember
from ..kinds.voice import Ask, Speak
from ..known import KEY, OF_MACHINE, TOOLS, Subject
from .hearing import check_hearing


def check_policy(subject: Subject, seen: set[tuple[Path, str]] | None = None) -> Iterator[Problem]:
    """Every complaint about what must not happen just like that.

    Args:
        seen: The workflows that need no look for their audience, as they have had one.
    """
    demanded, seen = subject.known.policy.approve_effects, set() if seen is None else seen
    for level in subject.levels:
        for name, node in level.nodes.items():
            path = level.path_of(name)
            if has_effects(subject, node):
                yield from _repeated(subject, path, name, node)
            else:
                yield from _left_out(subject, path, name, node)
            may_change = node.effects == "once" or _is_of_effect(subject, node)  # a file cannot talk itself out of it
            if demanded and isinstance(node, AgentNode) and node.approve is not True:
                yield from _unasked(subject, path, node)
            elif demanded and may_change and node.approve is not True:  # a condition may turn out false
                problem = f"{name!r} changes something outside, and nobody need be asked before"
                hint = "Write approve: true"
                if node.effects == "none":
                    hint += ": what its method or its tool says counts, whatever effects says"
                yield Problem(subject.at(path, KEY), problem, hint, "E801", width=len(name))
            if isinstance(node, Flow):
                yield from _used(subject, path, node, seen)
    if "child" in (subject.spec.audience, subject.known.policy.audience):
        yield from check_hearing(subject)


def has_effects(subject: Subject, node: NodeBase) -> bool:
    """Whether a node changes something outside: as it says itself, or as its tool or its method does."""
    return node.effects == "once" if node.effects else _is_of_effect(subject, node)


def _is_of_effect(subject: Subject, node: NodeBase) -> bool:
    """Whether a node's method, or its tool, changes something outside."""
    if isinstance(node, Http):
        return node.method != "GET"
    if isinstance(node, AgentNode):
        return any(_may_change(subject, name) for name in node.tools)
    tool = _tool(subject, node)
    return tool is not None and tool.effects


def _may_change(subject: Subject, name: str) -> bool:
    """Whether a tool an agent may call changes something outside; of a set of tools, nobody knows before it is open."""
    tool = subject.known.tools.get(name)
    return tool.effects if tool is not None else name not in (*TOOLS, *OF_MACHINE)


def _unasked(subject: Subject, path: Path_, node: AgentNode) -> Iterator[Problem]:
    """The tools of an agent that may change something without anybody being asked."""
    for i, name in enumerate(node.tools):
        if _may_change(subject, name) and name not in node.ask_before:
            problem = f"{name!r} may change something outside, and nobody need be asked before"
            hint = f"Write ask_before: [{', '.join([*node.ask_before, name])}]"
            yield Problem(subject.at((*path, "tools", i), 0), problem, hint, "E801", width=len(name))


def _is_keyed(subject: Subject, node: NodeBase) -> bool:
    """Whether the other side recognises a call that is made again."""
    if isinstance(node, Http):
        return node.method in ("PUT", "DELETE")  # RFC 9110, 9.2.2
    tool = _tool(subject, node)
    return tool is not None and tool.is_keyed


def _tool(subject: Subject, node: NodeBase) -> Tool | None:
    match node:
        case ToolCall():
            return subject.known.tools.get(node.tool)
        case Python():
            return subject.known.functions.get(node.function)
        case _:
            return None


def _repeated(subject: Subject, path: Path_, name: str, node: NodeBase) -> Iterator[Problem]:
    for key, does in (("retry", "do it again"), ("cache", "leave it out the next time")):
        if getattr(node, key) is not None and not (key == "retry" and _is_keyed(subject, node)):
            problem = f"{name!r} changes something outside, and {key} would {does}"
            hint = f"Remove {key}, or write effects: none where doing it twice does no harm"
            if key == "retry" and isinstance(node, ToolCall | Python):
                hint += "; or let the function take an idempotency_key"
            yield Problem(subject.at((*path, key), KEY), problem, hint, "E803", width=len(key))


def _left_out(subject: Subject, path: Path_, name: str, node: NodeBase) -> Iterator[Problem]:
    if node.cache is not None and isinstance(node, Ask | Emit | End | Remember | Speak | Wait):
        problem = f"cache would leave out what {name!r} does, the next time"
        hint = "Remove it: cache is for nodes that find something out"
        yield Problem(subject.at((*path, "cache"), KEY), problem, hint, "E803", width=len("cache"))


def _used(subject: Subject, path: Path_, node: Flow, seen: set[tuple[Path, str]]) -> Iterator[Problem]:
    """The workflow a node uses is held to the same: its steps are steps of this one. What is wrong is told once."""
    used = subject.flows.used(subject.folder, node.use)
    if used is None or subject.flows.endless(used):
        return
    audience = used.spec.audience or subject.spec.audience
    if (used.path, audience) in seen:
        return
    seen.add((used.path, audience))
    spec = used.spec.model_copy(update={"audience": audience})

    def at(inside: Path_, shift: int) -> str:
        return f"{used.path.name}: {'.'.join(map(str, inside))}"

    for one in check_policy(Subject(spec, used.path.parent, at, subject.known, subject.flows), seen):
        if one.code in ("E801", "E802"):
            problem = f"in the workflow {node.use!r}: {one.problem}"
            yield Problem(subject.at((*path, "use"), 0), problem, one.hint, one.code, width=len(node.use))
