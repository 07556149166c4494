"""Workflows made at random, of nodes that cost nothing: straight ways, choices, circles, branches, blocks, errors.

A node changes no field but its own and those with a reducer, and looks at no field but its own: so what a run comes to
does not depend on which branch is quicker, and is known to an interpreter that does one thing after another.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Any

Node = dict[str, Any]
REDUCED: dict[str, Node] = {
    "log": {"type": "list", "items": {"type": "string"}, "default": [], "reduce": "append"},
    "seen": {"type": "list", "items": {"type": "integer"}, "default": [], "reduce": "union"},
    "total": {"type": "integer", "default": 0, "reduce": "add"},
    "top": {"type": "integer", "default": 0, "reduce": "max"},
    "low": {"type": "integer", "default": 0, "reduce": "min"},
}
NUMBER: Node = {"type": "integer", "default": 0}
LIST: Node = {"type": "list", "default": []}


def work(n: int, fails: list[int]) -> int:
    """Count on, and fail at some numbers."""
    if n in fails:
        raise ValueError(f"{n} is one of {fails}")
    return n + 1


@dataclass
class Maker:
    """Makes one workflow; `fields` is the state that the nodes of a level may declare their own fields in."""

    random: Random
    count: int = 0
    names: list[str] = field(default_factory=list)

    def workflow(self) -> Node:
        """The whole file."""
        state: dict[str, Node] = {**REDUCED}
        start, nodes = self.level(state, 0)
        output = {name: f"${{state.{name}}}" for name in state}
        limits = {"steps": 3_000}
        return {"name": "w", "state": state, "output": output, "start": start, "nodes": nodes, "limits": limits}

    def level(self, state: dict[str, Node], depth: int) -> tuple[str, dict[str, Node]]:
        """Parts one after the other; the ends of each lead to the beginning of the next."""
        nodes: dict[str, Node] = {}
        start, loose = self.part(state, nodes, depth)
        for _ in range(self.random.choice((0, 1, 1, 2))):
            begin, ends = self.part(state, nodes, depth)
            self.lead(nodes, loose, begin)
            loose = ends
        self.lead(nodes, loose, "end")
        if self.random.random() < 0.3:  # and something that was not meant
            self.damage(nodes)
        return start, nodes

    def part(self, state: dict[str, Node], nodes: dict[str, Node], depth: int) -> tuple[str, list[str]]:
        """A few nodes: the first of them, and those that lead nowhere yet."""
        makers: list[Any] = [self.one, self.one]
        if depth < 3 and self.count < 20:
            makers += [self.choice, self.circle, self.fork, self.fork, self.open_fork, *2 * [self.loop, self.map]]
        chosen = self.random.choice(makers)
        begin, ends = chosen(state, nodes, depth)
        return str(begin), list(ends)

    def one(self, state: dict[str, Node], nodes: dict[str, Node], depth: int) -> tuple[str, list[str]]:
        name = self.named(state)
        writes = self.random.sample(
            [("log", f"${{'{name}'}}"), ("seen", f"${{state.{name}}}"), ("total", "${1}"),
             ("top", f"${{state.{name}}}"), ("low", f"${{0 - state.{name}}}"), ("log", f"${{['{name}', 'x']}}")],
            self.random.choice((0, 1, 2)),
        )  # fmt: skip
        own = {name: f"${{state.{name} + 1}}"}
        if self.random.random() < 0.35:
            fails = self.random.sample(range(6), self.random.choice((1, 2, 3)))
            arguments = {"n": f"${{state.{name}}}", "fails": fails}
            nodes[name] = {"kind": "python", "function": "work", "with": arguments, "into": own | dict(writes)}
            if self.random.random() < 0.8:
                nodes[name]["on_error"] = {"set": own | ({"log": ["caught"]} if self.random.random() < 0.5 else {})}
        else:
            nodes[name] = {"kind": "set", "values": own | dict(writes)}
        return name, [name]

    def choice(self, state: dict[str, Node], nodes: dict[str, Node], depth: int) -> tuple[str, list[str]]:
        first, _ = self.one(state, nodes, depth)
        one, ends = self.part(state, nodes, depth + 1) if self.random.random() < 0.85 else self.stop(nodes)
        other, more = self.part(state, nodes, depth + 1)
        nodes[first]["route"] = [{"when": f"state.{first} % 2 == 0", "to": one}, {"else": other}]
        return first, [*ends, *more]

    def stop(self, nodes: dict[str, Node]) -> tuple[str, list[str]]:
        """The whole workflow ends."""
        self.count += 1
        nodes[f"stop{self.count}"] = {"kind": "end"}
        return f"stop{self.count}", []

    def circle(self, state: dict[str, Node], nodes: dict[str, Node], depth: int) -> tuple[str, list[str]]:
        first, loose = self.part(state, nodes, depth + 1)
        last, _ = self.one(state, nodes, depth)
        out, ends = self.one(state, nodes, depth)
        self.lead(nodes, loose, last)
        nodes[last]["route"] = [
            {"when": f"state.{last} % {self.random.choice((2, 3))} != 0", "to": first},
            {"else": out},
        ]
        return first, ends

    def fork(self, state: dict[str, Node], nodes: dict[str, Node], depth: int) -> tuple[str, list[str]]:
        first, _ = self.one(state, nodes, depth)
        branches = [self.part(state, nodes, depth + 1) for _ in range(self.random.choice((2, 2, 3)))]
        join, ends = self.one(state, nodes, depth)
        nodes[first]["next"], nodes[join]["wait_for"] = [begin for begin, _ in branches], "all"
        for _, loose in branches:
            self.lead(nodes, loose, join if self.random.random() < 0.9 else "end")
        return first, ends

    def open_fork(self, state: dict[str, Node], nodes: dict[str, Node], depth: int) -> tuple[str, list[str]]:
        """Branches that come to the end, one of them perhaps after something more."""
        first, _ = self.one(state, nodes, depth)
        (one, ends), (other, more) = self.part(state, nodes, depth + 1), self.part(state, nodes, depth + 1)
        nodes[first]["next"] = [one, other]
        self.lead(nodes, more, "end")
        return first, ends

    def loop(self, state: dict[str, Node], nodes: dict[str, Node], depth: int) -> tuple[str, list[str]]:
        name = self.named(state)
        body = self.body(state, depth)
        ends = {"max": self.random.choice((1, 2, 3)), "as": f"of_{name}"}
        asked = next((one for one in body.get("nodes", {}) if state.get(one) is NUMBER), "")
        if asked and self.random.random() < 0.5:
            ends[self.random.choice(("until", "while"))] = f"state.{asked} % 2 == 1"
        nodes[name] = {"kind": "loop", **body, **ends, "into": {name: f"${{state.{name} + result.passes}}"}}
        self.may_fail(state, nodes[name], name)
        return name, [name]

    def map(self, state: dict[str, Node], nodes: dict[str, Node], depth: int) -> tuple[str, list[str]]:
        name = self.named(state, LIST)
        own: dict[str, Node] = {}
        body = self.body(own, depth)
        given = {"over": f"${{{self.random.choice(('[]', '[1]', '[1, 2, 3]', '[5, 5]'))}}}", "as": f"it_{name}"}
        if "nodes" in body:
            body |= {"state": own, "gives": f"${{state.{next(iter(own))}}}"}
        elif own:
            body["state"] = own
        nodes[name] = {"kind": "map", **given, **body, "into": {name: "${result.items}"}}
        if self.random.random() < 0.4:
            nodes[name]["on_item_error"] = "skip"
        self.may_fail(state, nodes[name], name)
        return name, [name]

    def body(self, state: dict[str, Node], depth: int) -> Node:
        if self.random.random() < 0.3:
            nodes: dict[str, Node] = {}
            makers: list[Any] = [self.one, *([self.loop, self.map] if depth < 2 else [])]
            name, _ = self.random.choice(makers)(state, nodes, depth + 1)
            return {"do": nodes[name]}
        start, nodes = self.level(state, depth + 1)
        return {"start": start, "nodes": nodes}

    def may_fail(self, state: dict[str, Node], node: Node, name: str) -> None:
        if self.random.random() < 0.5:
            node["on_error"] = {"set": {"log": [f"{name} failed"]}}

    def named(self, state: dict[str, Node], kind: Node = NUMBER) -> str:
        self.count += 1
        state[f"n{self.count}"] = kind
        return f"n{self.count}"

    def lead(self, nodes: dict[str, Node], loose: list[str], target: str) -> None:
        for name in loose:
            nodes[name]["next"] = target

    def damage(self, nodes: dict[str, Node]) -> None:
        """Lead a node somewhere else."""
        name, target = self.random.choice([*nodes]), self.random.choice([*nodes, "end"])
        node = nodes[name]
        match self.random.choice(("next", "error", "more")):
            case "next" if "route" not in node:
                node["next"] = target
            case "error":
                node["on_error"] = {**node.get("on_error", {}), "to": target}
            case "more" if isinstance(node.get("next"), str) and node["next"] != target:
                node["next"] = [node["next"], target]
            case _:
                pass
