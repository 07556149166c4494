"""What people do with runs that are kept: go on with one, answer it, say what became of a call, fork and delete it."""

import json
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...agents.agent import Agent
from ...agents.roles.types import App
from ...agents.timeline.query import Query
from ...agents.timeline.types import Entry, Kind, Part
from ...tools.base.errors import InputError
from ...tools.base.suggest import did_you_mean
from ..compile.step import Answer, Question
from ..spec.forms import Misfit, filled
from ..spec.shapes import Shape
from ..workflow import Workflow
from .running import Run
from .stream import Stream

if TYPE_CHECKING:
    from ..storage.store import Store
    from ..storage.types import CallRow, QuestionRow, RunRow


@dataclass(frozen=True, slots=True)
class _Resume:
    """How a run is gone on with, as the caller says."""

    id: str
    app: App | None
    workflow: Workflow | None
    engines: Mapping[str, Any]
    answer: Answer | None
    spoken: bool | None
    record: bool
    store: "Store | None"

    async def work(self, stream: Stream) -> None:
        from ..storage.store import open_store
        from .driving import With, drive
        from .recording import Recorder

        app = self.app or _app_here()
        async with nullcontext(self.store) if self.store is not None else open_store(app) as store:
            row = await store.runs.get(self.id)
            if row.status == "done":
                hint = f"Have a part of it done again with: antiphon runs fork {row.id}"
                raise InputError(f"the run {row.id} has come to its end", hint=hint)
            workflow = self.workflow or await loaded(row, app)
            recorder = None
            if self.record and workflow.spec.record:
                recorder = Recorder(workflow.spec, row.thread)
                stream.watchers.append(recorder.note)
            if self.spoken is not None and self.spoken != row.options.get("spoken", False):
                await store.runs.update(row.id, row.epoch, options={**row.options, "spoken": self.spoken})
            given = With(stream.emit, workflow, None, self.engines, self.answer, None, recorder)
            await drive(store, row.id, app, given)


def resume(
    id: str,
    *,
    app: App | None = None,
    workflow: Workflow | Agent | str | Path | None = None,
    engines: Mapping[str, Any] | None = None,
    answer: Answer | None = None,
    spoken: bool | None = None,
    record: bool = False,
    store: "Store | None" = None,
) -> Run:
    """Prepare to go on with a run that is kept, from where it was left; nothing happens until it is awaited.

    Args:
        id: Its name, or what only its name begins with.
        app: The machine's roles; by default the app.yaml that applies here.
        workflow: Where it was made in Python, or lies elsewhere now.
        engines: Engines by role in place of the app's.
        answer: Puts a question of the workflow's to a person; without it, the run waits again.
        spoken: Whether the answer shall become sound; by default as it was.
        record: Whether to keep on this machine what the workflow's `record` declares.
        store: Where it is kept, for those who have it open.
    Raises:
        NoSuchRun, RunHeld: there is none of that name, or another process works at it.
        InputError: it has come to its end, or nobody knows where its workflow lies.
        WorkflowChanged: the workflow is no longer the one it began with.

    Example:
        result = await resume("fq3k-7mzt", answer=ask_by_mail)
    """
    from .agents import workflow_of

    match workflow:
        case Agent():
            workflow = workflow_of(workflow)
        case str() | Path():
            workflow = Workflow.load(workflow)
        case _:
            pass
    return Run(_Resume(id, app, workflow, engines or {}, answer, spoken, record, store).work)


async def asked(store: "Store", row: "RunRow", key: str) -> Question:
    """What a run asks at a place, with its form.

    Raises:
        InputError: nothing was asked there, somebody has answered, or a person had it forgotten.
    """
    found = await store.questions.find(row.id, key)
    if found is None:
        keys = [one.key for one in await store.questions.open(row.id)]
        raise InputError(f"the run {row.id} has asked nothing at {key!r}", hint=did_you_mean(key, keys))
    if found.answer_entry:
        raise InputError(
            f"the run {row.id} has its answer to {key!r}", hint=f"Go on with: antiphon runs resume {row.id}"
        )
    return (await questions_of(store, [found]))[0]


async def questions_of(store: "Store", rows: "list[QuestionRow]") -> list[Question]:
    """What was asked, with the forms.

    Raises:
        InputError: a person had one of them forgotten.
    """
    entries = await store.timeline.entries([row.question_entry for row in rows])
    questions = []
    for row in rows:
        entry = entries.get(row.question_entry)
        if entry is None or entry.forgotten:
            hint = "Go on with an earlier point of it: antiphon runs fork " + row.run
            raise InputError(f"what the run {row.run} asked at {row.key!r} is forgotten", hint=hint)
        form = {name: Shape.model_validate(shape) for name, shape in (entry.data or {}).get("form", {}).items()}
        questions.append(Question(row.step, entry.text, row.who, form))
    return questions


