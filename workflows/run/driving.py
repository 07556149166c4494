"""A run that is kept is brought forward: from its input, or from where it was left, to its end or to a person."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
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
from ..storage.types import RunLost, RunRow, Status, WorkflowChanged
from ..workflow import Workflow
from .demanding import held_to
from .inputs import checked_input
from .invoking import PAUSED, Kept
from .keeping import followed, history_of, input_of, kept_of, longest_memory, names_of, tail_of, workflow_of
from .recording import Recorder
from .stream import Stream
from .tracing import traced
from .work import Job, end_of, work

AGAIN = ("failed", "stopped", "cancelled")
"""Who goes on with such a run means to have it tried again, with its limits anew."""

NOTED_S = 1.0
"""What a run has used up is written once in so many seconds at most, where something else is written, too."""


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
    refuse_changed(before, workflow)
    await _refuse_rebuilt(store, before, workflow)
    async with claim(store, before.id) as held:
        stream = Stream([given.emit])
        async with traced(app, stream.emit) as trace:
            stream.watchers += [trace] if trace is not None else []
            driver = _Driver(store, app, held, workflow, given, before.status, stream)
            return await _unless_lost(held, driver.go())


async def _refuse_rebuilt(store: Store, row: RunRow, workflow: Workflow) -> None:
    """Go on with a run only where all nodes are there that it has ahead of it: LangGraph takes no notice of any that it
    does not know, stops, and calls that the end.

    Raises:
        WorkflowChanged: the graph is made of other nodes by now, though those of the file are the same: a loop that had
            no branches has some, a node `follows` another.
    """
    if row.epoch == 0 and not row.parent:  # it is new
        return
    from ..storage.history import ahead  # late, as it takes LangGraph

    for last in await (await store.saver(row)).bare(limit=1):
        graph = await asyncio.to_thread(lambda: workflow.graph)
        if gone := sorted(ahead(last.checkpoint) - graph.nodes.keys()):
            hint = f"Put that back, or go on from before it with: antiphon runs fork {row.id}"
            problem = f"the workflow {row.workflow!r} has changed since the run {row.id} began, and leads elsewhere"
            raise WorkflowChanged(f"{problem}: nothing runs at {', '.join(gone)} any more", at=row.source, hint=hint)


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
    noted: float = 0.0

    async def go(self) -> RunRow:
        row = self.held.row
        if self.before == "queued":
            row = await followed(self.store, row)
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
        saver.before, scribe.learn = partial(self._before, scribe, spending), saver.words.learn
        config: Any = {"configurable": {"thread_id": row.checkpoints, "checkpoint_ns": ""}}
        resumes = await saver.aget_tuple(config) is not None
        emit(RunStarted(workflow=spec.name, run=row.id, thread=row.thread, resumed=resumes))
        await self._spent(spending, began=row.began or time.time(), ended=0.0, problem_entry="")
        job = Job(
            self.workflow,
            self.app,
            emit,
            self.given.engines,
            bool(row.options.get("spoken")),
            await self._history(row) if self.given.history is None else self.given.history,
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
        await self._cut_off()
        tail = scribe.tail
        parts = [Part("data", data=one) for one in (end.output, end.kept or None) if one is not None]
        output = await scribe.add("output", self.workflow.spec.name, *parts)
        await self._update(status="done", ended=time.time(), output_entry=output, tail_entry=tail, problem_entry="")
        emit(end)

    async def _has_answered(self) -> bool:
        """Whether a process that died had said it."""
        query = Query(run=self.held.row.id, kinds=["answer"], last=1)
        return bool(await self.store.timeline.find(query))

    async def _history(self, row: RunRow) -> tuple[Message, ...]:
        return await history_of(self.store.timeline, row, longest_memory(self.workflow))

    async def _paused(self, emit: Callable[[Event], None], keys: list[str]) -> None:
        calls = {one.key for one in await self.store.calls.of(self.held.row.id) if one.state == "uncertain"}
        keys = sorted(keys, key=lambda key: key not in calls)
        reason: Any = "uncertain" if keys[0] in calls else "waiting"
        await self._update(status=reason)
        emit(RunPaused(run=self.held.row.id, reason=reason, keys=tuple(keys)))

    async def _stopped(self, scribe: Scribe, outcome: Any, error: Exception | None) -> None:
        await self._cut_off()
        problem = str(error) if error is not None else ""
        entry = await scribe.add("problem", self.workflow.spec.name, Part("text", problem)) if problem else ""
        await self._update(status=outcome, ended=time.time(), problem_entry=entry, tail_entry=scribe.tail)
        self.stream.emit(RunStopped(run=self.held.row.id, outcome=outcome, problem=problem))

    async def _cut_off(self) -> None:
        """A call that is still intended at the end of its run was cut off: nobody knows whether it took place."""
        row = self.held.row
        for one in await self.store.calls.of(row.id):
            if one.state == "intended":
                await self.store.calls.finish(row.id, one.key, row.epoch, "uncertain")

    def _spending(self, row: RunRow) -> Spending:
        """What the run has used up until now; who has it tried again gives it its limits anew.

        A run that was broken off has begun one step more, or else one that kills its process each time had no limit.
        """
        limits, spent = self.workflow.spec.limits, row.spent
        if self.before in AGAIN:
            return Spending(limits)
        return Spending(
            limits,
            time.monotonic() - row.seconds,
            steps=row.steps + (self.before == "running" and row.began > 0.0),
            all_tokens=row.tokens,
            tokens=Counter(spent.get("tokens", {})),
            visits=Counter(spent.get("visits", {})),
            latest=dict(spent.get("latest", {})),
            again=dict(spent.get("latest", {})),
        )

    async def _before(self, scribe: Scribe, spending: Spending) -> None:
        """Before a checkpoint is written. What has been used up is known even after the process has been killed."""
        await scribe.flush_words()
        if time.monotonic() - self.noted >= NOTED_S:
            await self._spent(spending)

    async def _spent(self, spending: Spending, **more: Any) -> None:
        self.noted = time.monotonic()
        used = {"steps": spending.steps, "tokens": spending.all_tokens, "seconds": spending.seconds}
        await self._update(**used, spent={**spending.by_node(), "noted": time.time()}, **more)

    async def _update(self, **changes: Any) -> None:
        await self.store.runs.update(self.held.row.id, self.held.row.epoch, **changes)
