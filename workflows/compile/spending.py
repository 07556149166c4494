"""What a run has used up of its limits: steps, time, tokens."""

import time
from collections import Counter
from dataclasses import dataclass, field

from ...tools.base.errors import LimitReached
from ..spec.kinds.common import NodeLimits
from ..spec.names import seconds
from ..spec.types import RunLimits


@dataclass(slots=True)
class Spending:
    """One for each run; a workflow that is a step of another spends from the same purse."""

    limits: RunLimits
    began: float = field(default_factory=time.monotonic)
    steps: int = 0
    tokens: Counter[str] = field(default_factory=Counter)
    visits: Counter[str] = field(default_factory=Counter)

    def begin(self, step: str, limits: NodeLimits) -> None:
        """A node begins.

        Raises:
            LimitReached: it may not, or the run may not go on.
        """
        self.steps += 1
        self.visits[step] += 1
        if self.steps > self.limits.steps:
            hint = "Look for a circle, or raise limits.steps"
            raise LimitReached(f"the run has taken {self.limits.steps} steps, all it may", at=step, hint=hint)
        if limits.visits is not None and self.visits[step] > limits.visits:
            raise LimitReached(f"it has begun {limits.visits} times, all it may", at=step)
        self._look(step, limits)

    def wrote(self, step: str, tokens: int, limits: NodeLimits) -> None:
        """A model wrote so many tokens for a node.

        Raises:
            LimitReached: that was more than it may.
        """
        self.tokens[step] += tokens
        self._look(step, limits)

    def seconds_left(self) -> float | None:
        """Until the run's time is over; None where it has no limit."""
        return seconds(self.limits.time) - (time.monotonic() - self.began) if self.limits.time else None

    def _look(self, step: str, limits: NodeLimits) -> None:
        left = self.seconds_left()
        if left is not None and left <= 0:
            raise LimitReached(f"the run has taken {self.limits.time}, all it may", at=step)
        if limits.tokens is not None and self.tokens[step] > limits.tokens:
            raise LimitReached(f"its models have written more than {limits.tokens} tokens", at=step)
        if self.limits.tokens is not None and self.tokens.total() > self.limits.tokens:
            raise LimitReached(f"the run's models have written more than {self.limits.tokens} tokens", at=step)
