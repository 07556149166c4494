"""A workflow: a checked spec, the folder its files lie in, and the tools it may call."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..tools.base.engines import load
from ..tools.base.errors import FileError, InputError, Problem, place_of
from ..tools.base.functions import Functions, named
from ..tools.base.langchain_tool import as_tool
from ..tools.base.tool import Tool
from ..tools.base.yaml_reading import Path_
from .spec.checks import problems
from .spec.kinds.common import NodeBase
from .spec.kinds.control import Flow
from .spec.known import OF_MACHINE, TOOLS, At, Known, Subject
from .spec.reading import Source, find, find_beside, read_workflow
from .spec.types import WorkflowSpec

if TYPE_CHECKING:
    from ..agents.roles.types import App
    from .compile.links import Plan


@dataclass(frozen=True)
class Workflow:
    """Many steps, ready to run: `await run(workflow, "Why is the sky blue?")`.

    Attributes:
        source: The checked spec and its folder.
        known: The tools and functions it may name.
        named: What `load_with` finds it by again, from any folder; "" where it was made in this process.
        python: The files of a person's own that its functions come from.
    """

    source: Source
    known: Known = field(default_factory=lambda: known())
    named: str = field(default="", compare=False)
    python: tuple[Path, ...] = field(default=(), compare=False)
    _flows: "dict[str, Workflow]" = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def load(
        cls,
        name: str | Path,
        *,
        tools: Iterable[Any] = (),
        functions: Iterable[Tool | Callable[..., Any]] = (),
        app: "App | None" = None,
    ) -> "Workflow":
        """Read a workflow.yaml, or a ready-made workflow by name: `Workflow.load("child-tutor")`.

        A Python file that makes one is run for it: `Workflow.load("flow.py")`, or `"flow.py:name"` of several.

        Args:
            tools: What the file may name under `tools`, beside the built-in ones: tools, typed functions, LangChain
                tools.
            functions: What its `python` nodes may call, by the functions' names.
            app: The machine it is for, whose services and policy it is held to.
        Raises:
            InputError: there is none of that name.
            FileError: the file is wrong; every problem with its line.
        """
        here = known(tools, functions, app)
        if str(name).endswith(".py") or ".py:" in str(name):
            from .export.from_python import workflow_in

            made = workflow_in(str(name))
            return cls(made.source, made.known.on_machine_of(here))
        return cls(read_workflow(find(str(name)), here), here)

    @classmethod
    def of(
        cls,
        spec: WorkflowSpec,
        *,
        folder: Path | None = None,
        tools: Iterable[Any] = (),
        functions: Iterable[Tool | Callable[..., Any]] = (),
        at: At | None = None,
    ) -> "Workflow":
        """A workflow made in Python; it passes the same checks as a file.

        Args:
            at: Where a part of it is written, for messages; by default they name the field.
        Raises:
            FileError: the spec is wrong; every problem.
        """
        here, place = known(tools, functions), at or _field
        subject = Subject(spec, folder or Path.cwd(), place, here)
        found = sorted((one for one in problems(subject) if one.level == "error"), key=place_of)
        if found:
            raise FileError(found)
        return cls(Source(spec, subject.folder, place), here)

    @property
    def spec(self) -> WorkflowSpec:
        """The workflow as types."""
        return self.source.spec

    @cached_property
    def plan(self) -> "Plan":
        """The compiled nodes of every level.

        Raises:
            FileError: a prompt, a rules file or a tool's folder is missing or wrong.
        """
        from .compile.links import compile_plan
        from .compile.step import Bench
        from .run.nested import NestedWorkflow

        subject = Subject(self.spec, self.source.folder, self.source.at, self.known)
        bench = Bench(
            self.spec.name,
            self.source.folder,
            subject.scopes.at(None),
            self._tools(),
            self.known.functions,
            self.spec.tools,
            lambda use: NestedWorkflow(self.flow(use)),
            self.spec.language,
        )
        return compile_plan(subject, bench)

    @cached_property
    def graph(self) -> Any:
        """The compiled LangGraph graph."""
        from .compile.graph import compile_graph

        return compile_graph(self.plan)

    def flow(self, use: str) -> "Workflow":
        """The workflow that a `flow` node of this one uses."""
        if use not in self._flows:
            self._flows[use] = Workflow(read_workflow(find_beside(self.source.folder, use), self.known), self.known)
        return self._flows[use]

    def every_node(self, seen: set[Path] | None = None) -> Iterator[tuple["Workflow", NodeBase]]:
        """Every node of every level, and of the workflows it uses, with the workflow it is in; each file once.

        Args:
            seen: The files of used workflows that need no look, as they have had one.
        """
        seen = set() if seen is None else seen
        subject = Subject(self.spec, self.source.folder, self.source.at, self.known)
        for level in subject.levels:
            for node in level.nodes.values():
                yield self, node
                if isinstance(node, Flow) and (path := find_beside(self.source.folder, node.use).resolve()) not in seen:
                    seen.add(path)
                    yield from self.flow(node.use).every_node(seen)

    def _tools(self) -> dict[str, Tool]:
        own = self.known.tools
        built = {name: settings for name, settings in self.spec.tools.items() if own.get(name) or name in TOOLS}
        return {name: own.get(name) or self._built(name, settings) for name, settings in built.items()}

    def _built(self, name: str, settings: Mapping[str, Any]) -> Tool:
        try:
            made: Tool = load("tool", name, TOOLS)(self.source.folder, settings)
        except InputError as error:
            raise FileError([Problem(self.source.at(("tools", name), 0), str(error))]) from None
        return made


def known(
    tools: Iterable[Any] = (), functions: Iterable[Tool | Callable[..., Any]] = (), app: "App | None" = None
) -> Known:
    """What a workflow may name: the built-in tools, the caller's own tools and functions, a machine's services."""
    own = {one.name: one for one in map(as_tool, tools)}
    registered = Functions({one.name: one for one in map(named, functions)})
    here = Known(dict.fromkeys([*TOOLS, *OF_MACHINE]) | own, registered)
    return here if app is None else here.on(app)


def _field(path: Path_, shift: int) -> str:
    return ".".join(map(str, path))
