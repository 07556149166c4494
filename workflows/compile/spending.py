"""What a run has used up of its limits: steps, time, tokens."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from ...agents.events import Event, Finished
from ...tools.base.errors import LimitReached
from ..spec.kinds.common import NodeLimits
from ..spec.names import seconds
from ..spec.types import RunLimits
from .failures import RunLimitReached


@dataclass(slots=True)
class Spending:
    """One for each run; a workflow that is a step of another spends from the same purse."""

    limits: RunLimits
    began: float = field(default_factory=time.monotonic)
    steps: int = 0
    all_tokens: int = 0
    tokens: Counter[str] = field(default_factory=Counter)
    visits: Counter[str] = field(default_factory=Counter)

    def begin(self, step: str, limits: NodeLimits) -> None:
        """A node begins.

        Raises:
            LimitReached: it may not.
            RunLimitReached: the run may not go on.
        """
        self.steps += 1
        self.visits[step] += 1
        if self.steps > self.limits.steps:
            hint = "Look for a circle, or raise limits.steps"
            raise RunLimitReached(f"the run has taken {self.limits.steps} steps, all it may", at=step, hint=hint)
        left = self.seconds_left()
        if left is not None and left <= 0:
            raise RunLimitReached(f"the run has taken {self.limits.time}, all it may", at=step)
        self._look(step)
        if limits.visits is not None and self.visits[step] > limits.visits:
            raise LimitReached(f"it has begun {limits.visits} times, all it may", at=step)
        self.wrote(step, 0, limits)

    def wrote(self, step: str, tokens: int, limits: NodeLimits) -> None:
        """The models of a node wrote so many tokens.

        Raises:
            LimitReached: that was more than it may.
        """
        self.tokens[step] += tokens
        if limits.tokens is not None and self.tokens[step] > limits.tokens:
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

    def seconds_left(self) -> float | None:
        """Until the run's time is over; None where it has no limit."""
        return seconds(self.limits.time) - (time.monotonic() - self.began) if self.limits.time else None

    def _look(self, step: str) -> None:
        if self.limits.tokens is not None and self.all_tokens > self.limits.tokens:
            raise RunLimitReached(f"the run's models have written more than {self.limits.tokens} tokens", at=step)
