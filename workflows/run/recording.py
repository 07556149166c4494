"""What a run leaves in the record: what its workflow declares, and what was noted on the way."""

import time
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ...agents.events import Dropped, Event, Rewrote, Sounded, Warned
from ...tools.base.errors import AntiphonError
from ..compile.step import Turn
from ..spec.types import WorkflowSpec
from .values import values_of

if TYPE_CHECKING:
    from ...agents.timeline.timeline import Timeline
    from .records import Row


@dataclass(slots=True)
class Recorder:
    """Listens to one run and keeps a row of it at its end.

    Attributes:
        conversation: By default the run is one of its own.
        began: Seconds since 1970.
    """

    spec: WorkflowSpec
    conversation: str = ""
    began: float = field(default_factory=time.time)
    noted: dict[str, Any] = field(default_factory=dict)

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

    async def keep(
        self, turn: Turn, state: Mapping[str, Any], opening: "AbstractAsyncContextManager[Timeline]"
    ) -> None:
        """Write the row; a record that cannot be written is told and does not lose the answer.

        Args:
            opening: Opens the timeline it is written to.
        """
        from .records import Records

        try:
            row = self._row(turn, state)
            async with opening as timeline:
                await Records(timeline).append(row, datetime.now(UTC))
        except AntiphonError as error:
            turn.emit(Warned(problem=f"this turn is not recorded: {error}"))

    def _row(self, turn: Turn, state: Mapping[str, Any]) -> "Row":
        from .records import Row

        values = self.noted | values_of(self.spec, self.spec.record, turn, state)
        outcome = str(values.get("outcome", ""))
        began = datetime.fromtimestamp(self.began, UTC)
        seconds = round(time.monotonic() - turn.spending.began, 3)
        return Row(self.spec.name, began, seconds, outcome, values, self.conversation or turn.run, turn.run)

    def _more(self, name: str, what: dict[str, str]) -> None:
        self.noted.setdefault(name, []).append(what)
