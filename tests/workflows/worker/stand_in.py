"""Worker processes for the tests: everything is real but what a run does, which is to sleep and to note that it did.

A run's options say what it does: `seconds` to sleep, `again` so many at a second try, `asks` for a pause at the first,
`kills` for the death of its worker, `fails` for an error. Arguments: app.yaml, the name of the worker, more as JSON.
"""

import asyncio
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from antiphon.agents.roles.reading import read_app
from antiphon.agents.roles.types import App
from antiphon.tools.base.errors import Refused
from antiphon.workflows.storage import claims
from antiphon.workflows.storage.store import Store
from antiphon.workflows.storage.types import RunLost, RunRow
from antiphon.workflows.worker import launching, watching
from antiphon.workflows.worker.serving import serve
from antiphon.workflows.worker.types import Limits

FAILURES = {"lost": RunLost("lost, it says"), "refused": Refused("refused, it says"), "bug": ValueError("a bug")}
name = ""


async def drive(store: Store, run_id: str, app: App, /) -> RunRow:
    async with claims.claim(store, run_id, owner=name) as held:
        try:
            await _work(store, held)
        except asyncio.CancelledError:
            await asyncio.shield(store.runs.update(run_id, held.row.epoch, status="cancelled"))
            raise
    return await store.runs.get(run_id)


async def _work(store: Store, held: claims.Claim) -> None:
    row, options = held.row, held.row.options
    await _note(store, row, "began")
    seconds = options.get("seconds", 0) if row.epoch == 1 else options.get("again", 0)
    if options.get("kills"):
        os.kill(os.getpid(), signal.SIGKILL)
    sleeping, losing = (
        asyncio.ensure_future(asyncio.sleep(seconds)),
        asyncio.ensure_future(held.lost.wait()),
    )
    try:
        await asyncio.wait([sleeping, losing], return_when=asyncio.FIRST_COMPLETED)
    finally:
        sleeping.cancel()
        losing.cancel()
    if options.get("fails"):
        raise FAILURES[options["fails"]]
    await store.runs.update(row.id, row.epoch, status="waiting" if options.get("asks") and row.epoch == 1 else "done")
    await _note(store, row, "ended")


async def _note(store: Store, row: RunRow, what: str) -> None:
    database = store.database
    async with database.transaction() as transaction:
        await transaction.run(f"INSERT INTO ledger VALUES (?, ?, ?, {database.now})", row.id, name, what)


def registered_otherwise(work: launching.Work) -> None:
    """The same by another code, as the next release may have it."""
    from dbos import DBOS

    @DBOS.workflow(name="antiphon.run")
    async def workflow(run: str) -> str:
        how = await work.perform(DBOS.workflow_id or "", run)
        await work.rest(run, how)
        return how


def work(app_file: str, worker: str, settings: dict[str, Any]) -> None:
    """Be a worker."""
    global name
    name = worker
    if settings.pop("code", ""):
        launching._register = registered_otherwise
    claims.LEASE_S = settings.pop("lease", 2.0)
    watching.LIVES = settings.pop("lives", watching.LIVES)
    claims.RENEW_S = claims.LEASE_S / 5
    grace = settings.pop("grace", 1.0)
    app = read_app(Path(app_file))
    asyncio.run(serve(app, Limits(**settings), say=lambda line: print(line, flush=True), drive=drive, grace_s=grace))


def started(app_file: str, worker: str, log: str, settings: dict[str, Any]) -> int:
    """A worker in a process of its own."""
    child = os.fork()  # to import DBOS anew for each takes seconds
    if child:
        return child
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for number in (1, 2):
        os.dup2(out, number)
    status = 1
    try:
        work(app_file, worker, settings)
        status = 0
    except BaseException:
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(status)


def exit_status(child: int) -> int | None:
    """How a worker ended, None while it has not."""
    ended, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def main() -> None:
    """Answer requests, one a line."""
    commands: dict[str, Any] = {"start": started, "exit_status": exit_status}
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        print(json.dumps(commands[name](*arguments)), flush=True)


if __name__ == "__main__":
    main()
