"""An agent is run as a workflow of one mind, so there is one loop and not two."""

from collections.abc import Sequence
from typing import Any

from ...agents.agent import Agent
from ...agents.planning.plans import plan_of
from ...agents.planning.settings import Strategy
from ...tools.base.errors import InputError
from ...tools.base.langchain_tool import as_tool
from ...tools.base.suggest import did_you_mean
from ..spec.kinds.agent import AgentNode
from ..spec.kinds.common import Case, NodeBase
from ..spec.kinds.think import MOST_HISTORY, Prompt
from ..spec.kinds.voice import Guard, Speak
from ..spec.types import InputField, StateField, WorkflowSpec
from ..workflow import Workflow

_NOTHING_LEFT = {"en": "I would rather not answer that.", "zh": "这个我还是不回答了。"}
_FOUND = {name: f"${{result.{name}}}" for name in ("stopped", "calls", "notes")}


def workflow_of(agent: Agent) -> Workflow:
    """The workflow that asks an agent one question: input text, output answer, stopped, calls and notes.

    Raises:
        InputError: its plan is wrong, or it names tools there are not.
    """
    given = () if isinstance(agent.tools, str) else agent.tools
    tools = [as_tool(one) for one in given if not isinstance(one, str)]
    names = [*(one for one in given if isinstance(one, str)), *(tool.name for tool in tools)]
    _look_at(agent, names)
    answer = AgentNode(
        role=agent.role,
        prompt=Prompt(system="{{ input.instructions }}", user="{{ input.text }}"),
        plan=_plan(agent),
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
                "instructions": InputField(type="string", default=""),
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


def instructions_of(agent: Agent) -> str:
    """What an agent's workflow is given as its input `instructions`."""
    return "\n\n".join(part for part in (agent.profile.strip(), agent.instructions) if part)


def _plan(agent: Agent) -> Any:
    return agent.plan if isinstance(agent.plan, Strategy) else plan_of(agent.plan)


def _look_at(agent: Agent, names: Sequence[str]) -> None:
    at = f"agent {agent.name}"
    if agent.role not in ("chat", "fast"):
        raise InputError(f"its role is chat or fast, not {agent.role!r}", at=at)
    if not 0 <= agent.memory <= MOST_HISTORY or agent.max_tokens < 1:
        problem = f"memory is from 0 to {MOST_HISTORY}, and max_tokens at least 1"
        raise InputError(f"{problem}; not {agent.memory} and {agent.max_tokens}", at=at)
    for key, given in (("tools", agent.tools), ("ask_before", agent.ask_before)):
        if isinstance(given, str):
            raise InputError(f"{key} is a list of them, not {given!r}", at=at, hint=f"Write {key}=[{given!r}]")
    for name in agent.ask_before:
        if name not in names:
            problem = f"ask_before names {name!r}, which is not among the agent's tools"
            raise InputError(problem, at=at, hint=did_you_mean(name, names))
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"two of its tools are called {name!r}", at=at, hint="Give one of them another name")


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
        "show": Speak(follows="guard_answer", route=(Case(when="state.answer == ''", to="sorry"), Case(else_="end"))),
        "sorry": Speak(text=_NOTHING_LEFT, into="answer", next="end"),
    }
