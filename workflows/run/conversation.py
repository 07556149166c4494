"""What one turn of a conversation leaves for the next, where no store keeps it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ...agents.events import Event, RunFinished
from ...agents.models.chat import Message
from ..spec.kinds.think import MOST_HISTORY


@dataclass(slots=True)
class Conversation:
    """Turn after turn of one workflow.

    Attributes:
        history: What was said, the oldest first.
        kept: State fields the next turn begins with.
    """

    history: list[Message] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def recent(self) -> tuple[Message, ...]:
        """What was said, as far as the next turn is told of it."""
        return tuple(self.history[-MOST_HISTORY:])

    def went_on(self, said: str, events: Iterable[Event]) -> None:
        """Take in a turn that came to its end; one that waits or failed leaves nothing.

        Args:
            said: What a person said, for workflows that have no output `question`.
        """
        end = next((event for event in reversed([*events]) if isinstance(event, RunFinished)), None)
        if end is not None:
            self.kept = dict(end.kept)
            question, answer = end.output.get("question", said), end.output.get("answer", "")
            self.history += [Message("user", str(question)), Message("assistant", str(answer))]
