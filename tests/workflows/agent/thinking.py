"""An agent whose moves a test writes down: `await answered(plan(...), ...)`."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from antiphon import Workflow, run
from antiphon.agents.models.chat import ChatRequest, Message
from antiphon.agents.models.scripted import Scripted, Step
from antiphon.agents.planning.settings import Budget, Strategy
from antiphon.agents.planning.types import Act, Call, Finish, Move, Think, Transcript
from antiphon.agents.roles.types import App
from antiphon.tools.base.tool import Tool
from antiphon.workflows.run.running import Result, Run
from antiphon.workflows.spec.kinds.agent import AgentNode
from antiphon.workflows.spec.kinds.think import Prompt
from antiphon.workflows.spec.types import InputField, StateField, WorkflowSpec

APP = App.model_validate({"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": "none"}}})
Choose = Callable[[Transcript], Move]


class Moves(Strategy):
    """Makes the moves of a list, one after the other; `seen` keeps what it knew at each."""

    seen: ClassVar[list[Transcript]] = []
    moves: tuple[Any, ...]

    def next(self, so_far: Transcript, /) -> Move:
        """The next one; where the budget is spent, the last reply."""
        self.seen.append(so_far)
        if so_far.spent:
            return Finish(next((one.text for one in reversed([*so_far.replies])), ""), {"spent": so_far.spent})
        move: Move | Choose = self.moves[len(so_far.steps)]
        return move(so_far) if callable(move) else move


def think(*texts: str, visible: bool = False) -> Think:
    """Ask the model once for each text."""
    asked = tuple(ChatRequest((Message("user", text),)) for text in texts)
    return Think(asked, (lambda text: text) if visible else None)


def act(tool: str, /, **arguments: Any) -> Act:
    """Call one tool."""
    return Act((Call(tool, arguments),))


def workflow(
    plan: Strategy, tools: Sequence[Tool] = (), ask_before: Sequence[str] = (), folder: Path | None = None, **more: Any
) -> Workflow:
    """A workflow of one agent that thinks by a plan of the test."""
    node = AgentNode.model_construct(
        {"kind", "role", "prompt", "plan", "tools", "ask_before", "into", "next", *more},
        kind="agent",
        role="chat",
        prompt=Prompt(user="{{ input.text }}", system="Be short."),
        plan=plan,
        tools=tuple(tool.name for tool in tools),
        ask_before=tuple(ask_before),
        into={name: f"${{result.{name}}}" for name in ("text", "stopped", "calls", "notes")},
        next="end",
        **more,
    )
    state = {"text": "string", "stopped": "string", "calls": "list", "notes": "object"}
    spec = WorkflowSpec.model_validate(
        {
            "schema": "workflow/v1",
            "name": "alone",
            "input": {"text": InputField(type="string", default="Why?")},
            "state": {name: StateField.model_validate({"type": type_}) for name, type_ in state.items()},
            "output": {name: f"${{state.{name}}}" for name in state},
            "tools": {tool.name: {} for tool in tools},
            "start": "it",
            "nodes": {"it": node},
        }
    )
    return Workflow.of(spec, tools=tools, folder=folder)


def running(flow: Workflow, chat: Scripted, **options: Any) -> Run:
    """A run of it with a model that plays a script."""
    return run(flow, app=options.pop("app", APP), engines={"chat": chat}, **options)


async def answered(
    moves: Sequence[Any],
    script: Sequence[Step] = (),
    *,
    tools: Sequence[Tool] = (),
    budget: Mapping[str, Any] | None = None,
    ask_before: Sequence[str] = (),
    **options: Any,
) -> Result:
    """What an agent that makes these moves comes to."""
    Moves.seen.clear()
    flow = workflow(Moves(moves=tuple(moves), budget=Budget(**(budget or {}))), tools, ask_before)
    async with Scripted(script) as chat:
        return await running(flow, chat, **options)
