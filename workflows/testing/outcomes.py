"""What came of a test: of each turn, and of the whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ...agents.events import Asked, Called, Event, Finished, Returned, RunFinished, RunPaused, Said, StepStarted
from ...tools.base.errors import AntiphonError
from .types import Exchange

Status = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Made:
    """A call that was made, and what it gave; None where that is not known."""

    tool: str
    arguments: Mapping[str, Any]
    value: Any = None


@dataclass(frozen=True, slots=True)
class Turned:
    """A turn that was played.

    Attributes:
        error: What it failed with.
        seconds: How long it took.
        wrong: What is wrong with it, beside what it is expected to come to: a script that is too short or too long.
        asked_for_model: Whether a model was asked that no script plays.
    """

    exchange: Exchange
    events: Sequence[Event]
    error: AntiphonError | None
    seconds: float
    wrong: tuple[str, ...] = ()
    asked_for_model: bool = False

    @property
    def output(self) -> Mapping[str, Any]:
        """What the run came to."""
        return next((event.output for event in reversed(self.events) if isinstance(event, RunFinished)), {})

    @property
    def said(self) -> str:
        """The output `answer`, or else all that was said."""
        answer = self.output.get("answer")
        if isinstance(answer, str) and answer:
            return answer
        return "".join(event.text for event in self.events if isinstance(event, Said)).strip()

    @property
    def calls(self) -> list[Made]:
        """What was called, in order."""
        made: list[Made] = []
        open_: list[tuple[Called, int]] = []
        for event in self.events:
            if isinstance(event, Called):
                open_.append((event, len(made)))
                made.append(Made(event.tool, event.arguments))
            elif isinstance(event, Returned):
                found = next((one for one in open_ if (one[0].step, one[0].tool) == (event.step, event.tool)), None)
                if found is not None:
                    open_.remove(found)
                    made[found[1]] = Made(event.tool, found[0].arguments, event.value)
        return made

    @property
    def steps(self) -> list[str]:
        """The nodes that ran."""
        return [event.step for event in self.events if isinstance(event, StepStarted)]

    @property
    def tokens(self) -> int:
        """So many were written."""
        return sum(event.completion_tokens for event in self.events if isinstance(event, Finished))

    @property
    def waits_for(self) -> str | None:
        """The question it waits with; None where it does not wait."""
        if not any(isinstance(event, RunPaused) for event in self.events):
            return None
        return next((event.text for event in reversed(self.events) if isinstance(event, Asked)), "")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A test that was played.

    Attributes:
        at: `file:line:column` where it is written.
        turns: Those that were played; after one that fails there is no other.
        problems: What is wrong with the last of them, each a sentence with its details on further lines.
        reason: Why it was skipped.
    """

    file: Path
    name: str
    at: str
    status: Status
    seconds: float
    turns: tuple[Turned, ...] = ()
    problems: tuple[str, ...] = field(default=())
    reason: str = ""
