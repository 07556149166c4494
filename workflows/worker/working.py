"""What a worker does with a run it took from the queue."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...agents.timeline.types import Entry, Part
from ...tools.base.errors import AntiphonError, StorageError
from ..storage.types import NoSuchRun, RunHeld, RunLost
from .queueing import Queue, run_of
from .types import Drive, Say

if TYPE_CHECKING:
    from ...agents.roles.types import App
    from ..storage.store import Store

WAIT_S = 1.0
"""Between two tries at a run that another process holds, or a database that does not answer."""
STOP_S = 5.0
"""So long a run may take to stop when the time of a worker is over."""
LOST = "lost"
ACTIVE = ("queued", "running")


@dataclass(slots=True)
class Worker:
    """The runs at work in this process.

    Attributes:
        executor: What DBOS calls this process.
        at_work: The task of each DBOS workflow that is at work here.
        leaves: Whether this process is about to end, so that what still comes goes back to the queue.
    """

    store: "Store"
    queue: Queue
    app: "App"
    drive: Drive
    say: Say
    executor: str
    at_work: dict[str, "asyncio.Task[object]"] = field(default_factory=dict)
    leaves: bool = False

    async def perform(self, workflow_id: str, run: str) -> str:
        """Bring a run forward until it is over or rests, and say its status; `lost` where it is another worker's now,
        `gone` where it was deleted."""
        task = asyncio.current_task()
        assert task is not None
        if self.leaves:
            await self._hand_back(workflow_id)
            raise asyncio.CancelledError
        self.at_work[workflow_id] = task
        began = time.monotonic()
        try:
            how = await self._perform(workflow_id, run)
        finally:
            if self.at_work.get(workflow_id) is task:
                del self.at_work[workflow_id]
        self.say(f"{run} {how} after {time.monotonic() - began:.1f} s")
        return how

    async def _perform(self, workflow_id: str, run: str) -> str:
        while True:
            try:
                row = await self.store.runs.get(run)
                if row.status not in ACTIVE:
                    return row.status
                return (await self.drive(self.store, run, self.app)).status
            except NoSuchRun:
                return "gone"
            except (RunHeld, RunLost):
                if not await self._is_ours(workflow_id):
                    return LOST  # DBOS takes no word of ours for it any more
            except StorageError as error:
                self.say(f"{run} waits for the database: {error}")
            except AntiphonError as error:
                return await self.fail(run, str(error))
            except Exception as error:  # a bug, which DBOS tells with its traceback
                await self.rest(run, await self.fail(run, f"{type(error).__name__}: {error}"))
                raise
            await asyncio.sleep(WAIT_S)

    async def rest(self, run: str, how: str) -> None:
        """A run is over, or waits for a person: the next of its conversation may enter the queue."""
        if how == LOST:
            return
        with suppress(NoSuchRun):  # it was deleted; what follows it is found by the watch
            row = await self.store.runs.get(run)
            await self.queue.call(row.thread)

    async def fail(self, run: str, problem: str) -> str:
        """Let a run have failed that nobody works at, unless it is known how it ended."""
        row = await self.store.runs.get(run)
        if row.status not in ACTIVE or await self.store.runs.is_held(row):
            return row.status
        part = Part("text", problem)
        parent = row.tail_entry or row.head_entry
        entry = Entry(thread=row.thread, run=run, who=row.workflow, kind="problem", parent=parent, parts=(part,))
        await self.store.timeline.append(entry)
        try:
            await self.store.runs.update(
                run, row.epoch, status="failed", ended=time.time(), problem_entry=entry.id, tail_entry=entry.id
            )
        except RunLost:
            return LOST
        return "failed"

    async def finish(self, within_s: float) -> int:
        """Take no more; wait for what is at work, and hand back what is not ready by then.

        Returns:
            How many were handed back.
        """
        self.leaves = True
        ends = time.monotonic() + within_s
        while self.at_work and (left_s := ends - time.monotonic()) > 0:
            await asyncio.wait([*self.at_work.values()], timeout=left_s)
        unready = dict(self.at_work)
        for task in unready.values():
            task.cancel()
        if unready:
            await asyncio.wait([*unready.values()], timeout=STOP_S)
        return sum([await self._hand_back(workflow_id) for workflow_id in unready])

    async def _hand_back(self, workflow_id: str) -> bool:
        try:
            row = await self.store.runs.get(run_of(workflow_id))
            if await self.store.runs.is_held(row):  # by another worker, or it does not stop: its lease will run out
                return False
            if row.status in (*ACTIVE, "cancelled"):  # by the end of its task, not by a person
                await self.store.runs.update(row.id, row.epoch, status="queued", ended=0.0)
        except (NoSuchRun, RunLost):
            return False
        await self.queue.hand_back(workflow_id, row)
        return True

    async def _is_ours(self, workflow_id: str) -> bool:
        status = await self.queue.client.list_workflows_async(
            workflow_ids=[workflow_id], load_input=False, load_output=False
        )
        return bool(status) and status[0].executor_id == self.executor
