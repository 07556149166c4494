"""A planner is pure: what an agent has thought, called and seen so far comes in, its next move goes out.

The loop that makes the moves stands in `workflows/`, so every strategy has tools, streaming, budgets, approvals and
resume for nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from ..models.abilities import Abilities
from ..models.chat import ChatRequest, Message, Reply

Spent = Literal["", "calls", "tokens", "time"]
"""Which part of the budget is used up."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A tool as a model is told of it.

    Attributes:
        parameters: A JSON schema of an object.
        examples: What people say that need it, if its author gave any.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """What an agent is to do.

    Attributes:
        question: What it is asked.
        instructions: Who it is and what it is told before every question.
        history: What was said before, within its memory window.
        tools: What it may call.
        language: Of the answer and of the strategy's own words: "en", "zh".
        max_tokens: At most so many in one reply.
        can: What the model's server can do.
        likeness: How like the question each tool is by meaning, from -1 to 1, and under "" how like mere talk (see
            likeness.py); empty where there is no embedding model.
    """

    question: str
    instructions: str = ""
    history: tuple[Message, ...] = ()
    tools: tuple[Offered, ...] = ()
    language: str = "en"
    max_tokens: int = 512
    can: Abilities = field(default_factory=Abilities)
    likeness: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A tool to be called; `id` is what a server with native tools knows it by."""

    tool: str
    arguments: Mapping[str, Any]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """What a call came to, as text for a model; `failed` where that is an error.

    Attributes:
        refused: Whether it failed because a person said no, who is not asked the same again.
    """

    call: Call
    text: str
    failed: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Think:
    """Ask the model; several requests are asked side by side.

    Attributes:
        visible: Of what is written so far, the beginning that belongs to the answer and may be shown at once; it only
            ever grows. None where what is written is no answer. Only for a single request.
    """

    requests: tuple[ChatRequest, ...]
    visible: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """Call tools, side by side."""

    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Finish:
    """Answer. What was visible of the last thought is the beginning of it.

    Attributes:
        notes: Plain values that tell how it was found, such as {"votes": {"42": 3, "40": 1}}.
    """

    answer: str
    notes: Mapping[str, Any] = field(default_factory=dict)


Move = Think | Act | Finish


@dataclass(frozen=True, slots=True)
class Thought:
    """What the model replied to the requests of a Think, in their order; `requests` are those."""

    requests: tuple[ChatRequest, ...]
    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class Observed:
    """What the calls of an Act came to, in their order."""

    observations: tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class Transcript:
    """All there is for a planner to know.

    Attributes:
        steps: What came of its moves so far, in order.
        spent: Where it names a part of the budget, that is used up: only a Finish with the best answer so far counts.
        calls_left: How many more times the model may be asked; None for as often as it likes.
    """

    task: Task
    steps: tuple[Thought | Observed, ...] = ()
    spent: Spent = ""
    calls_left: int | None = None

    @property
    def replies(self) -> Iterator[Reply]:
        """Every reply so far."""
        return (reply for step in self.steps if isinstance(step, Thought) for reply in step.replies)

    @property
    def observations(self) -> Iterator[Observation]:
        """Every observation so far."""
        return (one for step in self.steps if isinstance(step, Observed) for one in step.observations)


class Planner(Protocol):
    """A strategy; a planner has no state, so one object may serve many agents at once."""

    def next(self, so_far: Transcript, /) -> Move:
        """The next move. A Finish ends the work; after a Think comes a Thought, after an Act an Observed."""
        ...
