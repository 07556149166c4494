"""A worker process for the tests: everything is real but what a run does, which is to sleep and to note that it did.

A run's options say what it does: `seconds` to sleep, `again` so many at a second try, `asks` for a pause at the first,
`kills` for the death of its worker, `fails` for an error. Arguments: app.yaml, the name of the worker, more as JSON.
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

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
name = sys.argv[2]


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


def main() -> None:
    more = json.loads(sys.argv[3])
    if more.pop("code", ""):
        launching._register = registered_otherwise
    claims.LEASE_S = watching.LEASE_S = more.pop("lease", 2.0)
    watching.LIVES = more.pop("lives", watching.LIVES)
    claims.RENEW_S = claims.LEASE_S / 5
    grace = more.pop("grace", 1.0)
    app = read_app(Path(sys.argv[1]))
    asyncio.run(serve(app, Limits(**more), say=lambda line: print(line, flush=True), drive=drive, grace_s=grace))


if __name__ == "__main__":
    main()
