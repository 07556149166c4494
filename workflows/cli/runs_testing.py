"""`antiphon runs test`: a run that is kept becomes a test that passes."""

import asyncio
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ...agents.roles.types import App


async def test_of(app: "App", id: str, file: Path, workflow: str, python: tuple[Path, ...]) -> None:
    """Write the test into a file, or add it to what is there, and say how it is played.

    Raises:
        InputError: the run cannot be played again, or the file is one of something else.
    """
    from ..loading import load_with
    from ..run.resuming import loaded
    from ..storage.store import open_store
    from ..testing.kept import case_of, playable
    from ..testing.saving import ready, save

    async with open_store(app) as store:
        row = await store.runs.get(id)
        known = python or tuple(Path(one) for one in row.options.get("python", ()))
        if workflow or python:
            used = await asyncio.to_thread(load_with, workflow or row.source, known, app)
        else:
            used = await loaded(row, app)
        ready(file, used)
        case = await case_of(store, row)
    name = save(file, await playable(case, used, app, file), used)
    needs = "".join(f" --python {shlex.quote(str(one))}" for one in known)
    click.echo(f"test     {name!r} is in {file}; play it with: antiphon test {shlex.quote(str(file))}{needs}", err=True)
