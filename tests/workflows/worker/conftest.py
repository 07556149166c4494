"""Worker processes on a real Postgres, and the queue they share."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from antiphon.agents.roles.reading import read_app
from antiphon.workflows.storage.store import Store, open_store
from antiphon.workflows.storage.types import RunRow
from antiphon.workflows.worker.queueing import Queue, open_queue

LEDGER = "CREATE TABLE IF NOT EXISTS ledger (run TEXT, worker TEXT, what TEXT, at DOUBLE PRECISION)"
STAND_IN = Path(__file__).with_name("stand_in.py")
ENDED = ("done", "failed", "waiting", "cancelled")


@pytest.fixture
def app_file(tmp_path: Path, postgres_url: str) -> Path:
    """An app.yaml whose storage is an empty Postgres database."""
    path = tmp_path / "app.yaml"
    chat = "{engine: openai, base_url: 'http://127.0.0.1:1/v1', model: none}"
    path.write_text(
        f"schema: app/v1\nmodels: {{chat: {chat}}}\nstorage: {{url: {json.dumps(postgres_url)}}}\n", encoding="utf-8"
    )
    return path


@dataclass
class Process:
    """A worker; `lines` is what it said."""

    name: str
    id: int
    log: Path
    nursery: "Nursery"
    status: int | None = None

    @property
    def lines(self) -> str:
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    @property
    def has_ended(self) -> bool:
        if self.status is None:
            self.status = self.nursery.ask("exit_status", self.id)
        return self.status is not None

    def send(self, number: signal.Signals) -> None:
        os.kill(self.id, number)

    async def exit_status(self, within_s: float = 15) -> int | None:
        await until(lambda: self.has_ended, within_s)
        return self.status


@dataclass
class Nursery:
    """The process that starts workers."""

    popen: "subprocess.Popen[str]"

    def ask(self, name: str, *arguments: Any) -> Any:
        assert self.popen.stdin is not None
        assert self.popen.stdout is not None
        print(json.dumps([name, *arguments]), file=self.popen.stdin, flush=True)
        return json.loads(self.popen.stdout.readline())


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, STAND_IN], stdin=pipe, stdout=pipe, text=True) as popen:
        yield Nursery(popen)


@pytest.fixture
def start(nursery: Nursery, app_file: Path, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Start a worker and wait until it is ready."""
    started: list[Process] = []

    async def start(name: str, **settings: Any) -> Process:
        log = tmp_path / f"{name}.log"
        process = Process(name, nursery.ask("start", str(app_file), name, str(log), settings), log, nursery)
        started.append(process)
        await until(lambda: "ready" in process.lines or process.has_ended, 40)
        assert "ready" in process.lines, process.lines
        return process

    yield start
    for process in started:
        if not process.has_ended:
            process.send(signal.SIGKILL)
            while not process.has_ended:
                time.sleep(0.01)
        print(f"--- {process.name}\n{process.lines}")


@dataclass
class Field:
    """The queue, with what the tests ask of it."""

    store: Store
    queue: Queue
    count: int = field(default=0)

    async def add(self, *, thread: str = "", priority: int = 0, **options: Any) -> str:
        """Put a run into the queue."""
        self.count += 1
        thread = thread or f"thread {self.count}"
        row = RunRow(workflow="sleeps", source="none", thread=thread, priority=priority, options=options)
        await self.queue.add(row)
        return row.id

    async def status(self, run: str) -> str:
        return (await self.store.runs.get(run)).status

    async def ended(self, *runs: str, within_s: float = 20) -> list[str]:
        """Wait until runs have ended; their statuses."""

        async def all_ended() -> bool:
            return all([await self.status(run) in ENDED for run in runs])

        await until(all_ended, within_s)
        return [await self.status(run) for run in runs]

    async def ended_as(self, status: str, run: str, within_s: float = 20) -> None:
        """Wait until a run has a status."""

        async def has() -> bool:
            return await self.status(run) == status

        await until(has, within_s)

    async def ledger(self, what: str = "", run: str = "") -> list[tuple[str, str, str, float]]:
        """Run, worker, what, when; in the order of the clock of the database."""
        rows = await self.store.database.rows("SELECT run, worker, what, at FROM ledger ORDER BY at")
        return [tuple(row) for row in rows if what in ("", row[2]) and run in ("", row[0])]

    async def began(self, run: str, times: int = 1, within_s: float = 20) -> None:
        async def has() -> bool:
            return len(await self.ledger("began", run)) >= times

        await until(has, within_s)

    async def in_dbos(self, run: str) -> list[tuple[str, str, Any]]:
        """Name, status and version of the DBOS workflows of a run, in the order they were made."""
        rows = await self.store.database.rows(
            "SELECT workflow_uuid, status, application_version FROM dbos.workflow_status"
            " WHERE workflow_uuid LIKE ? ORDER BY created_at",
            f"{run}%",
        )
        return [(row[0], row[1], row[2]) for row in rows]


@pytest.fixture
async def field_(app_file: Path) -> AsyncIterator[Field]:
    async with open_store(read_app(app_file)) as store, open_queue(store) as queue:
        await store.database.prepare(LEDGER)
        yield Field(store, queue)


async def until(holds: Callable[[], Any], within_s: float) -> None:
    """Wait until something holds."""
    ends = time.monotonic() + within_s
    while True:
        value = holds()
        if await value if asyncio.iscoroutine(value) else value:
            return
        assert time.monotonic() < ends, f"not within {within_s} s"
        await asyncio.sleep(0.05)
