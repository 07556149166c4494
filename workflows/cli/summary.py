"""A run as the one JSON object of `--json`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ...agents.events import Event


def summary(events: "list[Event]", out: Path | None) -> dict[str, Any]:
    """What a run came to, what was heard and guarded, and how long each part took."""
    from ...agents.events import Guarded, Heard, as_dict
    from ..run.timings import timings
    from .runs_told import run_of
    from .turns import output_of

    times = timings(events)
    heard = next((as_dict(event) for event in events if isinstance(event, Heard)), None)
    guarded = next((as_dict(event) for event in events if isinstance(event, Guarded)), None)
    return {
        **output_of(events),
        "heard": heard,
        "guarded": guarded,
        "seconds": {name: round(seconds, 3) for name, seconds in times.parts},
        "first_sound_s": times.first_sound_s,
        "last_written_s": times.last_written_s,
        "total_s": round(times.total_s, 3),
        "sound": str(out) if out else None,
        "run": run_of(events) or None,
    }
