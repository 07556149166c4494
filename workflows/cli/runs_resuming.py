"""`antiphon runs resume` and `fork`: a run is gone on with on the screen."""

import asyncio
import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...tools.base.errors import InputError
from .given import again, machine
from .options import answers_of
from .runs_told import INDENT, WAITS, call_told, paused_as_json

if TYPE_CHECKING:
    from ...agents.roles.types import App
    from ..run.forking import Fork
    from ..storage.store import Store
    from ..storage.types import RunRow
    from ..workflow import Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """The options of the command.

    Attributes:
        workflow, python: Where they lie now; "" and nothing for where they lay.
    """

    workflow: str
    python: tuple[Path, ...]
    answer: tuple[str, ...]
    play: bool
    out: Path | None
    trace: Path | None
    verbose: bool
    as_json: bool
    app: Path | None
    profile: str


def going_on(stack: ExitStack, id: str, how: How) -> int:
    """Go on with a run on the screen; the exit status."""
    from ..run.resuming import resume
    from .summary import summary
    from .turns import answering, follow, session_of, waits

    app = machine(how.app, how.profile)
    row, workflow = asyncio.run(_ready(app, id, how))
    session = session_of(stack, workflow, app, how.trace, None if how.as_json else how.verbose)
    session.out, session.play, session.again = how.out, how.play, again(how.app, how.profile)
    run = resume(
        row.id,
        app=app,
        workflow=workflow,
        answer=answering(session),
        spoken=session.spoken,
        record=app.record,
    )
    events = asyncio.run(follow(session, run))
    if how.as_json:
        told = paused_as_json(events) if waits(events) else summary(events, how.out)
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    return WAITS if waits(events) else 0


async def hand_back(id: str, how: How) -> None:
    """Keep the answers that are given, and let a worker go on with the run.

    Raises:
        InputError: there is no queue; an option is about this screen; or the run has ended and nothing new is known.
    """
    from ..run.driving import AGAIN
    from ..storage.store import open_store
    from ..worker.queueing import open_queue
    from ..worker.types import database_of

    app = machine(how.app, how.profile)
    database_of(app)
    here = {"--workflow": how.workflow, "--python": how.python, "--out": how.out, "--trace": how.trace}
    for name in [name for name, value in {**here, "--play": how.play}.items() if value]:
        raise InputError("a worker goes on with it, not this screen", at=name, hint="Leave it out, or leave --enqueue")
    async with open_store(app) as store, open_queue(store) as queue:
        row = await store.runs.get(id)
        if row.status == "done" or (row.status in AGAIN and not how.answer):
            hint = f"Go on with it here: antiphon runs resume {row.id}, or fork it"
            raise InputError(f"the run {row.id} is {row.status}, and a worker would come to the same", hint=hint)
        await _keep_answers(store, row, how)
        await queue.add(await store.runs.get(row.id))
    click.echo(f"queued   look at it with: antiphon runs show {row.id}{again(how.app, how.profile)}", err=True)


async def forked(id: str, at: str, yes: bool, how: How) -> "RunRow":
    """Make a fork; who would have something done twice is asked first.

    Raises:
        Abort: they say no.
    """
    from ..run.forking import forked as forked_as
    from ..run.forking import planned
    from ..storage.store import open_store
    from .asking import agreed

    app = machine(how.app, how.profile)
    async with open_store(app) as store:
        row = await store.runs.get(id)
        plan = await planned(store, row.id, await _workflow(row, app, how), at)
        if plan.calls:
            await _tell(store, plan)
            if not yes and not agreed("These calls may be made again. Go on?"):
                raise click.Abort
        made = await forked_as(store, plan)
    where = f"before {', '.join(plan.point.nodes)}" if plan.point else "from its input"
    click.echo(f"fork     {made.id} of {row.id}, {where}", err=True)
    return made


async def _tell(store: "Store", plan: "Fork") -> None:
    entries = await store.timeline.entries([one.given_entry for one in plan.calls])
    click.echo("again    these calls come after that point; what they did outside stays done:", err=True)
    for one in plan.calls:
        entry = entries.get(one.given_entry)
        click.echo(f"{INDENT}{one.state} {call_told(one.tool, entry.data if entry else None)}", err=True)


async def _ready(app: "App", id: str, how: How) -> "tuple[RunRow, Workflow]":
    """The run with its workflow, and what is given of its answers kept."""
    from ..storage.store import open_store

    async with open_store(app) as store:
        row = await store.runs.get(id)
        workflow = await _workflow(row, app, how)
        await _keep_answers(store, row, how)
        return row, workflow


async def _keep_answers(store: "Store", row: "RunRow", how: How) -> None:
    from ..storage.claims import held
    from .answering import somebody_is_there
    from .runs_answers import answer_given

    given = answers_of(how.answer)
    if given:
        if await store.runs.is_held(row):
            raise held(row)
        await answer_given(store, row, given, ask=somebody_is_there())


async def _workflow(row: "RunRow", app: "App", how: How) -> "Workflow":
    from ..loading import load_with
    from ..run.resuming import loaded

    if not how.workflow and not how.python:
        return await loaded(row, app)
    python = how.python or [Path(one) for one in row.options.get("python", ())]
    return await asyncio.to_thread(load_with, how.workflow or row.source, python, app)
