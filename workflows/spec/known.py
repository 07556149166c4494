"""What a workflow may name that is not in its file, and what it is checked with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ...agents.roles.policy import Policy
from ...tools.base.engines import Engine, load
from ...tools.base.errors import InputError
from ...tools.base.tool import Tool
from ...tools.base.yaml_reading import Path_
from .levels import Level, levels
from .scopes import Scopes
from .types import WorkflowSpec
from .using import Flows

if TYPE_CHECKING:
    from ...agents.roles.types import App

TOOLS: Mapping[str, Engine] = {
    "calculator": Engine("tools.calculator.calculator_tool:calculator"),
    "find_exercise": Engine("tools.calculator.exercise:find_exercise"),
}
"""Tools any file may name: each is a function of the workflow's folder and the tool's settings in the file."""
OF_MACHINE = ("python",)
"""Tools any file may name that a machine has or has not, as its app.yaml says: they are there when a run begins."""
At = Callable[[Path_, int], str]
"""Where a path of the spec stands in its file, so many columns after its beginning."""
KEY = -1
"""As the columns: the key itself is meant, not what it stands for."""


@dataclass(frozen=True, slots=True)
class Known:
    """The world around a workflow file.

    Attributes:
        tools: Names that may stand under `tools`, with the tool where its signature is known.
        functions: What `python` nodes may call, by name.
        services: Names of app.yaml's services; None where no app.yaml is at hand, and any name may be right.
        policy: What this machine demands of every workflow.
        documented: The services that have an OpenAPI document.
        servers: Names of app.yaml's MCP servers; None as for services.
    """

    tools: Mapping[str, Tool | None] = field(default_factory=dict)
    functions: Mapping[str, Tool] = field(default_factory=dict)
    services: frozenset[str] | None = None
    policy: Policy = field(default_factory=Policy)
    documented: frozenset[str] = frozenset()
    servers: frozenset[str] | None = None

    def on(self, app: "App") -> "Known":
        """With what a machine has, and demands."""
        documented = frozenset(name for name, one in app.services.items() if one.openapi or one.openapi_path)
        return replace(
            self,
            services=frozenset(app.services),
            documented=documented,
            servers=frozenset(app.mcp),
            policy=app.policy,
        )

    def on_machine_of(self, other: "Known") -> "Known":
        """With the machine that another one knows."""
        return replace(
            self,
            services=other.services,
            documented=other.documented,
            servers=other.servers,
            policy=other.policy,
        )


@dataclass(frozen=True)
class Subject:
    """A workflow that is being checked; `flows` are those it uses, and is shared with their own checks."""

    spec: WorkflowSpec
    folder: Path
    at: At
    known: Known
    flows: Flows = field(default_factory=Flows, compare=False, repr=False)

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """Its own level and those of its blocks, outer ones first."""
        return tuple(levels(self.spec))

    @cached_property
    def scopes(self) -> Scopes:
        """The names each level may use."""
        return Scopes(self.spec)

    @cached_property
    def tools(self) -> Mapping[str, Tool]:
        """The tools whose signature is known, by name: the caller's, and those of Antiphon's that are used."""
        own = {name: tool for name, tool in self.known.tools.items() if tool is not None}
        used = [name for name in self.spec.tools if name in TOOLS and name in self.known.tools and name not in own]
        return {**own, **{name: tool for name in used if (tool := self._made(name)) is not None}}

    def _made(self, name: str) -> Tool | None:
        """A tool with its settings; None where these are wrong, which is told elsewhere."""
        try:
            made: Tool = load("tool", name, TOOLS)(self.folder, self.spec.tools[name])
        except InputError:
            return None
        return made
