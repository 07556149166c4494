"""A question, answered by an agent with a plan: through the one loop that runs every agent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ...agents.agent import Agent
from ...agents.models.chat import Chat
from .data import Item

if TYPE_CHECKING:
    from ...agents.planning.plans import Plan
    from ...agents.roles.types import App


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

        agent = Agent("compare", item.instructions, plan=plan, tools=tuple(self.tools), max_tokens=self.max_tokens)
        engines = {"chat": chat}
        done = await run(agent, item.question, app=self.app, engines=engines, durable=False, language=item.language)
        return Answer(done.answer, str(done.output["stopped"]), done.output["notes"] or {})


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
