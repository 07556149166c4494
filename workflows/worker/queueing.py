"""Putting runs into the queue. One DBOS workflow for each time a run is to go on; its argument is the run's name alone,
what the run is about stays in our own tables."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from ...tools.base.errors import InputError
from ...tools.base.ids import sorted_id
from ..storage.claims import held
from ..storage.types import NoSuchRun, RunRow
from .turns import SCHEMA, entered, turn
from .types import PRIORITIES, need_dbos, queue_of

if TYPE_CHECKING:
    from dbos import DBOSClient, EnqueueOptions

    from ..storage.store import Store

APPLICATION = "antiphon"
WORKFLOW = "antiphon.run"
VERSION = "1"
"""Of what DBOS is handed, not of the code: what waits in the queue outlives new releases; a workflow that was changed
is found out by its own fingerprint."""
FROZEN_S = 5.0
"""A process that was frozen in the midst of a statement holds rows of the queue for so long, and no longer."""


@dataclass(frozen=True, slots=True)
class Queue:
    """The queues of a database, for those who put runs into them."""

    store: "Store"
    client: "DBOSClient"

    async def add(self, row: RunRow) -> None:
        """Let a run wait for a worker, a new one or one that is to go on.

        The run of `row.priority` is taken before those of lower ones; runs of one conversation are worked at one after
        another, the oldest first.

        Args:
            row: `options["queue"]` names the queue, if it is another than `antiphon`.
        Raises:
            InputError: the priority is out of range.
            RunHeld: somebody works at it.
            RunLost: it has gone on since the row was read.
        """
        if abs(row.priority) >= PRIORITIES:
            raise InputError(f"a priority of {row.priority}", hint=f"Take one within {PRIORITIES - 1} of 0")
        queued = replace(row, status="queued", thread=row.thread or row.id)
        try:
            await self.store.runs.get(row.id)
        except NoSuchRun:
            await self.store.runs.add(queued)
        else:
            if await self.store.runs.is_held(row):
                raise held(row)
            changes = {"status": "queued", "thread": queued.thread, "priority": row.priority, "options": row.options}
            await self.store.runs.update(row.id, row.epoch, **changes)
        await self.call(queued.thread)

    async def call(self, thread: str) -> None:
        """Let the run enter whose turn it is in a conversation; nothing happens where it has."""
        its = await turn(self.store.database, thread)
        if its is None or its.entered:
            return
        try:
            row = await self.store.runs.get(its.run)
        except NoSuchRun:  # deleted this moment; the next call finds another
            return
        await self._enter(row)
        await entered(self.store.database, row)

    async def hand_back(self, workflow_id: str, row: RunRow) -> None:
        """Let another worker go on with a run that was at work here, or on a worker that is gone."""
        await entered(self.store.database, row)
        await self.client.resume_workflow_async(workflow_id, queue_name=queue_of(row))

    async def _enter(self, row: RunRow) -> None:
        from dbos import error as wrong

        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "queue_name": queue_of(row),
            "app_version": VERSION,
            "priority": PRIORITIES - row.priority,  # DBOS takes the smallest first
            "workflow_id": row.id if not row.epoch else row.checkpoints,
            "workflow_id_reuse_policy": "reject",
        }
        try:
            await self.client.enqueue_async(options, row.id)
        except wrong.DBOSWorkflowIDInUseError as error:
            if error.workflow_status not in ("ENQUEUED", "PENDING"):  # it came out of the queue without having begun
                await self.client.enqueue_async({**options, "workflow_id": f"{row.id}.{sorted_id()}"}, row.id)


def run_of(workflow_id: str) -> str:
    """The run that a DBOS workflow is about."""
    return workflow_id.partition(".")[0]


@asynccontextmanager
async def open_queue(store: "Store") -> AsyncIterator[Queue]:
    """The queues of a store's database, for the time of a block.

    Raises:
        InputError: the store is of SQLite files.
        MissingExtra: DBOS is not installed.
    """
    if not store.database.is_shared:
        raise InputError(
            "runs in SQLite files of this machine cannot wait in a queue",
            hint="Write the URL of a Postgres database under `storage.url` in app.yaml",
        )
    need_dbos()
    from dbos import DBOSClient

    from .quiet import quiet

    quiet()
    await _prepare(store)
    client = await asyncio.to_thread(
        partial(
            DBOSClient,
            system_database_url=str(store.where),
            application_name=APPLICATION,
            lazy=True,
            sys_db_idle_transaction_timeout_sec=FROZEN_S,
        )
    )
    try:
        yield Queue(store, client)
    finally:
        await asyncio.to_thread(client.destroy)


async def _prepare(store: "Store") -> None:
    """Make the tables, ours and DBOS's, where they are missing."""
    await store.database.prepare(SCHEMA)
    there = await store.database.rows("SELECT to_regclass('dbos.workflow_status') IS NOT NULL")
    if not there[0][0]:
        from dbos import DBOS

        await asyncio.to_thread(DBOS.migrate, str(store.where))
