"""A run is kept: its input before its first step, so that it can begin again, its state, and what it came to."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ...agents.models.chat import Message
from ...agents.roles.types import App
from ...agents.sound import Sound
from ...agents.timeline.query import Query
from ...agents.timeline.timeline import Timeline
from ...agents.timeline.types import Entry, Kind, Part
from ...tools.base.errors import InputError
from ..loading import load_with
from ..spec.checks.policy import has_effects
from ..spec.kinds.agent import AgentNode
from ..spec.kinds.think import HISTORY
from ..spec.kinds.voice import Ask
from ..spec.known import Subject
from ..spec.levels import levels
from ..spec.types import Loop, Map
from ..storage.fingerprint import fingerprint_of
from ..storage.forgetting import needed
from ..storage.scribe import PERSON
from ..storage.store import Store
from ..storage.types import RunRow, Status
from ..workflow import Workflow

TOLD: tuple[Kind, ...] = ("utterance", "answer", "question", "call", "result", "input", "output", "problem")
"""The kinds of entries that follow one another in a conversation; the others stand beside it."""


async def begin(
    store: Store,
    workflow: Workflow,
    values: Mapping[str, Any],
    *,
    thread: str = "",
    status: Status = "running",
    priority: int = 0,
    options: Mapping[str, Any] | None = None,
) -> RunRow:
    """Write down a new run and what it was given, before its first step.

    Args:
        values: The checked inputs.
        thread: The conversation; by default one of its own.
        options: How it was started: `spoken`, `knowledge`.
    """
    row = RunRow(
        workflow=workflow.spec.name,
        source=source_of(workflow),
        thread=thread,
        fingerprint=fingerprint_of(workflow),
        status=status,
        priority=priority,
        options={**(options or {}), **how_of(workflow)},
    )
    thread = thread or row.id
    head = await store.timeline.latest(thread)
    told = partial(Entry, thread=thread, run=row.id, who=PERSON)
    said = _said(values)
    typed = [told(kind="utterance", parent=head, parts=(Part("text", said),), heard=True)] if said else []
    before = typed[0].id if typed else head
    given = told(kind="input", parent=before, parts=tuple(_parts(values, before if typed else "")))
    await store.timeline.append(*typed, given)
    row = replace(row, thread=thread, head_entry=head, tail_entry=given.id, input_entry=given.id)
    await store.runs.add(row)
    return row


def source_of(workflow: Workflow) -> str:
    """Where to load a workflow from again, "" where it was made in this process."""
    return workflow.named or (str(workflow.source.file.resolve()) if workflow.source.file else "")


def how_of(workflow: Workflow) -> dict[str, Any]:
    """What of the options of a run is a matter of its workflow."""
    return {"python": [str(one) for one in workflow.python], "durable": pauses_or_acts(workflow)}


async def input_of(store: Store, row: RunRow) -> dict[str, Any]:
    """What a run was given.

    Raises:
        InputError: a person had it forgotten.
    """
    entry = await store.timeline.entry(row.input_entry)
    if entry is None or entry.forgotten:
        raise InputError(f"what the run {row.id} was given is forgotten", hint="Begin a new one")
    sounds = {part.text: _sound(part) for part in entry.parts if part.kind == "audio"}
    elsewhere: Mapping[str, str] = next((part.data for part in entry.parts[1:] if part.kind == "data"), {})
    said = await store.timeline.entries(elsewhere.values())
    texts = {name: needed(said, id, row.id, "what a person said").text for name, id in elsewhere.items()}
    return {**(entry.data or {}), **texts, **sounds}


def longest_memory(workflow: Workflow) -> int:
    """How many texts of a conversation any of its nodes is told."""
    return max([HISTORY, *(node.memory for _, node in workflow.every_node() if isinstance(node, AgentNode))])


async def history_of(timeline: Timeline, row: RunRow, most: int = HISTORY) -> tuple[Message, ...]:
    """What was said before the run began, as a model reads it; the last texts."""
    entries = await timeline.past(row.head_entry, most, ("utterance", "answer"), forgotten=False)
    spoken = [entry for entry in entries if entry.text]
    return tuple(Message("user" if entry.kind == "utterance" else "assistant", entry.text) for entry in spoken)


async def tail_of(timeline: Timeline, row: RunRow) -> str:
    """The last entry of a run, also where its process died before it could say so."""
    own = await timeline.find(Query(run=row.id, kinds=TOLD, last=1)) if row.began else []
    return own[-1].id if own else row.tail_entry or row.head_entry


async def kept_of(store: Store, row: RunRow) -> dict[str, Any]:
    """State fields that the last turn of the same workflow left before the run began."""
    found = await store.timeline.past(row.head_entry, 1, ["output"], who=row.workflow, forgotten=False)
    return dict(found[0].parts[1].data or {}) if found and len(found[0].parts) > 1 else {}


async def followed(store: Store, row: RunRow) -> RunRow:
    """A run that leaves the queue: it comes after the end of the turn that it waited for."""
    own = [one for one in await store.timeline.past(row.input_entry, 2) if one.run == row.id]
    before = await store.timeline.entry(row.head_entry)
    if row.began or not own or before is None or not before.run:
        return row
    ends = await store.timeline.find(Query(run=before.run, kinds=TOLD, last=1))
    head = ends[-1].id if ends else row.head_entry
    await store.timeline.follow(own[0].id, head)
    await store.runs.update(row.id, row.epoch, head_entry=head)
    return replace(row, head_entry=head)


def workflow_of(row: RunRow, app: App) -> Workflow:
    """The workflow of a run, as its file is now.

    Raises:
        InputError: it was made in Python, or its file is gone.
        FileError: the file is wrong by now.
    """
    if not row.source:
        problem = f"the workflow {row.workflow!r} of the run {row.id} was made in Python"
        raise InputError(problem, hint="Go on with it there: resume(id, workflow=...)")
    return load_with(row.source, [Path(one) for one in row.options.get("python", ())], app)


def pauses_or_acts(workflow: Workflow) -> bool:
    """Whether it asks a person or changes something outside: then its state is kept after each step."""
    for one, node in workflow.every_node():
        subject = Subject(one.spec, one.source.folder, one.source.at, one.known)
        asks = node.approve is not False or isinstance(node, Ask) or (isinstance(node, AgentNode) and node.ask_before)
        if asks or has_effects(subject, node):
            return True
    return False


def names_of(workflow: Workflow) -> set[str]:
    """What the workflow, and those in it, declare names for: they are no words of anybody's."""
    found, seen = set[str](), set[int]()
    for one, node in workflow.every_node():
        if id(one) not in seen:
            seen.add(id(one))
            found |= {*one.spec.state, *(f"{level.prefix}{name}" for level in levels(one.spec) for name in level.nodes)}
        if isinstance(node, Map):
            found |= {*node.state, node.as_, node.index}
        if isinstance(node, Loop):
            found.add(node.as_)
    return found - {""}


def _said(values: Mapping[str, Any]) -> str:
    """What a person typed, "" where they gave something else."""
    typed = values.get("text")
    return typed if isinstance(typed, str) else ""


def _parts(values: Mapping[str, Any], typed: str) -> list[Part]:
    """The inputs; what was typed stands once, in the entry `typed`, which a second part of data names."""
    elsewhere = {"text": typed} if typed else {}
    plain = {name: value for name, value in values.items() if not isinstance(value, Sound) and name not in elsewhere}
    sounds = [(name, value) for name, value in values.items() if isinstance(value, Sound)]
    return [
        Part("data", data=plain),
        *([Part("data", data=elsewhere)] if elsewhere else []),
        *(Part("audio", name, content=_flac(sound), media_type="audio/flac") for name, sound in sounds),
    ]


def _flac(sound: Sound) -> bytes:
    from ...agents.speech.wav import FORMATS, encoded

    return encoded(sound, FORMATS[".flac"])


def _sound(part: Part) -> Sound:
    from ...agents.perception.decoding import decode

    if not part.content:
        raise InputError(f"the recording {part.text!r} is no longer kept", hint="Begin a new run")
    return decode(part.content)
