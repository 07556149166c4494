"""What a run leaves in the record: what its workflow declares, and what was noted on the way."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ...agents.events import Dropped, Event, Rewrote, Sounded, Warned
from ...tools.base.errors import StorageError
from ..compile.step import Turn
from ..spec.expressions import ExpressionError
from ..spec.types import WorkflowSpec
from .records import Row, records_of
from .values import values_of


@dataclass(slots=True)
class Recorder:
    """Listens to one run and keeps a row of it at its end."""

    spec: WorkflowSpec
    conversation: str = ""
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    noted: dict[str, Any] = field(default_factory=dict)
    _from: float = field(default_factory=time.monotonic)

    def note(self, event: Event) -> None:
        """Take down what a record holds beside the declared values: `first_sound_s`, `rewritten`, `dropped`."""
        match event:
            case Sounded(at_s=at_s):
                self.noted.setdefault("first_sound_s", round(at_s, 3))
            case Rewrote(before=before, after=after, reason=reason):
                self._more("rewritten", {"before": before, "after": after, "reason": reason})
            case Dropped(text=text, reason=reason):
                self._more("dropped", {"text": text, "reason": reason})
            case _:
                pass

    async def keep(self, turn: Turn, state: Mapping[str, Any], folder: Path | None = None) -> None:
        """Write the row; a record that cannot be written is told and does not lose the answer.

        Args:
            folder: The data folder, by default this user's.
        """
        try:
            row = self._row(turn, state)
            await asyncio.to_thread(records_of(self.spec.name, folder).append, row)
        except (StorageError, ExpressionError) as error:
            turn.emit(Warned(problem=f"this turn is not recorded: {error}"))

    def _row(self, turn: Turn, state: Mapping[str, Any]) -> Row:
        values = self.noted | values_of(self.spec, self.spec.record, turn, state)
        outcome = str(values.get("outcome", ""))
        seconds = round(time.monotonic() - self._from, 3)
        return Row(self.spec.name, self.began, seconds, outcome, values, self.conversation)

    def _more(self, name: str, what: dict[str, str]) -> None:
        self.noted.setdefault(name, []).append(what)
