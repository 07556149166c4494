"""DBOS as this worker's queue: no telemetry, no server, no service of others; executor and version are named by us."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Protocol

from ...tools.base.errors import StorageError
from .queueing import APPLICATION, FROZEN_S, VERSION, WORKFLOW
from .quiet import LEVEL, quiet
from .types import EACH, Limits

if TYPE_CHECKING:
    from dbos import DBOSClient

POLL_S = 0.2
"""So often the queue is looked at; at each look as many runs are taken as there is room for."""


class Work(Protocol):
    """What is done with a run."""

    async def perform(self, workflow_id: str, run: str) -> str:
        """Work at it, and say how that ended."""
        ...

    async def rest(self, run: str, how: str) -> None:
        """What is to follow; it may happen twice."""
        ...


@asynccontextmanager
async def launched(
    url: str, executor: str, limits: Limits, client: "DBOSClient", work: "Work"
) -> AsyncIterator[Callable[[float], Awaitable[None]]]:
    """Take runs from a queue for the time of a block; what it gives is called, with seconds, to take no more of them
    and to wait until none is at work, at most so long.

    Args:
        executor: A name no other process has or had: DBOS takes runs of this name for its own when it starts.
    Raises:
        StorageError: the database cannot be used.
    """
    from dbos import DBOS, DBOSConfig

    quiet()
    DBOS(
        config=DBOSConfig(
            name=APPLICATION,
            system_database_url=url,
            application_version=VERSION,
            executor_id=executor,
            log_level=LEVEL,
            run_migrations=False,  # they are done before
            sys_db_idle_transaction_timeout_sec=FROZEN_S,
            sys_db_pool_size=5 + (limits.each or EACH) // 4,
        )
    )
    _register(work)
    DBOS.listen_queues([limits.queue])
    try:
        try:
            await asyncio.to_thread(DBOS.migrate, url)
            await _limit(client, limits)  # first, as DBOS looks for new queues but once a second
            DBOS.launch()  # in the thread of our event loop: so DBOS runs in it what it takes
        except Exception as error:
            reason = str(error).strip().partition("\n")[0]
            raise StorageError(f"the queue cannot be used: {reason}", at="storage.url in app.yaml") from error
        yield _end
    finally:
        await _end(0)


async def _end(within_s: float) -> None:
    """Its first act is to look no longer at the queue, for which DBOS has no other way."""
    from dbos import DBOS

    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as thread:
        end = partial(DBOS.destroy, workflow_completion_timeout_sec=ceil(within_s), destroy_registry=True)
        await loop.run_in_executor(thread, end)
    loop.set_default_executor(ThreadPoolExecutor())  # DBOS had put its own there, which has ended


def _register(work: "Work") -> None:
    from dbos import DBOS

    @DBOS.step(name=f"{WORKFLOW}.drive")
    async def drive(run: str) -> str:
        return await work.perform(DBOS.workflow_id or "", run)

    @DBOS.workflow(name=WORKFLOW)
    async def workflow(run: str) -> str:
        how = await drive(run)
        await work.rest(run, how)
        return how


async def _limit(client: "DBOSClient", limits: Limits) -> None:
    """DBOS keeps the limits of a queue in the database, where every worker of it reads them at each look."""
    known = await client.retrieve_queue_async(limits.queue)
    if known is not None and limits.each is None and limits.total is None:
        return
    each = limits.each or (known and await known.get_worker_concurrency_async()) or EACH
    total = limits.total
    if total is None and known is not None:
        total = await known.get_global_concurrency_async()
    await client.register_queue_async(
        limits.queue,
        worker_concurrency=min(each, total or each),  # DBOS refuses more
        global_concurrency=total or None,
        polling_interval_sec=POLL_S,
        on_conflict="always_update" if known is not None else "never_update",
    )
