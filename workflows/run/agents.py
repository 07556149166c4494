"""An agent is run as a workflow of one mind, so there is one loop and not two."""

from typing import Any, cast

from ...agents.agent import Agent
from ...tools.base.langchain_tool import as_tool
from ..spec.kinds.agent import AgentNode
from ..spec.kinds.common import Case, NodeBase
from ..spec.kinds.think import Prompt
from ..spec.kinds.voice import Guard, Speak
from ..spec.types import InputField, StateField, WorkflowSpec
from ..workflow import Workflow

_FOUND = {name: f"${{result.{name}}}" for name in ("stopped", "calls", "notes")}


def workflow_of(agent: Agent) -> Workflow:
    """The workflow that asks an agent one question: input text, output answer, stopped, calls and notes.

    Raises:
        FileError: its plan is wrong, or it names tools it does not have.
    """
    ready = [one for one in agent.tools if isinstance(one, str)]
    tools = [as_tool(one) for one in agent.tools if not isinstance(one, str)]
    names = [*ready, *(tool.name for tool in tools)]
    prompt = Prompt(system="{{ input.instructions }}", user="{{ input.text }}")
    answer = AgentNode(
        role=agent.role,
        prompt=prompt,
        plan=cast(Any, agent.plan),
        tools=names,
        ask_before=list(agent.ask_before),
        memory=agent.memory,
        max_tokens=agent.max_tokens,
        into={"answer": "${result.text}", **_FOUND},
        next="show",
    )
    nodes: dict[str, NodeBase] = {"answer": answer, "show": Speak(follows="answer", next="end")}
    if agent.rules:
        nodes = _guarded(agent, answer)
    spec = WorkflowSpec.model_validate(
        {
            "schema": "workflow/v1",
            "name": "agent",
            "input": {
                "text": InputField(type="string"),
                "instructions": InputField(type="string", default=_told(agent)),
                "language": InputField(type="string", default="en"),
            },
            "language": "${input.language}",
            "state": {
                "answer": StateField(type="string"),
                "allowed": StateField(type="boolean"),
                "stopped": StateField(type="string"),
                "calls": StateField(type="list"),
                "notes": StateField(type="object"),
            },
            "output": {"answer": "${state.answer}", **{name: f"${{state.{name}}}" for name in _FOUND}},
            "tools": {name: {} for name in names},
            "start": next(iter(nodes)),
            "nodes": nodes,
        }
    )
    return Workflow.of(spec, tools=tools)


def _told(agent: Agent) -> str:
    return "\n\n".join(part for part in (agent.profile.strip(), agent.instructions) if part)


def _guarded(agent: Agent, answer: AgentNode) -> dict[str, NodeBase]:
    return {
        "guard_question": Guard(
            side="question",
            text="${input.text}",
            rules=agent.rules,
            into={"answer": "${result.reply}", "allowed": "${result.allowed}"},
            route=(Case(when="!state.allowed", to="refuse"), Case(else_="answer")),
        ),
        "refuse": Speak(text="${state.answer}", next="end"),
        "answer": answer.model_copy(update={"into": _FOUND, "next": "guard_answer"}),
        "guard_answer": Guard(side="answer", follows="answer", rules=agent.rules, into="answer", next="show"),
        "show": Speak(follows="guard_answer", next="end"),
    }
