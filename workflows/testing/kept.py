"""A run that is kept becomes a test: what was said, what an agent's model replied, what was called, what came of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...agents.events import Answered, Called, Event, Heard, RunFinished, Said
from ...agents.models.chat import reply_of
from ...agents.sound import Sound
from ...agents.timeline.query import Query
from ...tools.base.errors import InputError
from ..compile.step import THOUGHT
from ..run.keeping import input_of
from .playing import Job, play
from .reading import alone
from .recording import Data, Recording

if TYPE_CHECKING:
    from ...agents.roles.types import App
    from ...agents.timeline.types import Entry
    from ..storage.store import Store
    from ..storage.types import CallRow, RunRow
    from ..workflow import Workflow

_WRITERS = frozenset({"llm", "classify", "extract"})
"""Kinds of nodes whose model's replies are not kept."""
_WAYS = ("", "schema", "words")
_LISTEN = "Record one while it takes place: antiphon run WORKFLOW --save-test FILE"


async def case_of(store: "Store", row: "RunRow") -> Data:
    """A kept run as a test.

    Raises:
        InputError: it has not come to its end, nobody knows whether a call took place, or its words are forgotten.
    """
    if row.status != "done":
        hint = f"Go on with it first: antiphon runs resume {row.id}"
        raise InputError(f"the run {row.id} has not come to its end: it is {row.status}", hint=hint)
    given = await input_of(store, row)
    rows = await store.calls.of(row.id)
    ids = [id for one in rows for id in (one.given_entry, one.result_entry) if id]
    entries = await store.timeline.entries([*ids, row.output_entry])
    if any(id not in entries or entries[id].forgotten for id in (*ids, row.output_entry)):
        raise InputError(f"words of the run {row.id} are forgotten, so it cannot be played again")
    made = [one for one in rows if one.tool != THOUGHT and one.state != "void"]
    unknown = next((one for one in made if one.state in ("intended", "uncertain")), None)
    if unknown is not None:
        hint = f"Say it with: antiphon runs settle {row.id}"
        raise InputError(f"nobody knows whether {unknown.tool} of {unknown.step!r} took place", hint=hint)
    recording = Recording()
    replies = [reply_of(entries[one.result_entry].data["reply"]) for one in _in_order(rows)]
    recording.told(replies, [_call(one, entries) for one in made])
    called = [Called(step=one.step, tool=one.tool, arguments=entries[one.given_entry].data or {}) for one in made]
    heard = await _heard(store, row) if any(isinstance(value, Sound) for value in given.values()) else []
    end = RunFinished(output=entries[row.output_entry].data or {})
    recording.went_on(given, [*heard, *called, *await _answered(store, row), *await _said(store, row), end])
    return recording.case()


async def playable(case: Data, workflow: "Workflow", machine: "App", path: Path) -> Data:
    """The test as it passes when it is played: how its agent's model told what to call is found out by that.

    Raises:
        InputError: it does not pass in any way.
    """
    problems: tuple[str, ...] = ()
    for way in _WAYS:
        tried = {**case, "decisions": way} if way else case
        outcome = await play(Job(alone(tried, workflow, machine, path), 0), real=False)
        if outcome.status == "passed":
            return tried
        problems = problems or outcome.problems
    others = sorted({str(getattr(node, "kind", "")) for _, node in workflow.every_node()} & _WRITERS)
    why = problems[0].splitlines()[0] if problems else "it asks a model"
    if others:
        why = f"what a model replies to an agent is kept, and not what it replies to the kind {', '.join(others)}"
    raise InputError(f"played again, the run does not come to the same: {why}", hint=_LISTEN)


def _in_order(rows: "list[CallRow]") -> "list[CallRow]":
    """What models were asked in the order it was asked; of what was asked at once, the answers came in any."""
    thoughts = sorted((one for one in rows if one.tool == THOUGHT), key=lambda one: one.began)
    agents = list(dict.fromkeys(_place(one)[0] for one in thoughts))
    return sorted(thoughts, key=lambda one: (agents.index(_place(one)[0]), _place(one)[1]))


def _place(row: "CallRow") -> tuple[str, int]:
    agent, _, number = row.key.rpartition(":thought")
    return agent, int(number)


def _call(row: "CallRow", entries: "Mapping[str, Entry]") -> tuple[str, Mapping[str, Any], Any, str]:
    """A call with what it gave back, or the words it failed with."""
    given = entries[row.given_entry].data or {}
    result = entries[row.result_entry].data if row.result_entry else None
    if row.state == "done":
        return row.tool, given, result, ""
    known = result or {"problem": "it failed"}
    return row.tool, given, known.get("value"), known.get("problem", "")


async def _answered(store: "Store", row: "RunRow") -> list[Event]:
    asked = [one for one in await store.questions.of(row.id) if one.answer_entry]
    entries = await store.timeline.entries([one.answer_entry for one in asked])
    return [Answered(step=one.step, fields=entries[one.answer_entry].data or {}) for one in asked]


async def _heard(store: "Store", row: "RunRow") -> list[Event]:
    entries = await store.timeline.find(Query(run=row.id, kinds=["utterance"]))
    return [Heard(text=one.text, language=one.language, confidence=1.0) for one in entries if one.text]


async def _said(store: "Store", row: "RunRow") -> list[Event]:
    entries = await store.timeline.find(Query(run=row.id, kinds=["answer"]))
    return [Said(text=one.text) for one in entries]
