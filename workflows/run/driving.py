"""A run that is kept is brought forward: from its input, or from where it was left, to its end or to a person."""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ...agents.events import Event, RunFinished, RunPaused, RunStarted, RunStopped
from ...agents.models.chat import Message
from ...agents.roles.types import App
from ...agents.timeline.query import Query
from ...agents.timeline.types import Part
from ...tools.base.finishing import to_its_end
from ..compile.failures import RunLimitReached
from ..compile.spending import Spending
from ..compile.step import Answer, Turn
from ..storage.claims import Claim, claim
from ..storage.fingerprint import refuse_changed
from ..storage.journal import RunJournal
from ..storage.scribe import ASSISTANT, Scribe
from ..storage.store import Store
from ..storage.types import RunLost, RunRow, Status
from ..workflow import Workflow
from .demanding import held_to
from .inputs import checked_input
from .invoking import PAUSED, Kept
from .keeping import history_of, input_of, kept_of, names_of, tail_of, workflow_of
from .recording import Recorder
from .stream import Stream
from .tracing import traced
from .work import Job, end_of, work

AGAIN = ("failed", "stopped", "cancelled")
"""Who goes on with such a run means to have it tried again, with its limits anew."""


@dataclass(frozen=True, slots=True)
class With:
    """What a run is brought forward with, beside what is kept of it.

    Attributes:
        workflow: Where it was made in Python, or is loaded already.
        values: The checked inputs of a new run, where they are at hand.
        kept_before: State fields to begin with; None looks for what the turn before left.
        history: What was said before; None looks into the timeline.
    """

    emit: Callable[[Event], None] = lambda event: None
    workflow: Workflow | None = None
    values: Mapping[str, Any] | None = None
    engines: Mapping[str, Any] = field(default_factory=dict)
    answer: Answer | None = None
    kept_before: Mapping[str, Any] | None = None
    recorder: Recorder | None = None
    history: tuple[Message, ...] | None = None


async def drive(store: Store, id: str, app: App, given: With | None = None) -> RunRow:
    """Bring a run forward until it has ended, or waits for a person.

    Raises:
        NoSuchRun, RunHeld: there is none of that name, or another process works at it.
        WorkflowChanged: its workflow is no longer the one it began with.
        RunLost: another process has taken it over meanwhile.
        AntiphonError: it failed; it is kept, and can be gone on with.
    """
    given = given or With()
    before = await store.runs.get(id)
    workflow = given.workflow
    if workflow is None:
        workflow = await asyncio.to_thread(workflow_of, before, app)
    await asyncio.to_thread(held_to, workflow, app.policy)
    refuse_changed(before, workflow.spec)
    async with claim(store, before.id) as held:
        stream = Stream([given.emit])
        async with traced(app, stream.emit) as trace:
            stream.watchers += [trace] if trace is not None else []
            driver = _Driver(store, app, held, workflow, given, before.status, stream)
            return await _unless_lost(held, driver.go())


