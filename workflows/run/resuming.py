"""What people do with runs that are kept: go on with one, answer it, say what became of a call, fork and delete it."""

import asyncio
import json
import re
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...agents.agent import Agent
from ...agents.roles.types import App
from ...agents.timeline.query import Query
from ...agents.timeline.types import Entry, Kind, Part
from ...tools.base.errors import AntiphonError, InputError
from ...tools.base.suggest import did_you_mean
from ..compile.step import Answer, Question
from ..spec.forms import Misfit, filled
from ..spec.shapes import Shape
from ..workflow import Workflow
from .running import Run, app_here
from .stream import Stream

if TYPE_CHECKING:
    from ..storage.store import Store
    from ..storage.types import CallRow, QuestionRow, RunRow


_PERSON = "person"


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

        app = self.app or app_here()
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
        InputError: nothing was asked there, somebody has answered and it is not `asked_again`, or a person had it
            forgotten.
    """
    return (await questions_of(store, [await _found(store, row, key)]))[0]


async def asked_again(store: "Store", row: "RunRow") -> "list[QuestionRow]":
    """What a person may answer anew: a run that failed or was stopped looks at these answers once more when it goes on,
    as the nodes that asked have not ended. The passes of a map have: what became of each is kept."""
    from .driving import AGAIN
    from .forking import points_of

    answered = [one for one in await store.questions.of(row.id) if one.answer_entry and "#" not in one.key]
    if row.status not in AGAIN or not answered:
        return []
    points = await points_of(store, row)
    places = [(_place(one.key), one) for one in answered]
    last = {node: visit for (node, visit), _ in sorted(places, key=lambda place: place[0])}
    return [one for (node, visit), one in places if visit == last[node] and points and node in points[0].nodes]


async def refused(store: "Store", row: "RunRow") -> "list[QuestionRow]":
    """The approvals that a person has not given, of a run that failed with that."""
    from ..compile.nodes.ask import NO

    problem = await store.timeline.entry(row.problem_entry) if row.status == "failed" else None
    if problem is None or NO not in problem.text:
        return []
    asked = [one for one in await store.questions.of(row.id) if one.answer_entry and one.key.endswith(":approve")]
    entries = await store.timeline.entries([one.answer_entry for one in asked])
    return [
        one for one in asked if one.answer_entry in entries and entries[one.answer_entry].data == {"approve": False}
    ]


async def point_before(store: "Store", row: "RunRow", question: "QuestionRow") -> str:
    """Where to fork a run so that a question is asked again."""
    from .forking import points_of

    node = _place(question.key)[0]
    asking = [one for one in await points_of(store, row) if {node, f"{node}.each"} & {*one.nodes}]
    return str(asking[0].step) if asking else "start"


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
        questions.append(Question(row.step, entry.text, (entry.data or {}).get("who", ""), form))
    return questions


async def answer(store: "Store", id: str, key: str, fields: Mapping[str, Any]) -> None:
    """Answer a question of a run that waits; who resumes it goes on with that. Where a run failed or was stopped, the
    newest of several answers counts.

    Args:
        fields: The form, filled in.
    Raises:
        NoSuchRun, RunHeld: there is none of that name, or somebody works at it.
        InputError: nothing is asked there, somebody else was quicker, or the answer does not fit.
    """
    from ..storage.claims import held

    row = await store.runs.get(id)
    found = await _found(store, row, key)
    (question,) = await questions_of(store, [found])
    try:
        given = filled(question.form, fields)
    except Misfit as error:
        raise InputError(f"the answer does not fit the form: {error}", at=question.step, hint=error.hint) from None
    if await store.runs.is_held(row):
        raise held(row)
    entry = await _noted(store, row, "utterance", _PERSON, given, heard=True)
    if not await store.questions.answer(row.id, key, entry, instead_of=found.answer_entry):
        raise _answered(row, key)


async def settle(
    store: "Store",
    id: str,
    key: str,
    happened: bool,
    result: Any = None,
    *,
    workflow: Workflow | None = None,
    app: App | None = None,
) -> "CallRow":
    """Say whether a call took place of which nobody knows; who resumes the run goes on with that. What a person said
    before can be put right in the same way, as long as the run has not come to its end.

    Args:
        result: What it gave back, if it took place; plain data.
        workflow: Where it was made in Python.
    Raises:
        NoSuchRun, RunHeld: there is none of that name, or the call may still be under way.
        InputError: there is no such call, it is known what became of it, or the result is nothing it gives back.
    """
    from ..storage.types import OPEN
    from .returns import check_result, returns_of

    row = await store.runs.get(id)
    call = await store.calls.find(row.id, key)
    again = call if call is not None and row.status != "done" and await was_settled(store, call) else None
    entry = ""
    if happened and call is not None and (call.state in OPEN or again is not None):
        with suppress(AntiphonError):  # a workflow that cannot be read declares nothing
            workflow = workflow or await loaded(row, app or app_here())
        if workflow is not None:
            check_result(call, result, await asyncio.to_thread(returns_of, workflow, call.tool))
        entry = await _noted(store, row, "result", _PERSON, result)
    return await store.calls.settle(row.id, key, "done" if happened else "void", entry, again=again)


async def was_settled(store: "Store", call: "CallRow") -> bool:
    """Whether a person has said what became of a call, and not the call itself."""
    from ..storage.types import OPEN

    if call.state in OPEN or not call.result_entry:
        return call.state == "void"
    entry = await store.timeline.entry(call.result_entry)
    return entry is not None and entry.who == _PERSON


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
    return await forked(store, await planned(store, row.id, workflow or await loaded(row, app or app_here()), at))


async def delete(store: "Store", id: str) -> "RunRow":
    """Delete a run: its state, its calls, its questions, and what was said in it. Its forks lose the past they share.

    Nobody else can begin to work at it meanwhile; what breaks off leaves a run that can be deleted again.

    Raises:
        NoSuchRun, RunHeld: there is none of that name, or somebody works at it.
    """
    from ..storage.claims import claim

    async with claim(store, id) as held:
        await store.timeline.forget(Query(run=held.row.id))  # first: no words stay that nobody would find again
        await store.runs.delete_mine(held.row)
    if store.runs.locks is not None:
        store.runs.locks.path(held.row.id).unlink(missing_ok=True)
    return held.row


async def forks_of(store: "Store", id: str) -> list[str]:
    """The runs that share the past of a run."""
    found = await store.database.rows("SELECT id FROM runs WHERE parent = ? ORDER BY created", id)
    return [str(row[0]) for row in found]


async def loaded(row: "RunRow", app: App) -> Workflow:
    """The workflow of a run, as its file is now; errors as `keeping.workflow_of`."""
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


async def _found(store: "Store", row: "RunRow", key: str) -> "QuestionRow":
    """A question that may be answered; errors as `asked`, but for what is forgotten."""
    found = await store.questions.find(row.id, key)
    if found is None:
        keys = [one.key for one in await store.questions.open(row.id)]
        raise InputError(f"the run {row.id} has asked nothing at {key!r}", hint=did_you_mean(key, keys))
    if found.answer_entry and found not in await asked_again(store, row):
        raise _answered(row, key)
    return found


def _answered(row: "RunRow", key: str) -> InputError:
    hint = f"Go on with: antiphon runs resume {row.id}"
    return InputError(f"the run {row.id} has its answer to {key!r} already", hint=hint)


def _place(key: str) -> tuple[str, int]:
    """The node of the outermost graph that a key is of, and its how manieth visit.

    >>> _place("orders@2#3/pay@1:approve")
    ('orders', 2)
    """
    found = re.match(r"([^@/]+)@(\d+)", key)
    return (found[1], int(found[2])) if found else (key, 0)
