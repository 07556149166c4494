"""Everything that is kept of runs: two SQLite files in the data folder, or one Postgres database."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ...agents.roles.types import App
from ...agents.timeline.opening import open_timeline, ready
from ...agents.timeline.timeline import Timeline
from ...tools.base.database import Database, open_database
from .calls import Calls
from .claims import Locks
from .questions import Questions
from .runs import Runs
from .schema import SCHEMA, VERSION
from .types import RunRow

if TYPE_CHECKING:
    from .checkpoints import Checkpoints, CheckpointStore


@dataclass(slots=True)
class Store:
    """What is kept, for one event loop; any number of processes may have it open.

    Attributes:
        where: The file of the runs, or the URL of the database.
        database: Of everything but the words.
    """

    where: Path | str
    database: Database
    timeline: Timeline
    runs: Runs
    calls: Calls
    questions: Questions
    _open: AsyncExitStack
    _checkpoints: "CheckpointStore | None" = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def saver(
        self, run: RunRow, lost: Callable[[], bool] = lambda: False, names: Collection[str] = ()
    ) -> "Checkpoints":
        """Where LangGraph keeps the checkpoints of a run.

        Args:
            run: With the epoch of this owner.
            lost: Whether somebody has taken the run over; who only reads need not ask.
            names: The names that the workflow declares; see `CheckpointStore.for_run`.
        Raises:
            StorageError: what is kept cannot be opened.
        """
        async with self._turn:
            if self._checkpoints is None:  # late, as it takes LangGraph
                from .checkpoints import open_checkpoints

                opened = open_checkpoints(self.where, self.timeline)
                self._checkpoints = await self._open.enter_async_context(opened)
        return self._checkpoints.for_run(run.checkpoints, run.thread, run.id, lost, names)


@asynccontextmanager
async def open_store(app: App) -> AsyncIterator[Store]:
    """Open what is kept of runs, make it where it is missing, close it at the end of the block.

    Raises:
        InputError: the environment variable that should hold the database's URL is not set.
        MissingExtra: it is Postgres, and its packages are not installed.
        StorageError: it cannot be opened.
    """
    url = app.storage.address()
    where: Path | str = url or app.data / "runs.sqlite"
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(where))
        timeline = await ready(database) if url else await stack.enter_async_context(open_timeline(app))
        await database.prepare(SCHEMA, VERSION)
        yield _store(where, database, timeline, stack)


def _store(where: Path | str, database: Database, timeline: Timeline, stack: AsyncExitStack) -> Store:
    runs = Runs(database, None if database.is_shared else Locks(Path(where).parent / "runs"))

    async def is_held(id: str) -> bool:
        return await runs.is_held(await runs.get(id))

    return Store(where, database, timeline, runs, Calls(database, is_held), Questions(database), stack)