async def answer(store: "Store", id: str, key: str, fields: Mapping[str, Any]) -> None:
    """Answer a question of a run that waits; who resumes it goes on with that.

    Args:
        fields: The form, filled in.
    Raises:
        NoSuchRun, RunHeld: there is none of that name, or somebody works at it.
        InputError: nothing is asked there, or the answer does not fit.
    """
    from ..storage.claims import held

    row = await store.runs.get(id)
    question = await asked(store, row, key)
    try:
        given = filled(question.form, fields)
    except Misfit as error:
        raise InputError(f"the answer does not fit the form: {error}", at=question.step, hint=error.hint) from None
    if await store.runs.is_held(row):
        raise held(row)
    entry = await _noted(store, row, "utterance", "person", given, heard=True)
    await store.questions.answer(row.id, key, entry)


async def settle(store: "Store", id: str, key: str, happened: bool, result: Any = None) -> "CallRow":
    """Say whether a call took place of which nobody knows; who resumes the run goes on with that.

    Args:
        result: What it gave back, if it took place; plain data.
    Raises:
        NoSuchRun, RunHeld: there is none of that name, or the call may still be under way.
        InputError: there is no such call, it is known what became of it, or the result is no plain data.
    """
    row = await store.runs.get(id)
    if not happened:
        return await store.calls.settle(row.id, key, "void")
    call = await store.calls.find(row.id, key)
    if call is None or call.state not in OPEN:
        return await store.calls.settle(row.id, key, "done")  # which says what is wrong
    return await store.calls.settle(row.id, key, "done", await _noted(store, row, "result", call.tool, result))


OPEN = ("intended", "uncertain")
"""Calls of which nobody knows whether they took place, where nobody works at their run."""


async def fork(
    store: "Store", id: str, at: str = "", *, workflow: Workflow | None = None, app: App | None = None
) -> "RunRow":
    """Make a run that goes on from an earlier point of another one, in a conversation of its own; `resume` goes on with
    it. What the other run did before that point stays in their past, what it did after it is done again.

    Args:
        at: The number of a step or the name of a checkpoint, as `antiphon runs show` tells them, or `start`; by default
            the last point that the workflow, as it is now, can go on from: of a run that has ended the beginning of its
            last step.
        workflow: Where it was made in Python.
    Raises:
        NoSuchRun: there is none of that name.
        InputError: there is no such point, or what the run was given no longer fits or is forgotten.
        WorkflowChanged: the workflow cannot go on from there.
    """
    from .forking import forked, planned

    row = await store.runs.get(id)
    return await forked(store, await planned(store, row.id, workflow or await loaded(row, app or _app_here()), at))


async def delete(store: "Store", id: str) -> "RunRow":
    """Delete a run: its state, its calls, its questions, and what was said in it. Its forks lose the past they share.

    Raises:
        NoSuchRun, RunHeld: there is none of that name, or somebody works at it.
    """
    from ..storage.claims import held

    row = await store.runs.get(id)
    if await store.runs.is_held(row):
        raise held(row)
    await store.timeline.forget(Query(run=row.id))  # first: no words stay that nobody would find again
    await store.runs.delete(row.id)
    return row


async def forks_of(store: "Store", id: str) -> list[str]:
    """The runs that share the past of a run."""
    found = await store.database.rows("SELECT id FROM runs WHERE parent = ? ORDER BY created", id)
    return [str(row[0]) for row in found]


async def loaded(row: "RunRow", app: App) -> Workflow:
    """The workflow of a run, as its file is now; errors as `keeping.workflow_of`."""
    import asyncio

    from .keeping import workflow_of

    return await asyncio.to_thread(workflow_of, row, app)


async def _noted(store: "Store", row: "RunRow", kind: Kind, who: str, data: Any, *, heard: bool = False) -> str:
    """An entry of somebody's who does not work at the run."""
    from .keeping import tail_of

    try:
        json.dumps(data, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"this is no plain data: {error}") from None
    parent = await tail_of(store.timeline, row)
    part = Part("data", data=data)
    entry = Entry(thread=row.thread, run=row.id, who=who, kind=kind, parent=parent, parts=(part,), heard=heard)
    await store.timeline.append(entry)
    return entry.id


def _app_here() -> App:
    from ...agents.roles.reading import read_app

    return read_app(None)
