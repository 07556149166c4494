"""What a workflow of random_workflows.py comes to, one thing after another: what the compiled graph is held against."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from .random_workflows import work

Node = dict[str, Any]


class Failed(Exception):
    """A node failed, and so what it is in."""


class Stopped(Exception):
    """An end node has ended the workflow."""


class TooLong(Exception):
    """More steps than a test has time for."""


@dataclass
class Interpreter:
    """Runs one workflow.

    Attributes:
        cut: Whether an error ended something beside which others ran: how far those came is chance.
        broken: Whether that was a loop: which of the writes of its last steps count is chance, too.
    """

    steps: int = 0
    ran: list[str] = field(default_factory=list)
    cut: bool = False
    broken: bool = False
    value: Any = None

    def level(self, nodes: Mapping[str, Node], start: str, state: Node, fields: Mapping[str, Node]) -> None:
        """Nodes of a level: all that may run does, then those that wait for all."""
        try:
            self.all_of(nodes, start, state, fields)
        except Failed:
            self.cut |= any(isinstance(node.get("next"), list) for node in nodes.values())
            raise

    def all_of(self, nodes: Mapping[str, Node], start: str, state: Node, fields: Mapping[str, Node]) -> None:
        ready, waiting = [start], dict[str, None]()
        while ready or waiting:
            if not ready:
                ready, waiting = [*waiting], {}
            name = ready.pop(0)
            for target in self.node(name, nodes[name], state, fields):
                if target == "end":
                    continue
                if nodes[target].get("wait_for"):
                    waiting[target] = None
                else:
                    ready.append(target)

    def node(self, name: str, node: Node, state: Node, fields: Mapping[str, Node]) -> list[str]:
        """Run it; the nodes it leads to."""
        self.steps += 1
        if self.steps > 1_000:
            raise TooLong
        self.ran.append(name)
        error, self.value = node.get("on_error"), None
        try:
            result = getattr(self, f"of_{node['kind']}")(node, state, fields)
        except Failed:
            if error is None:
                raise
            self.broken |= node["kind"] == "loop" and has_branches(node)
            self.value = None
            self.write(state, fields, error.get("set", {}), None)
            return [error["to"]] if "to" in error else self.ways(node, state)
        self.value = {"loop": "passes", "map": "items"}.get(node["kind"])
        self.value = getattr(result, self.value) if self.value else result
        self.write(state, fields, node.get("into", {}), result)
        return self.ways(node, state)

    def ways(self, node: Node, state: Node) -> list[str]:
        if "route" in node:
            case, otherwise = node["route"]
            return [case["to"] if value(f"${{{case['when']}}}", state) else otherwise["else"]]
        following = node.get("next", "end")
        return following if isinstance(following, list) else [following]

    def write(self, state: Node, fields: Mapping[str, Node], writes: Mapping[str, Any], result: Any) -> None:
        for name, new in {name: value(text, state, result) for name, text in writes.items()}.items():
            add(state, fields, name, new)

    def of_end(self, node: Node, state: Node, fields: Mapping[str, Node]) -> None:
        raise Stopped

    def of_set(self, node: Node, state: Node, fields: Mapping[str, Node]) -> Node:
        written = {name: value(text, state) for name, text in node["values"].items()}
        self.write(state, fields, node["values"], None)
        return written

    def of_python(self, node: Node, state: Node, fields: Mapping[str, Node]) -> int:
        try:
            return work(value(node["with"]["n"], state), node["with"]["fails"])
        except ValueError:
            raise Failed from None

    def of_loop(self, node: Node, state: Node, fields: Mapping[str, Node]) -> Any:
        passes = 0
        while passes < node["max"] and ("while" not in node or value(f"${{{node['while']}}}", state)):
            passes += 1
            self.body(node, state, fields)
            if "until" in node and value(f"${{{node['until']}}}", state):
                break
        return SimpleNamespace(passes=passes)

    def of_map(self, node: Node, state: Node, fields: Mapping[str, Node]) -> Any:
        own, given, added = node.get("state", {}), list[Any](), list[tuple[str, Any]]()
        for _ in value(node["over"], state):
            inner = copy.deepcopy(state) | {name: copy.deepcopy(one["default"]) for name, one in own.items()}
            noted = Noted(fields | own)
            try:
                only = self.body(node, inner, noted)
            except Failed:
                if node.get("on_item_error") != "skip":
                    self.cut = True
                    raise
                continue
            gave = only if "do" in node else value(node["gives"], inner)
            given += [gave] if gave is not None else []
            added += [(name, new) for name, new in noted.written if name not in own]
        for name, new in added:
            add(state, fields, name, new)
        return SimpleNamespace(items=given)

    def body(self, node: Node, state: Node, fields: Mapping[str, Node]) -> Any:
        """A pass; what its only node gives."""
        if "nodes" in node:
            return self.level(node["nodes"], node["start"], state, fields)
        self.node("do", node["do"], state, fields)
        return self.value


class Noted(dict[str, Node]):
    """The fields a pass may write; what is written is noted, too, for the state around it."""

    def __init__(self, fields: Mapping[str, Node]) -> None:
        super().__init__(fields)
        self.around = fields
        self.written: list[tuple[str, Any]] = []


def add(state: Node, fields: Mapping[str, Node], name: str, new: Any) -> None:
    """Write to a field, as its reducer says."""
    old, listed = state[name], new if isinstance(new, list) else [new]
    reduced: dict[str, Callable[[], Any]] = {
        "append": lambda: [*old, *listed],
        "union": lambda: [*old, *dict.fromkeys(item for item in listed if item not in old)],
        "add": lambda: old + new,
        "max": lambda: max(old, new),
        "min": lambda: min(old, new),
    }
    reduce = fields[name].get("reduce")
    state[name] = reduced[reduce]() if reduce else new
    if isinstance(fields, Noted):
        fields.written.append((name, new))


def value(text: Any, state: Node, result: Any = None) -> Any:
    """A value of the file; the expressions that are made here mean the same in Python."""
    if isinstance(text, str) and text.startswith("${"):
        return eval(text[2:-1], {"state": SimpleNamespace(**state), "result": result})  # written by the test itself
    return text


def has_branches(node: Node) -> bool:
    """Whether a loop, or one in it, has branches."""
    inner = [*node.get("nodes", {}).values(), *([node["do"]] if "do" in node else [])]
    return any(isinstance(one.get("next"), list) or (one["kind"] == "loop" and has_branches(one)) for one in inner)
