"""Sets of tools: what stands under `tools` for one, and whether app.yaml has what it names."""

from collections.abc import Iterator, Mapping
from typing import Any

from ....tools.base.errors import InputError, Problem
from ....tools.base.suggest import did_you_mean
from ....tools.base.toolset import is_set, set_of
from ....tools.base.yaml_reading import Path_
from ..kinds.act import ToolCall
from ..known import KEY, Subject


def stands_for_set(subject: Subject, name: str) -> bool:
    """Whether a name under the workflow's `tools` stands for a set of them."""
    return name not in subject.known.tools and is_set(subject.spec.tools.get(name, {}))


def check_set(subject: Subject, name: str) -> Iterator[Problem]:
    """Every complaint about a set of tools."""
    settings = subject.spec.tools[name]
    try:
        wanted = set_of(name, settings)
    except InputError as error:
        where = subject.at(("tools", name), KEY)
        yield Problem(where, f"{name!r}: {error.problem}", error.hint, "E203", width=len(name))
        return
    if wanted.openapi:
        yield from _of_service(subject, ("tools", name, "openapi"), wanted.openapi)
    elif subject.known.servers is not None and wanted.mcp not in subject.known.servers:
        hint = did_you_mean(wanted.mcp, subject.known.servers) or "Name it under mcp in app.yaml"
        problem = f"app.yaml has no MCP server {wanted.mcp!r}"
        yield Problem(subject.at(("tools", name, "mcp"), 0), problem, hint, "E306", width=len(wanted.mcp))


def _of_service(subject: Subject, path: Path_, name: str) -> Iterator[Problem]:
    services, documented = subject.known.services, subject.known.documented
    if services is None or name in documented:
        return
    if name in services:
        problem = f"the service {name!r} has no OpenAPI document in app.yaml"
        hint = f"Write it there: services: {{{name}: {{openapi: {name}.yaml}}}}"
    else:
        problem = f"app.yaml has no service {name!r}"
        hint = did_you_mean(name, services) or "Name it under services in app.yaml"
    yield Problem(subject.at(path, 0), problem, hint, "E306", width=len(name))


def no_single_tool(subject: Subject, path: Path_, node: ToolCall) -> Iterator[Problem]:
    """A node calls one tool; which tools are in a set is known when it is open."""
    if stands_for_set(subject, node.tool):
        problem = f"{node.tool!r} is a set of tools, and this node calls one tool"
        settings: Mapping[str, Any] = subject.spec.tools[node.tool]
        hint = "Let an agent call them: {kind: agent, tools: [" + node.tool + "]}"
        if "openapi" in settings:
            hint += "; or ask the service itself: kind: http"
        yield Problem(subject.at((*path, "tool"), 0), problem, hint, "E303", width=len(node.tool))
