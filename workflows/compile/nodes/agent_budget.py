"""What an agent may still use up for one answer."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from ....agents.models.chat import ChatRequest
from ....agents.planning.settings import Budget
from ....agents.planning.types import Spent
from ...spec.names import seconds


@dataclass(slots=True)
class Purse:
    """One for each answer.

    Attributes:
        until: When its time is over, on the clock of the event loop; None for never.
    """

    budget: Budget
    until: float | None
    calls: int = 0
    tokens: int = 0
    late: bool = False

    @classmethod
    def of(cls, budget: Budget) -> "Purse":
        """A full one; its time begins now."""
        now = asyncio.get_running_loop().time()
        return cls(budget, now + seconds(budget.time) if budget.time else None)

    @property
    def spent(self) -> Spent:
        """The part of the budget that is used up."""
        if self.late or (self.until is not None and asyncio.get_running_loop().time() >= self.until):
            return "time"
        if self.calls_left == 0:
            return "calls"
        if self.tokens_left is not None and self.tokens_left <= 0:
            return "tokens"
        return ""

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Time in which a person thinks, and not the agent."""
        now = asyncio.get_running_loop().time
        began = now()
        yield
        if self.until is not None:
            self.until += now() - began

    @property
    def calls_left(self) -> int | None:
        """How often the model may still be asked."""
        return None if self.budget.calls is None else max(0, self.budget.calls - self.calls)

    @property
    def tokens_left(self) -> int | None:
        """How many tokens the model may still write."""
        return None if self.budget.tokens is None else self.budget.tokens - self.tokens

    def limit(self, what: Spent) -> str:
        """A part of the budget, in words."""
        return {"time": self.budget.time or "", "calls": f"{self.budget.calls} calls of its model"}.get(
            what, f"{self.budget.tokens} tokens"
        )

    def taken(self, requests: tuple[ChatRequest, ...]) -> tuple[ChatRequest, ...]:
        """So many of the requests as there are calls for, each with its share of the tokens that are left."""
        asked = requests if self.calls_left is None else requests[: self.calls_left]
        self.calls += len(asked)
        if self.tokens_left is None:
            return asked
        share = max(1, self.tokens_left // max(1, len(asked)))
        return tuple(one if one.max_tokens <= share else replace(one, max_tokens=share) for one in asked)
