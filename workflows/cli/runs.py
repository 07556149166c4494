"""`antiphon runs`: what is kept of runs, and what can be done with them."""

import asyncio
import json
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .given import again, app_option, machine, profile_option, python_option
from .runs_told import STATUSES

if TYPE_CHECKING:
    from ...agents.roles.types import App
    from .runs_facts import Facts, Line

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON value on stdout.")
_YES = click.option("--yes", is_flag=True, help="Do it without asking.")
_ID = click.argument("id", metavar="RUN")


@click.group()
def runs() -> None:
    """Runs that are kept: look at them, go on with them, delete them.

    What only one run's name begins with is name enough. They lie on this machine, or in the database that app.yaml
    names.
    """


@runs.command("list")
@click.option("--status", type=click.Choice(STATUSES), multiple=True, help="Only these; may be given more than once.")
@click.option("--workflow", default="", metavar="NAME", help="Only runs of this workflow.")
@click.option("--thread", default="", metavar="NAME", help="Only runs of this conversation.")
@click.option("--last", default=50, show_default=True, type=click.IntRange(1), metavar="N", help="At most so many.")
@_JSON
@app_option
@profile_option
def list_(
    status: tuple[str, ...], workflow: str, thread: str, last: int, as_json: bool, app: Path | None, profile: str
) -> None:
    """The last runs, the newest first, and what they wait for."""
    from .runs_listing import as_json as line_as_json
    from .runs_listing import table

    lines = asyncio.run(_lines(machine(app, profile), status, workflow, thread, last))
    if as_json:
        _print_json([line_as_json(line) for line in lines])
    elif lines:
        for line in table(lines, _columns()):
            click.echo(line)
    else:
        click.echo("No run is kept." if not (status or workflow or thread) else "No such run is kept.", err=True)


@runs.command()
@_ID
@_JSON
@app_option
@profile_option
def show(id: str, as_json: bool, app: Path | None, profile: str) -> None:
    """Everything about one run: what it was given, did, asks and came to, and the points it can be forked at."""
    from ...tools.base.printable import printable
    from .runs_showing import as_json as facts_as_json
    from .runs_showing import shown

    facts = asyncio.run(_facts(machine(app, profile), id))
    if as_json:
        _print_json(facts_as_json(facts))
        return
    for line in shown(facts, _columns(), again(app, profile)):
        click.echo(printable(line))


@runs.command()
@click.argument("ids", nargs=-1, required=True, metavar="RUN...")
@_YES
@app_option
@profile_option
def delete(ids: tuple[str, ...], yes: bool, app: Path | None, profile: str) -> None:
    """Delete runs, with every word that was said in them. What they did outside stays done."""
    asyncio.run(_delete(machine(app, profile), ids, yes))


@runs.command()
@_YES
@app_option
@profile_option
def prune(yes: bool, app: Path | None, profile: str) -> None:
    """Remove what is older or more than `storage.keep` in app.yaml allows: steps, recordings, whole runs."""
    from .asking import agreed

    here = machine(app, profile)
    keep = here.storage.keep
    told = f"steps older than {keep.checkpoints}, runs past {keep.runs}, what is more than {keep.size_mb} MB"
    if yes or agreed(f"Remove {told}?"):
        click.echo(asyncio.run(_prune(here)))


@runs.command()
@_ID
@click.argument("call", default="", metavar="[CALL]")
@click.option("--happened/--did-not-happen", default=None, help="Whether the call took place.")
@click.option("--result", metavar="JSON", help="What it gave back, with --happened.")
@app_option
@profile_option
def settle(id: str, call: str, happened: bool | None, result: str | None, app: Path | None, profile: str) -> None:
    """Say whether a call took place, where a run broke off in it and nobody knows.

    CALL is its key, as `runs show` tells it; it may be left out where there is but one. What you said before can be put
    right, as long as the run has not come to its end.
    """
    from .runs_settling import settled

    row, _ = asyncio.run(settled(machine(app, profile), id, call, happened, result))
    if row.status != "done":
        click.echo(f"Go on with: antiphon runs resume {row.id}{again(app, profile)}", err=True)


def _going_on(command: Any) -> Any:
    """The options of what goes on with a run on the screen."""
    for option in reversed(
        (
            click.option("--workflow", default="", metavar="NAME", help="Where the workflow lies now, if elsewhere."),
            python_option,
            click.option(
                "--answer", multiple=True, metavar="FIELD=VALUE", help="An answer; KEY.FIELD=VALUE of several."
            ),
            click.option("--play", is_flag=True, help="Play the answer through the loudspeaker."),
            click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the spoken answer."),
            click.option(
                "--trace", type=click.Path(path_type=Path, dir_okay=False), help="Write events as JSON lines."
            ),
            click.option("--verbose", is_flag=True, help="Show more."),
            click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end and nothing else."),
            app_option,
            profile_option,
        )
    ):
        command = option(command)
    return command


