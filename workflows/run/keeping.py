"""A run is kept: its input before its first step, so that it can begin again, its state, and what it came to."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...agents.models.chat import Message
from ...agents.roles.types import App
from ...agents.sound import Sound
from ...agents.timeline.timeline import Timeline
from ...agents.timeline.types import Entry, Part
from ...tools.base.errors import InputError
from ..loading import load_with
from ..spec.checks.policy import has_effects
from ..spec.known import Subject
from ..spec.types import Loop, Map
from ..storage.fingerprint import fingerprint_of
from ..storage.store import Store
from ..storage.types import RunRow, Status
from ..workflow import Workflow

HISTORY = 6
"""Texts of a conversation that a turn begins with, as many as fit a small model."""


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
        options: How it was started: `spoken`, `knowledge`, `python`.
    """
    row = RunRow(
        workflow=workflow.spec.name,
        source=str(workflow.source.file.resolve()) if workflow.source.file else "",
        thread=thread,
        fingerprint=fingerprint_of(workflow.spec),
        status=status,
        priority=priority,
        options={**(options or {}), "durable": pauses_or_acts(workflow)},
    )
    thread = thread or row.id
    head = await store.timeline.latest(thread)
    given = Entry(thread=thread, run=row.id, who="person", kind="input", parent=head, parts=tuple(_parts(values)))
    await store.timeline.append(given)
    row = replace(row, thread=thread, head_entry=given.id, tail_entry=given.id, input_entry=given.id)
    await store.runs.add(row)
    return row


async def input_of(store: Store, row: RunRow) -> dict[str, Any]:
    """What a run was given.

    Raises:
        InputError: a person had it forgotten.
    """
    entry = await store.timeline.entry(row.input_entry)
    if entry is None or entry.forgotten:
        raise InputError(f"what the run {row.id} was given is forgotten", hint="Begin a new one")
    sounds = {part.text: _sound(part) for part in entry.parts if part.kind == "audio"}
    return {**(entry.data or {}), **sounds}


async def history_of(timeline: Timeline, row: RunRow) -> tuple[Message, ...]:
    """What was said in the turns before, as a model reads it."""
    entries = await timeline.past(row.head_entry, HISTORY, ("utterance", "answer"))
    spoken = [entry for entry in entries if entry.run != row.id and entry.text]
    return tuple(Message("user" if entry.kind == "utterance" else "assistant", entry.text) for entry in spoken)


async def kept_of(store: Store, row: RunRow) -> dict[str, Any]:
    """State fields that the turn before left in this conversation."""
    turns = await store.runs.list(["done"], row.workflow, row.thread, last=1)
    entry = await store.timeline.entry(turns[0].kept_entry) if turns and turns[0].kept_entry else None
    return dict(entry.data or {}) if entry is not None else {}


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
        if node.approve is not False or getattr(node, "kind", "") == "ask" or has_effects(subject, node):
            return True
    return False


def names_of(workflow: Workflow) -> set[str]:
    """What the workflow, and those in it, declare names for: they are no words of anybody's."""
    found = set[str]()
    for one, node in workflow.every_node():
        found |= {*one.spec.state}
        if isinstance(node, Map):
            found |= {*node.state, node.as_, node.index}
        if isinstance(node, Loop):
            found.add(node.as_)
    return found - {""}


def _parts(values: Mapping[str, Any]) -> list[Part]:
    from ...agents.wav import to_wav

    plain = {name: value for name, value in values.items() if not isinstance(value, Sound)}
    sounds = [(name, value) for name, value in values.items() if isinstance(value, Sound)]
    return [
        Part("data", data=plain),
        *(Part("audio", name, content=to_wav(sound), media_type="audio/wav") for name, sound in sounds),
    ]


def _sound(part: Part) -> Sound:
    from ...agents.wav import from_wav

    if not part.content:
        raise InputError(f"the recording {part.text!r} is no longer kept", hint="Begin a new run")
    return from_wav(part.content)
