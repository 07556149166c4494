"""Nodes that follow one another are one step: text flows from the first to the last while it is being written."""

from collections.abc import Iterator

from ....tools.base.errors import Problem
from ..kinds.common import NodeBase
from ..kinds.think import Writer
from ..kinds.voice import Guard, Speak
from ..known import Subject
from ..levels import Level

_OF_THE_STEP = ("wait_for", "retry", "timeout", "on_error", "cache", "approve")
"""What is said of a step as a whole, so of the first of the nodes that follow one another."""


def check_follows(subject: Subject, level: Level, name: str, node: NodeBase) -> Iterator[Problem]:
    """What a node follows can be followed, by this one alone; a name that is not there is told as such."""
    path = level.path_of(name)
    if not node.follows:
        if isinstance(node, Guard | Speak) and not node.text:
            hint = "Write from, or follows where it takes up what another node writes"
            yield Problem(subject.at(path, 0), f"{name!r} is given no text", hint, "E408")
        return
    if isinstance(node, Guard | Speak) and node.text:
        hint = f"Remove from, or follows: {node.follows}"
        yield Problem(subject.at((*path, "from"), 0), f"{name!r} has both from and follows", hint, "E408")
    for problem, hint in (*_follower(name, node), *_followed(level, name, node.follows)):
        yield Problem(subject.at((*path, "follows"), 0), problem, hint, "E408")
    for key in _OF_THE_STEP:
        if getattr(node, key):
            problem, hint = f"{name!r} is one step with {node.follows!r}", f"Write {key} at the first of them"
            yield Problem(subject.at((*path, key), 0), problem, hint, "E408")


def _follower(name: str, node: NodeBase) -> Iterator[tuple[str, str]]:
    if not isinstance(node, Guard | Speak):
        yield f"{name!r} cannot follow another node", "Only a guard and a speak node can"
    elif isinstance(node, Guard) and node.side == "question":
        yield f"{name!r} looks at a question as a whole, so it cannot follow", "Write side: answer, or from"


def _followed(level: Level, name: str, followed: str) -> Iterator[tuple[str, str]]:
    match level.nodes.get(followed):
        case None:
            return
        case Guard(side="question"):
            yield f"{followed!r} looks at a question and writes no text", "Follow an llm or a guard of the answer"
        case Writer() | Guard() as node:
            nearer = [other for other in _others(level, name, followed) if _writes_for(level, other, name)]
            if name not in node.targets and len(nearer) == 1:
                yield f"{followed!r} does not lead to {name!r}", f"Did you mean {nearer[0]!r}?"
                return
            if node.nexts != (name,):
                problem = f"{followed!r} must lead to {name!r} and to nothing else"
                yield problem, f"Write next: {name} in {followed!r}"
            for other in _others(level, name, followed):
                yield (
                    f"{name!r} follows {followed!r}, so {other!r} cannot lead to it",
                    f"Lead to {followed!r} instead",
                )
        case _:
            yield f"{followed!r} does not write text piece by piece", "Follow an llm or a guard"


def _writes_for(level: Level, other: str, name: str) -> bool:
    """Whether a node writes text, and leads to this one alone."""
    node = level.nodes.get(other)
    writes = isinstance(node, Writer) or (isinstance(node, Guard) and node.side == "answer")
    return writes and node is not None and node.nexts == (name,)


def _others(level: Level, name: str, followed: str) -> Iterator[str]:
    """What else leads to a node that follows another."""
    if level.start == name:
        yield "start"
    for other, node in level.nodes.items():
        if other != followed and name in node.targets:
            yield other
        elif other == followed and node.on_error and node.on_error.to == name:
            yield f"{other}.on_error"
