"""The timeline of this machine or of a team, open for the time of a block."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ...tools.base.database import Database, open_database
from .timeline import Timeline

if TYPE_CHECKING:
    from ..roles.types import App

FILE = "timeline.sqlite"


def place_of(app: "App") -> Path | str:
    """Where the timeline of an app.yaml lies: a file in its data folder, or the URL of its database.

    Raises:
        InputError: the environment variable that should hold the URL is not set.
    """
    return app.storage.address() or app.data / FILE


@asynccontextmanager
async def open_timeline(where: "Path | str | App") -> AsyncIterator[Timeline]:
    """Open the timeline in a SQLite file, in a Postgres database or of an app.yaml, and make it where it is missing.

    Raises:
        InputError, MissingExtra, StorageError: as `place_of` and `open_database`.
    """
    place = where if isinstance(where, Path | str) else place_of(where)
    async with open_database(place) as database:
        yield await ready(database)


async def ready(database: Database) -> Timeline:
    """The timeline in a database that is open, made where it is missing."""
    timeline = Timeline(database)
    await timeline.prepare()
    return timeline


@asynccontextmanager
async def open_timeline_if_kept(where: Path | str) -> AsyncIterator[Timeline | None]:
    """The same to look into; None where nothing was ever kept: to look makes no file."""
    if isinstance(where, Path) and not where.exists():
        yield None
        return
    async with open_timeline(where) as timeline:
        yield timeline
