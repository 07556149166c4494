"""The kind agent: a model that thinks, calls tools and answers, by a strategy."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from ....agents.planning.direct import Direct
from ....agents.planning.plans import Plan
from ..habits import AGENT, WANTS
from ..names import Many, Name
from ..shapes import ANY, BOOLEAN, STRING, Type, list_of, record
from .think import HISTORY, MOST_HISTORY, Writer

TOOL_USE = record(tool=STRING, arguments=ANY, value=ANY, failed=BOOLEAN)


def _named(plan: Any) -> Any:
    """`plan: react` stands for the strategy with its own settings."""
    return {"strategy": plan} if isinstance(plan, str) else plan


class AgentNode(Writer):
    """A model thinks, calls tools and answers, as its strategy says.

    `stopped` is the part of the budget that is spent: calls, tokens or time; empty where the agent came to its end.
    `calls` are the tools it called, and what each gave back.
    """

    RESULT: ClassVar[Type] = record(text=STRING, stopped=STRING, calls=list_of(TOOL_USE), notes=ANY)
    ELSEWHERE: ClassVar[Mapping[str, str]] = AGENT
    WANTS: ClassVar[Mapping[str, str]] = WANTS

    kind: Literal["agent"] = "agent"
    plan: Annotated[Plan, BeforeValidator(_named)] = Field(
        default=Direct(), description="how it thinks: the name of a strategy, or that with its settings and a budget"
    )
    tools: Many[Name] = Field(default=(), description="which of the workflow's `tools` it may call")
    ask_before: Many[Name] = Field(default=(), description="those of them whose every call a person must agree to")
    memory: int = Field(
        default=HISTORY, ge=0, le=MOST_HISTORY, description="so many of the last texts of the conversation it is told"
    )
    max_tokens: int = Field(default=512, ge=1, description="the longest one reply of its model may be")

    @model_validator(mode="after")
    def _asks_about_its_own(self) -> "AgentNode":
        others = [name for name in self.ask_before if name not in self.tools]
        if others:
            raise ValueError(f"ask_before names {others[0]!r}, which is not among its tools")
        return self
