"""The timeline of this machine or of a team, open for the time of a block."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from ...tools.base.database import open_database
from .timeline import Timeline

FILE = "timeline.sqlite"


@asynccontextmanager
async def open_timeline(where: Path | str) -> AsyncIterator[Timeline]:
    """Open the timeline in a SQLite file or in a Postgres database, and make it where it is missing.

    Raises:
        InputError, MissingExtra, StorageError: as `open_database`.
    """
    async with open_database(where) as database:
        timeline = Timeline(database)
        await timeline.prepare()
        yield timeline
