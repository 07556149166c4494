"""What a run has used up of its limits: steps, time, tokens."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...agents.events import Event, Finished
from ...tools.base.errors import LimitReached
from ..spec.kinds.common import NodeLimits
from ..spec.names import seconds
from ..spec.types import RunLimits
from .failures import RunLimitReached


@dataclass(slots=True)
class Spending:
    """One for each run; a workflow that is a step of another spends from the same purse.

    Attributes:
        tokens, visits: By node, of those that are limited.
        latest: The path of the last visit of each node whose visits are limited.
        again: The paths of visits that a run was left in; each may begin once more and is no visit more.
    """

    limits: RunLimits
    began: float = field(default_factory=time.monotonic)
    steps: int = 0
    all_tokens: int = 0
    tokens: Counter[str] = field(default_factory=Counter)
    visits: Counter[str] = field(default_factory=Counter)
    latest: dict[str, str] = field(default_factory=dict)
    again: dict[str, str] = field(default_factory=dict)

    def begin(self, step: str, path: str, limits: NodeLimits) -> None:
        """A node begins.

        Args:
            path: Of the visit.
        Raises:
            LimitReached: it may not.
            RunLimitReached: the run may not go on.
        """
        self.steps += 1
        if self.steps > self.limits.steps:
            hint = "Look for a circle, or raise limits.steps"
            raise RunLimitReached(f"the run has taken {self.limits.steps} steps, all it may", at=step, hint=hint)
        left = self.seconds_left()
        if left is not None and left <= 0:
            raise RunLimitReached(f"the run has taken {self.limits.time}, all it may", at=step)
        self._look(step)
        if limits.visits is not None:
            self.visits[step] += self.again.pop(step, "") != path
            self.latest[step] = path
            if self.visits[step] > limits.visits:
                raise LimitReached(f"it has begun {limits.visits} times, all it may", at=step)
        self.wrote(step, 0, limits)

    def wrote(self, step: str, tokens: int, limits: NodeLimits) -> None:
        """The models of a node wrote so many tokens.

        Raises:
            LimitReached: that was more than it may.
        """
        if limits.tokens is None:
            return
        self.tokens[step] += tokens
        if self.tokens[step] > limits.tokens:
            raise LimitReached(f"its models have written more than {limits.tokens} tokens", at=step)

    def counting(self, emit: Callable[[Event], None]) -> Callable[[Event], None]:
        """The same, and the tokens that models of the run write are counted, at whatever depth.

        Raises, when it is called:
            RunLimitReached: that was more than the run may.
        """

        def told(event: Event) -> None:
            emit(event)
            if isinstance(event, Finished):
                self.all_tokens += event.completion_tokens
                self._look(event.step)

        return told

    def by_node(self) -> dict[str, Mapping[str, Any]]:
        """What single nodes have used up, as plain data: names and paths of nodes, and numbers."""
        return {"tokens": self.tokens, "visits": self.visits, "latest": self.latest}

    @property
    def seconds(self) -> float:
        """How long the run has been at work."""
        return time.monotonic() - self.began

    def seconds_left(self) -> float | None:
        """Until the run's time is over; None where it has no limit."""
        return seconds(self.limits.time) - self.seconds if self.limits.time else None

    def _look(self, step: str) -> None:
        if self.limits.tokens is not None and self.all_tokens > self.limits.tokens:
            raise RunLimitReached(f"the run's models have written more than {self.limits.tokens} tokens", at=step)
