"""How long each part of a run took, from its events alone."""

from collections.abc import Iterable
from dataclasses import dataclass

from ...agents.events import Event, Finished, RunFinished, Sounded, StepFinished, Wrote


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds from the beginning of the run.

    Attributes:
        parts: Each node and how long it worked, in the order they ended.
        first_sound_s: When the first clause became sound, None if nothing was spoken.
        last_written_s: When the model wrote its last piece of text, None if no model wrote.
        total_s: The whole run.
        completion_tokens: Tokens all models wrote.
    """

    parts: tuple[tuple[str, float], ...]
    first_sound_s: float | None
    last_written_s: float | None
    total_s: float
    completion_tokens: int


def timings(events: Iterable[Event]) -> Timings:
    """Read the times off the events of one run."""
    parts: list[tuple[str, float]] = []
    first_sound = last_written = None
    total, tokens = 0.0, 0
    for event in events:
        match event:
            case StepFinished(step=step, seconds=seconds):
                parts.append((step, seconds))
            case Sounded(at_s=at_s) if first_sound is None:
                first_sound = at_s
            case Wrote(at_s=at_s):
                last_written = at_s
            case Finished(completion_tokens=written):
                tokens += written
            case RunFinished(at_s=at_s):
                total = at_s
            case _:
                pass
    return Timings(tuple(parts), first_sound, last_written, total, tokens)
