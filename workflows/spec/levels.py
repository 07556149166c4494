"""A workflow as levels: its own nodes, and within each map and loop the nodes of a pass.

Checks, compiler and pictures all walk over these, so that blocks may nest as deep as people like.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...tools.base.yaml_reading import Path_
from .kinds.common import NodeBase
from .types import Loop, Map, WorkflowSpec

DO = "do"
"""The name of the only node of a block that has no others."""


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """The nodes that can lead to each other.

    Attributes:
        path: Where they are written: () or ("nodes", "polish").
        prefix: What their names begin with in events and pictures: "" or "polish.".
        block: The map or loop they are a pass of; None for the workflow itself.
        parent: The level the block is in.
    """

    path: Path_
    prefix: str
    start: str
    nodes: Mapping[str, NodeBase]
    block: Map | Loop | None = None
    parent: "Level | None" = None

    def path_of(self, name: str) -> Path_:
        """Where a node is written."""
        return (*self.path, DO) if self.block is not None and self.block.do is not None else (*self.path, "nodes", name)

    def around(self) -> Iterator["Level"]:
        """This level, the one around it, and so on to the workflow."""
        level: Level | None = self
        while level is not None:
            yield level
            level = level.parent


def levels(spec: WorkflowSpec) -> Iterator[Level]:
    """The workflow's own level, then those of its blocks, each after the one it is in."""
    todo = [Level((), "", spec.start, spec.nodes)]
    for level in todo:
        yield level
        for name, node in level.nodes.items():
            if isinstance(node, Map | Loop):
                todo.append(inside(level, name, node))


def inside(level: Level, name: str, block: Map | Loop) -> Level:
    """The level of a block's pass."""
    nodes: Mapping[str, NodeBase] = {DO: block.do} if block.do is not None else block.nodes
    start = DO if block.do is not None else block.start
    return Level(level.path_of(name), f"{level.prefix}{name}.", start, nodes, block, level)