async def _unless_lost(held: Claim, work: Any) -> RunRow:
    """Stop the work when another process has taken the run over."""
    working, losing = asyncio.ensure_future(work), asyncio.ensure_future(held.lost.wait())
    try:
        await asyncio.wait([working, losing], return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise RunLost(f"the run {held.row.id} was taken over by another process")
        row: RunRow = working.result()
        return row
    finally:
        for task in (working, losing):
            task.cancel()
        await asyncio.gather(working, losing, return_exceptions=True)


@dataclass(slots=True)
class _Driver:
    store: Store
    app: App
    held: Claim
    workflow: Workflow
    given: With
    before: Status
    stream: Stream
    seconds: float = 0.0

    async def go(self) -> RunRow:
        row, began = self.held.row, time.monotonic()
        row = replace(row, tail_entry=await tail_of(self.store.timeline, row))
        spending = self._spending(row)
        async with Scribe(self.store.timeline, row) as scribe:
            try:
                await self._work(row, scribe, spending)
            except RunLost:
                raise
            except RunLimitReached as error:
                await self._stopped(scribe, "stopped", error)
                raise
            except asyncio.CancelledError:
                if not self.held.lost.is_set():
                    await to_its_end(self._stopped(scribe, "cancelled", None))
                raise
            except Exception as error:
                await self._stopped(scribe, "failed", error)
                raise
            finally:
                self.seconds = row.seconds + time.monotonic() - began
                if not self.held.lost.is_set():
                    await to_its_end(self._spent(spending))
        return await self.store.runs.get(row.id)

    async def _work(self, row: RunRow, scribe: Scribe, spending: Spending) -> None:
        spec, emit = self.workflow.spec, self.stream.emit
        self.stream.watchers.append(scribe.watch)
        values = self.given.values
        if values is None:
            values = await asyncio.to_thread(checked_input, spec, await input_of(self.store, row))
        kept_before = self.given.kept_before
        if kept_before is None:
            kept_before = await kept_of(self.store, row)
        saver = await self.store.saver(row, self.held.lost.is_set, names_of(self.workflow))
        saver.before, scribe.learn = scribe.flush_words, saver.words.learn
        config: Any = {"configurable": {"thread_id": row.checkpoints, "checkpoint_ns": ""}}
        resumes = await saver.aget_tuple(config) is not None
        emit(RunStarted(workflow=spec.name, run=row.id, thread=row.thread, resumed=resumes))
        if row.began == 0.0:
            await self._update(began=time.time())
        job = Job(
            self.workflow,
            self.app,
            emit,
            self.given.engines,
            bool(row.options.get("spoken")),
            await history_of(self.store.timeline, row) if self.given.history is None else self.given.history,
            self.given.answer,
            tuple(Path(one) for one in row.options.get("knowledge", ())),
        )
        journal = RunJournal(self.store, row, scribe, emit, is_tried_again=self.before in AGAIN)
        kept = Kept(saver, row.checkpoints, "sync" if row.options.get("durable") else "exit", resumes)
        turn, state = await work(job, values, kept_before, spending=spending, run=row.id, journal=journal, kept=kept)
        if state.get(PAUSED):
            await self._paused(emit, [str(one.value) for one in state[PAUSED]])
        else:
            end = end_of(job, turn, state)
            await self._said(scribe, end.output.get("answer"))
            await self._recorded(row, turn, state)
            await self._done(scribe, emit, end)

    async def _said(self, scribe: Scribe, answer: Any) -> None:
        scribe.end_of_answer()
        await scribe.flush()
        if isinstance(answer, str) and answer and not (scribe.has_answered or await self._has_answered()):
            await scribe.add("answer", ASSISTANT, Part("text", answer), heard=True)

    async def _recorded(self, row: RunRow, turn: Turn, state: Mapping[str, Any]) -> None:
        """After all that was said, to which a record refers."""
        recorder = self.given.recorder
        if recorder is not None:
            recorder.conversation, recorder.began = row.thread, row.began or recorder.began
            await recorder.keep(turn, state, nullcontext(self.store.timeline))

    async def _done(self, scribe: Scribe, emit: Callable[[Event], None], end: RunFinished) -> None:
        tail = scribe.tail
        parts = [Part("data", data=one) for one in (end.output, end.kept or None) if one is not None]
        output = await scribe.add("output", self.workflow.spec.name, *parts)
        await self._update(status="done", ended=time.time(), output_entry=output, tail_entry=tail, problem_entry="")
        emit(end)

    async def _has_answered(self) -> bool:
        """Whether a process that died had said it."""
        query = Query(run=self.held.row.id, kinds=["answer"], last=1)
        return bool(await self.store.timeline.find(query))

    async def _paused(self, emit: Callable[[Event], None], keys: list[str]) -> None:
        calls = {one.key for one in await self.store.calls.of(self.held.row.id) if one.state == "uncertain"}
        uncertain = tuple(key for key in keys if key in calls)
        reason: Any = "uncertain" if uncertain else "waiting"
        await self._update(status=reason)
        emit(RunPaused(run=self.held.row.id, reason=reason, keys=uncertain or tuple(keys)))

    async def _stopped(self, scribe: Scribe, outcome: Any, error: Exception | None) -> None:
        problem = str(error) if error is not None else ""
        entry = await scribe.add("problem", self.workflow.spec.name, Part("text", problem)) if problem else ""
        await self._update(status=outcome, ended=time.time(), problem_entry=entry, tail_entry=scribe.tail)
        self.stream.emit(RunStopped(run=self.held.row.id, outcome=outcome, problem=problem))

    def _spending(self, row: RunRow) -> Spending:
        """What the run has used up until now; who has it tried again gives it its limits anew."""
        if self.before in AGAIN:
            return Spending(self.workflow.spec.limits)
        return Spending(
            self.workflow.spec.limits, time.monotonic() - row.seconds, steps=row.steps, all_tokens=row.tokens
        )

    async def _spent(self, spending: Spending) -> None:
        await self._update(steps=spending.steps, tokens=spending.all_tokens, seconds=self.seconds)

    async def _update(self, **changes: Any) -> None:
        await self.store.runs.update(self.held.row.id, self.held.row.epoch, **changes)
