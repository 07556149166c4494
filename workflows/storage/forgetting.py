"""A run that needs words a person had forgotten says so and stops; who only shows a run sees that they are gone."""

from collections.abc import Mapping

from ...agents.timeline.types import Entry, Kind
from .types import StateNotKept, WordsForgotten

_WHAT: Mapping[Kind, str] = {
    "input": "what it was given",
    "utterance": "what a person said or filled in",
    "answer": "what was answered",
    "question": "what a person was asked",
    "call": "what a tool was called with",
    "result": "what a tool gave back",
}


def needed(entries: Mapping[str, Entry], id: str, run: str, what: str = "") -> Entry:
    """An entry whose words a run cannot go on without.

    Args:
        what: What it is to the run; by default what an entry of its kind is, or a text of the run's state.
    Raises:
        WordsForgotten: a person had it forgotten.
        StateNotKept: the timeline does not have it.
    """
    entry = entries.get(id)
    if entry is None:
        hint = "The timeline and the runs belong together: put both back as they were"
        raise StateNotKept(f"the timeline has no entry {id!r}, which the run {run} refers to", hint=hint)
    if entry.forgotten:
        what = what or _WHAT.get(entry.kind, "a text of its state")
        hint = f"Begin a new one, or go on from before that with: antiphon runs fork {run} --at STEP"
        raise WordsForgotten(f"the run {run} cannot go on: {what} is forgotten", hint=hint)
    return entry
