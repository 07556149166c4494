"""A worker from its start to its end: it leaves when it is told to, and leaves nothing half done behind."""

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ...tools.base.ids import short_id
from .launching import launched
from .queueing import open_queue
from .types import Drive, Limits, Say, database_of, need_dbos
from .watching import watch
from .working import STOP_S, Worker

if TYPE_CHECKING:
    from ...agents.roles.types import App

GRACE_S = 30.0
_SIGNALS = ("SIGTERM", "SIGINT", "SIGHUP")
_CLOSING_S = 10.0


async def serve(
    app: "App", limits: Limits | None = None, *, say: Say, drive: Drive | None = None, grace_s: float = GRACE_S
) -> None:
    """Work at the runs of a queue until a signal comes; then finish what is at work, or hand it back.

    A second signal ends the process at once: its runs go on elsewhere when their leases have run out, after 10 s.

    Args:
        say: Is told, in a line each, what happens.
        drive: Brings a run forward; by default `run.driving.drive`.
        grace_s: Seconds that runs may take to end after the signal.
    Raises:
        InputError: runs are kept in SQLite files.
        MissingExtra: DBOS or the driver of Postgres is not installed.
        StorageError: the database cannot be used.
    """
    from ..storage.store import open_store

    limits = limits or Limits()
    url = database_of(app)
    need_dbos()
    executor = f"{socket.gethostname()}-{os.getpid()}-{short_id()}"
    with _told_to_leave() as leaving:
        async with open_store(app) as store, open_queue(store) as queue:
            worker = Worker(store, queue, app, drive or _drive(), say, executor)
            async with launched(url, executor, limits, queue.client, worker) as end:
                say(f"ready: queue {limits.queue}")
                watching = asyncio.create_task(watch(worker, limits.queue))
                try:
                    await _either(leaving.wait(), watching)
                finally:
                    watching.cancel()
                    await asyncio.gather(watching, return_exceptions=True)
                say(f"leaving: {_many(len(worker.at_work))} at work, {grace_s:g} s to end")
                with _at_the_latest(grace_s + STOP_S + _CLOSING_S):
                    handed_back, _ = await asyncio.gather(worker.finish(grace_s), end(grace_s + STOP_S + 1))
                say(f"left: {_many(handed_back)} handed back")


def _drive() -> Drive:
    from ..run.driving import drive

    return drive


async def _either(leaving: Any, watching: "asyncio.Task[None]") -> None:
    """Wait for the signal, or for the watch to fail, which is an error."""
    told = asyncio.ensure_future(leaving)
    try:
        await asyncio.wait([told, watching], return_when=asyncio.FIRST_COMPLETED)
        if watching.done():
            watching.result()
    finally:
        told.cancel()


@contextmanager
def _told_to_leave() -> Iterator[asyncio.Event]:
    """An event that the first signal sets; the second one ends the process."""
    event, loop = asyncio.Event(), asyncio.get_running_loop()
    told_before: list[int] = []
    handlers: dict[int, Any] = {}

    def told(number: int, frame: Any) -> None:
        if told_before:
            os._exit(128 + number)
        told_before.append(number)
        loop.call_soon_threadsafe(event.set)

    for name in _SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup stays nohup
            handlers[number] = signal.signal(number, told)
    try:
        yield event
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


@contextmanager
def _at_the_latest(seconds: float) -> Iterator[None]:
    """End the process when the block takes longer: a tool in a thread can be stopped by nothing else."""
    timer = threading.Timer(seconds, os._exit, (1,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _many(count: int) -> str:
    return f"{count} run{'' if count == 1 else 's'}"
