"""A workflow: a checked spec, the folder its files lie in, and the tools it may call."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..tools.base.engines import Engine, load
from ..tools.base.errors import FileError, InputError, Problem
from ..tools.base.tool import Tool
from ..tools.base.yaml_reading import Path_
from .spec.checking import problems
from .spec.reading import Source, find, read_workflow
from .spec.types import WorkflowSpec

if TYPE_CHECKING:
    from .compile.chains import Link

TOOLS = {"find_exercise": Engine("tools.calculator.exercise:find_exercise")}
"""Tools a file may name: each is a function of the workflow's folder and the tool's settings in the file."""


@dataclass(frozen=True)
class Workflow:
    """Many steps, ready to run: `await run(workflow, "Why is the sky blue?")`.

    Attributes:
        source: The checked spec and its folder.
        own: Tools of the caller's, by name, beside the built-in ones.
    """

    source: Source
    own: Mapping[str, Tool] = field(default_factory=dict)

    @classmethod
    def load(cls, name: str | Path, *, tools: Iterable[Tool] = ()) -> "Workflow":
        """Read a workflow.yaml, or a ready-made workflow by name: `Workflow.load("child-tutor")`.

        Raises:
            InputError: there is none of that name.
            FileError: the file is wrong; every problem with its line.
        """
        own = {tool.name: tool for tool in tools}
        return cls(read_workflow(find(str(name)), frozenset([*TOOLS, *own])), own)

    @classmethod
    def of(cls, spec: WorkflowSpec, *, folder: Path | None = None, tools: Iterable[Tool] = ()) -> "Workflow":
        """A workflow made in Python; it passes the same checks as a file.

        Raises:
            FileError: the spec is wrong; problems name the field instead of the line.
        """
        own = {tool.name: tool for tool in tools}

        def at(path: Path_, shift: int) -> str:
            return ".".join(map(str, path))

        found: list[Problem] = problems(spec, at, frozenset([*TOOLS, *own]))
        if found:
            raise FileError(found)
        return cls(Source(spec, folder or Path.cwd(), at), own)

    @property
    def spec(self) -> WorkflowSpec:
        """The workflow as types."""
        return self.source.spec

    @cached_property
    def links(self) -> list[list["Link"]]:
        """The compiled nodes, in chains of those that follow one another; checks what the types cannot: files.

        Raises:
            FileError: a prompt, a rules file or a tool's folder is missing or wrong.
        """
        from .compile.links import compile_links

        return compile_links(self.source, self._tools())

    @cached_property
    def graph(self) -> Any:
        """The compiled LangGraph graph."""
        from .compile.graph import compile_graph

        return compile_graph(self.source, self.links)

    def _tools(self) -> dict[str, Tool]:
        return {name: self.own.get(name) or self._built(name, settings) for name, settings in self.spec.tools.items()}

    def _built(self, name: str, settings: Mapping[str, Any]) -> Tool:
        try:
            tool: Tool = load("tool", name, TOOLS)(self.source.folder, settings)
        except InputError as error:
            raise FileError([Problem(self.source.at(("tools", name), 0), str(error))]) from None
        return tool
