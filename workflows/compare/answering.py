"""A question, answered by an agent with a plan: through the one loop that runs every agent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ...agents.models.chat import Chat
from .data import Item

if TYPE_CHECKING:
    from ...agents.planning.plans import Plan
    from ...agents.roles.types import App
    from ..workflow import Workflow


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question, as in the result of the node `agent`."""

    text: str
    stopped: str = ""
    notes: Mapping[str, Any] = field(default_factory=dict)


class Answerer(Protocol):
    """Whatever answers a question by a plan, asking this model."""

    async def __call__(self, plan: "Plan", item: Item, chat: Chat, /) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Agents:
    """Answers by an agent that has nothing but its plan, the item's instructions, and tools.

    Attributes:
        app: The machine; the role `chat` is given with each question.
        tools: Names of tools that any workflow file may name.
        max_tokens: At most so many in one reply of the model.
    """

    app: "App"
    tools: Sequence[str] = ()
    max_tokens: int = 512

    async def __call__(self, plan: "Plan", item: Item, chat: Chat, /) -> Answer:
        """Answer one question.

        Raises:
            EndpointError: the model's server failed.
        """
        from ..run.running import run

        workflow = workflow_of(plan, self.tools, self.max_tokens)
        told: dict[str, Any] = {"instructions": item.instructions, "language": item.language}
        done = await run(workflow, item.question, app=self.app, engines={"chat": chat}, durable=False, **told)
        return Answer(done.answer, str(done.output["stopped"]), done.output["notes"] or {})


def workflow_of(plan: "Plan", tools: Sequence[str], max_tokens: int) -> "Workflow":
    """The workflow that asks an agent one question."""
    from ..spec.types import WorkflowSpec
    from ..workflow import Workflow

    answer = {
        "kind": "agent",
        "prompt": {"system": "{{ input.instructions }}", "user": "{{ input.text }}"},
        "plan": plan,
        "tools": list(tools),
        "max_tokens": max_tokens,
        "into": {"answer": "${result.text}", "stopped": "${result.stopped}", "notes": "${result.notes}"},
        "next": "end",
    }
    text = {"type": "string"}
    spec = WorkflowSpec.model_validate(
        {
            "schema": "workflow/v1",
            "name": "compare",
            "input": {"text": text, "instructions": text | {"default": ""}, "language": text | {"default": "en"}},
            "language": "${input.language}",
            "state": {"answer": text, "stopped": text, "notes": {"type": "object"}},
            "output": {"answer": "${state.answer}", "stopped": "${state.stopped}", "notes": "${state.notes}"},
            "tools": {name: {} for name in tools},
            "start": "answer",
            "nodes": {"answer": answer},
        }
    )
    return Workflow.of(spec)


async def warm(answer: Answerer, chat: Chat) -> None:
    """Import, compile and load before the first question is timed.

    Raises:
        ModelFileError, MissingExtra, EngineError: the model's server could not be started.
    """
    from ...agents.models.scripted import Scripted
    from ...agents.planning.direct import Direct

    await answer(Direct(), Item("", "?", ()), Scripted(["!"]))
    if start := getattr(chat, "warm", None):
        await start()
