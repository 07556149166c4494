"""A workflow in Python: the types of the file are the builder, and what they make passes the same checks.

Some words of the file are taken in Python: `text` stands for `from`, `arguments` for `with`, and `else_`, `as_`, `for_`
and `while_` for the words without the underscore.

Example:
    from antiphon.workflows.build import Input, Llm, Prompt, Speak, State, workflow

    echo = workflow(
        "echo",
        input={"text": Input(type="string")},
        state={"answer": State(type="string")},
        output={"answer": "${state.answer}"},
        start="write",
        nodes={
            "write": Llm(prompt=Prompt(user="Say it kindly: {{ input.text }}"), into="answer", next="show"),
            "show": Speak(text="${state.answer}", next="end"),
        },
    )
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from ..agents.planning.best_of import BestOf
from ..agents.planning.chain_of_thought import ChainOfThought, Exemplar
from ..agents.planning.direct import Direct
from ..agents.planning.program import Program
from ..agents.planning.react import React
from ..agents.planning.self_consistency import SelfConsistency
from ..agents.planning.settings import Budget
from ..tools.base.checked import checked
from ..tools.base.langchain_tool import as_tool
from ..tools.base.tool import Tool
from .spec.kinds.act import Code, Emit, Http, Python, ToolCall
from .spec.kinds.agent import AgentNode
from .spec.kinds.common import Cache, Case, NodeLimits, OnError, Retry, Timeout
from .spec.kinds.control import End, Flow, Set, Wait
from .spec.kinds.memory import Recall, Remember, Retrieve
from .spec.kinds.think import Classify, Extract, Llm, Prompt
from .spec.kinds.voice import Ask, Guard, Listen, Rewrite, Speak
from .spec.names import Words
from .spec.python_places import Call, call_of, caller
from .spec.rendering import as_data
from .spec.shapes import Shape
from .spec.types import InputField as Input
from .spec.types import Loop, Map, Node, RunLimits, WorkflowSpec
from .spec.types import StateField as State
from .workflow import Workflow

__all__ = [
    "AgentNode",
    "Ask",
    "BestOf",
    "Budget",
    "Cache",
    "ChainOfThought",
    "Classify",
    "Code",
    "Direct",
    "Else",
    "Emit",
    "End",
    "Exemplar",
    "Extract",
    "Flow",
    "Guard",
    "Http",
    "Input",
    "Listen",
    "Llm",
    "Loop",
    "Map",
    "Node",
    "NodeLimits",
    "OnError",
    "Program",
    "Prompt",
    "Python",
    "React",
    "Recall",
    "Remember",
    "Retrieve",
    "Retry",
    "Rewrite",
    "RunLimits",
    "SelfConsistency",
    "Set",
    "Shape",
    "Speak",
    "State",
    "Timeout",
    "ToolCall",
    "Wait",
    "When",
    "workflow",
]


def When(when: str, to: str) -> Case:  # noqa: N802 - it stands among the types, and reads as one
    """A line of a route: where the condition holds, the way leads to the node `to`."""
    return _case({"when": when, "to": to})


def Else(to: str) -> Case:  # noqa: N802
    """The last line of a route: where no condition held, the way leads to the node `to`."""
    return _case({"else": to})


def _case(line: Mapping[str, str]) -> Case:
    """A line of a route, told with the place of the call that made it if it is wrong."""
    return checked(call_of(caller(2)).document(dict(line)), Case)


def workflow(
    name: str,
    *,
    start: str,
    nodes: Mapping[str, Node],
    title: Words | None = None,
    description: Words | None = None,
    audience: Literal["", "child"] | None = None,
    language: str | None = None,
    input: Mapping[str, Input] | None = None,
    state: Mapping[str, State] | None = None,
    output: Mapping[str, Any] | None = None,
    record: Mapping[str, Any] | None = None,
    tools: Mapping[str, Any] | Sequence[Any] | None = None,
    limits: RunLimits | None = None,
    functions: Iterable[Tool | Callable[..., Any]] = (),
    folder: str | Path | None = None,
) -> Workflow:
    """A checked workflow; each argument is a key of the file.

    Args:
        tools: By name, the settings as in the file or a tool of one's own; or a list of tools and of names. A tool is
            one made with @tool, a typed function, or a LangChain tool.
        functions: What its `python` nodes may call, by the functions' names.
        folder: Where its files lie: prompts, rules, documents; by default beside the Python file that calls.
    Raises:
        FileError: it is wrong; every problem with the line and column in the Python file.
    """
    call = call_of(caller())
    named, own = _tools(tools)
    parts = {
        "title": title,
        "description": description,
        "audience": audience,
        "language": language,
        "input": input,
        "state": state,
        "output": output,
        "record": record,
        "tools": named,
        "limits": limits,
        "start": start,
        "nodes": nodes,
    }
    data = {"schema": "workflow/v1", "name": name} | {key: as_data(v) for key, v in parts.items() if v is not None}
    spec = checked(call.document(data), WorkflowSpec)
    return Workflow.of(spec, folder=_folder(call, folder), tools=own, functions=functions, at=call)


def _tools(
    tools: Mapping[str, Any] | Sequence[Any] | None,
) -> tuple[Mapping[str, Mapping[str, Any]] | None, list[Tool]]:
    """As in the file, and those of one's own."""
    if tools is None:
        return None, []
    if not isinstance(tools, Mapping):
        listed = [one if isinstance(one, str) else as_tool(one) for one in tools]
        tools = {one if isinstance(one, str) else one.name: {} if isinstance(one, str) else one for one in listed}
    own = {name: as_tool(one) for name, one in tools.items() if not isinstance(one, Mapping)}
    settings = {name: {} if name in own else one for name, one in tools.items()}
    return settings, [replace(one, name=name) for name, one in own.items()]


def _folder(call: Call, folder: str | Path | None) -> Path:
    if folder is not None:
        return Path(folder)
    return Path(call.file).parent if Path(call.file).is_file() else Path.cwd()
