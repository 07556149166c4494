"""A workflow: a checked spec, the folder its files lie in, and the tools it may call."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ..tools.base.engines import Engine, load
from ..tools.base.errors import FileError, Problem
from ..tools.base.tool import Tool
from .spec.checking import problems
from .spec.reading import Source, find, read_workflow
from .spec.types import WorkflowSpec

TOOLS = {"search_articles": Engine("tools.knowledge.articles:search_articles")}
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
        found: list[Problem] = problems(spec, lambda path, _: ".".join(map(str, path)), frozenset([*TOOLS, *own]))
        if found:
            raise FileError(found)
        return cls(Source(spec, folder or Path.cwd()), own)

    @property
    def spec(self) -> WorkflowSpec:
        """The workflow as types."""
        return self.source.spec

    @cached_property
    def graph(self) -> Any:
        """The compiled LangGraph graph."""
        from .compile.graph import compile_graph

        return compile_graph(self.source, self._tools())

    def _tools(self) -> dict[str, Tool]:
        built = {
            name: self.own[name] if name in self.own else load("tool", name, TOOLS)(self.source.folder, settings)
            for name, settings in self.spec.tools.items()
        }
        return {name: tool for name, tool in built.items() if isinstance(tool, Tool)}