@runs.command()
@_ID
@click.option("--enqueue", is_flag=True, help="Let a worker go on with it: antiphon worker. Needs Postgres.")
@_going_on
def resume(id: str, enqueue: bool, **options: Any) -> None:
    """Go on with a run from where it was left: after a crash, an error, a limit, or when there is an answer.

    What it asks you is asked on the terminal, or answered by --answer, which also takes a no back with which it failed.
    Exit status 3: it waits again.
    """
    from .runs_resuming import How, going_on, hand_back

    how = How(**options)
    if enqueue:
        asyncio.run(hand_back(id, how))
        return
    with ExitStack() as stack:
        _leave(going_on(stack, id, how))


@runs.command()
@_ID
@click.option("--at", default="", metavar="STEP", help="A step or a checkpoint of `runs show`, or `start`.")
@click.option("--hold", is_flag=True, help="Only make the fork; `runs resume` goes on with it.")
@_YES
@_going_on
def fork(id: str, at: str, hold: bool, yes: bool, **options: Any) -> None:
    """Go on from an earlier point of a run in a new one; the old one stays as it is.

    Without --at from the last point that the workflow, as it is now, can go on from: of a run that has ended, from the
    beginning of its last step.
    """
    from .runs_resuming import How, forked, going_on

    how = How(**options)
    row = asyncio.run(forked(id, at, yes, how))
    if hold:
        click.echo(row.id)
        click.echo(f"Go on with: antiphon runs resume {row.id}{again(how.app, how.profile)}", err=True)
        return
    with ExitStack() as stack:
        _leave(going_on(stack, row.id, how))


@runs.command()
@_ID
@click.argument("file", default="tests.yaml", metavar="[FILE]", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--workflow", default="", metavar="NAME", help="Where the workflow lies now, if elsewhere.")
@python_option
@app_option
@profile_option
def test(id: str, file: Path, workflow: str, python: tuple[Path, ...], app: Path | None, profile: str) -> None:
    """Make a test of a run that has come to its end, and add it to FILE, tests.yaml by default.

    It has what was said, what an agent's model replied, every call with its result, and the answer; it is played once,
    and only written if it passes. Of models that other nodes ask, replies are not kept: use --save-test of `run`.
    """
    from .runs_testing import test_of

    asyncio.run(test_of(machine(app, profile), id, file, workflow, python))


def _leave(status: int) -> None:
    if status:
        click.get_current_context().exit(status)


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def _columns() -> int:
    """How wide the screen is; 0 for a pipe, which nothing is cut for."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0


async def _lines(app: "App", status: tuple[str, ...], workflow: str, thread: str, last: int) -> "list[Line]":
    from typing import cast

    from ..storage.store import open_store
    from ..storage.types import Status
    from .runs_facts import lines_of

    kept = {"running" if one == "broken-off" else one for one in status}
    most = 10_000 if "running" in kept else last  # who works at them is not known before they are looked at
    async with open_store(app) as store:
        rows = await store.runs.list(cast("set[Status]", kept), workflow.replace("-", "_"), thread, most)
        lines = await lines_of(store, rows)
    return [line for line in lines if not status or line.status in status][:last]


async def _facts(app: "App", id: str) -> "Facts":
    from ..storage.store import open_store
    from .runs_facts import facts_of

    async with open_store(app) as store:
        return await facts_of(store, id)


async def _delete(app: "App", ids: tuple[str, ...], yes: bool) -> None:
    from ..run.forking import lost_with
    from ..run.resuming import delete as delete_run
    from ..storage.store import open_store
    from .asking import agreed

    async with open_store(app) as store:
        rows = [await store.runs.get(id) for id in ids]  # a wrong name is said before anything is deleted
        for told in await lost_with(store, [row.id for row in rows]):
            click.echo(f"forks    {told}", err=True)
        named = ", ".join(f"{row.id} of {row.workflow}" for row in rows)
        if not yes and not agreed(f"Delete {named}, and what was said there?"):
            return
        for row in rows:
            await delete_run(store, row.id)
            click.echo(f"deleted  {row.id}", err=True)


async def _prune(app: "App") -> str:
    from ..storage.pruning import prune as prune_store
    from ..storage.store import open_store

    async with open_store(app) as store:
        return str(await prune_store(store, app.storage.keep))
