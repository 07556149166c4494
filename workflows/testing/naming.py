"""What a test may name of a workflow: its inputs and outputs, its nodes, and what they call."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..spec.kinds.act import Http, Python, ToolCall
from ..spec.known import TOOLS

if TYPE_CHECKING:
    from ..workflow import Workflow


@dataclass(frozen=True, slots=True)
class Names:
    """Names in a workflow and in those it uses.

    Attributes:
        tools: Tools and functions; None where a set of tools is used, whose names only its server knows.
        calls: These, and "GET weather" for each service that is asked.
    """

    inputs: set[str]
    outputs: set[str]
    steps: set[str]
    tools: set[str] | None
    services: set[str]
    calls: set[str] | None

    @classmethod
    def joined(cls, all_: "Iterable[Names]") -> "Names":
        """The names of several workflows."""
        found = list(all_)
        return cls(
            set().union(*(one.inputs for one in found)),
            set().union(*(one.outputs for one in found)),
            set().union(*(one.steps for one in found)),
            _joined([one.tools for one in found]),
            set().union(*(one.services for one in found)),
            _joined([one.calls for one in found]),
        )


def _joined(sets: list[set[str] | None]) -> set[str] | None:
    known = [one for one in sets if one is not None]
    return set().union(*known) if len(known) == len(sets) else None


def names_in(workflow: "Workflow") -> Names:
    """The names of a workflow."""
    tools, services, calls = set[str](), set[str](), set[str]()
    is_open = False
    for one, node in workflow.every_node():
        match node:
            case ToolCall():
                tools.add(node.tool)
            case Python():
                tools.add(node.function)
            case Http():
                services.add(node.service)
                calls.add(f"{node.method} {node.service}")
            case _:
                pass
        tools |= one.spec.tools.keys()
        is_open = is_open or any(name not in TOOLS and name not in one.known.tools for name in one.spec.tools)
        is_open = is_open or getattr(node, "kind", "") == "agent"
    spec = workflow.spec
    return Names(
        set(spec.input),
        set(spec.output),
        set(_steps(workflow)),
        None if is_open else tools,
        services,
        None if is_open else tools | calls,
    )


def _steps(workflow: "Workflow") -> Iterable[str]:
    from ..spec.levels import levels

    return (f"{level.prefix}{name}" for level in levels(workflow.spec) for name in level.nodes)


def is_named(called: str, wanted: str) -> bool:
    """Whether a call is the one that is wanted; a service may be named with its method or without."""
    return called == wanted or called.partition(" ")[2] == wanted
