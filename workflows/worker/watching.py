"""A watch on the other workers: the runs of one that died, or does not move any more, go back to the queue.

Which runs those are is told by their leases in our own table, by the clock of the database; DBOS itself leaves that to
a service of its makers. Only public calls of DBOS are used.
"""

import asyncio
from typing import TYPE_CHECKING

from ...tools.base.errors import StorageError
from ..storage import claims
from ..storage.types import NoSuchRun, RunRow
from .queueing import WORKFLOW, run_of
from .turns import left
from .working import Worker

if TYPE_CHECKING:
    from dbos import WorkflowStatus

LOOK_S = 1.5
SWEEP_S = 10.0
LIVES = 5
"""A run that was at work in so many workers that died has failed: it may well be what kills them."""


async def watch(worker: Worker, queue: str) -> None:
    """Until it is cancelled."""
    clock = asyncio.get_running_loop().time
    swept = 0.0
    while True:
        await asyncio.sleep(LOOK_S)
        try:
            await take_over(worker, queue)
            if clock() - swept >= SWEEP_S:
                swept = clock()
                for thread in await left(worker.store.database):
                    await worker.queue.call(thread)
        except StorageError as error:
            worker.say(f"cannot look after the other workers: {error}")


async def take_over(worker: Worker, queue: str) -> None:
    """Hand back the runs of this queue that nobody holds although they count as at work."""
    pending = await worker.queue.client.list_workflows_async(
        status="PENDING", name=WORKFLOW, queue_name=queue, load_input=False, load_output=False
    )
    others = [one for one in pending if one.workflow_id not in worker.at_work]
    for one in await _dead(worker, others):
        try:
            row = await worker.store.runs.get(run_of(one.workflow_id))
        except NoSuchRun:
            await worker.queue.client.cancel_workflow_async(one.workflow_id)
        else:
            await _take_over(worker, one, row)


async def _dead(worker: Worker, workflows: "list[WorkflowStatus]") -> "list[WorkflowStatus]":
    """Those that were taken longer ago than a lease lasts, and whose run has none."""
    if not workflows:
        return []
    database = worker.store.database
    names = [run_of(one.workflow_id) for one in workflows]
    marks = ", ".join("?" * len(names))
    held = f"SELECT id FROM runs WHERE id IN ({marks}) AND leased_until > {database.now}"
    alive = {row[0] for row in await database.rows(held, *names)}
    now = float((await database.rows(f"SELECT {database.now}"))[0][0])
    return [
        one
        for one, name in zip(workflows, names, strict=True)
        if name not in alive and one.dequeued_at is not None and one.dequeued_at / 1000 < now - claims.LEASE_S
    ]


async def _take_over(worker: Worker, workflow: "WorkflowStatus", row: RunRow) -> None:
    client = worker.queue.client
    deaths = int((workflow.attributes or {}).get("deaths", 0)) + 1
    if deaths >= LIVES and row.status in ("queued", "running"):
        await client.cancel_workflow_async(workflow.workflow_id)
        await worker.fail(row.id, f"{deaths} workers died while they worked at it")
        await worker.queue.call(row.thread)
        worker.say(f"{row.id} failed: {deaths} workers died while they worked at it")
        return
    await client.update_workflow_attributes_async(workflow.workflow_id, {"deaths": deaths}, merge=True)
    await worker.queue.hand_back(workflow.workflow_id, row)
    worker.say(f"{row.id} goes back to the queue: {row.owner or workflow.executor_id} does not answer")
