"""LangGraph's own checkpointers for SQLite and Postgres, without the words: those are in the timeline."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.serde.types import ERROR

from ...tools.base.engines import missing
from ...tools.base.errors import AntiphonError, StorageError
from ...tools.base.private_file import storage_error
from ...tools.base.sqlite_database import open_connection
from .types import RunLost, StateNotKept
from .words import Words, known_names

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from psycopg import AsyncConnection

    from ...agents.timeline.timeline import Timeline

Saver = BaseCheckpointSaver[str]
CONNECTIONS = 4
"""Most connections of one process to Postgres for checkpoints."""
_SETUP_LOCK = 0x616E7469
"""The name of the advisory lock under which one process makes the tables."""
_CONNECT_S = 10
_NAMESPACES = 256
"""Of so many graphs within graphs the last checkpoint is remembered."""
_METADATA = ("source", "step", "parents", "counters_since_delta_snapshot")


class PlainData(JsonPlusSerializer):
    """Reads plain data and LangGraph's own objects, and makes nothing else."""

    def __init__(self) -> None:
        super().__init__(allowed_msgpack_modules=None)

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        if data[0] not in ("null", "msgpack"):
            raise ValueError(f"it is written as {data[0]!r}")
        return super().loads_typed(data)


@dataclass(frozen=True, slots=True)
class CheckpointStore:
    """An open store of checkpoints, for any number of runs at once.

    Attributes:
        saver: LangGraph's own, for one run.
        where: The path of a SQLite file, or the URL of a Postgres database.
    """

    saver: "Callable[[], Saver]"
    timeline: "Timeline"
    where: Path | str

    def for_run(
        self,
        thread_id: str,
        thread: str,
        run: str,
        lost: Callable[[], bool] = lambda: False,
        names: Collection[str] = (),
    ) -> "Checkpoints":
        """What one run saves to.

        Args:
            thread_id: What LangGraph calls the run: `RunRow.checkpoints`.
            thread: The conversation, for the words.
            lost: Whether another process has taken the run over.
            names: The names the workflow declares: of state fields, of what blocks add. As the keys of objects they are
                stored as they are; every other key is a word.
        """
        return Checkpoints(self, thread_id, Words(self.timeline, thread, run, known_names(names)), lost)


class Checkpoints(Saver):
    """The checkpoints of one run.

    Every method raises StateNotKept where something cannot be read or written; those that write raise RunLost once
    another process has taken the run over.

    Attributes:
        before: Awaited before anything is written.
    """

    def __init__(self, store: CheckpointStore, thread_id: str, words: Words, lost: Callable[[], bool]) -> None:
        self.inner = store.saver()
        super().__init__(serde=self.inner.serde)
        self.before: Callable[[], Awaitable[object]] | None = None
        self.store, self.thread_id, self.words, self.lost = store, thread_id, words, lost
        self._last: dict[str, dict[str, tuple[Any, Any]]] = {}

    async def aput(
        self,
        config: "RunnableConfig",
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> "RunnableConfig":
        own = self._own(config)
        await self._prepared()
        self.words.names.update(checkpoint["channel_versions"])
        values = self._hidden(_ids(own)["checkpoint_ns"], checkpoint)
        hidden = cast(Checkpoint, {**checkpoint, "channel_values": values})
        known = cast(CheckpointMetadata, {key: one for key, one in metadata.items() if key in _METADATA})
        with self._told("written"):
            await self._keep()
            return await self.inner.aput(own, hidden, known, new_versions)

    async def aput_writes(
        self, config: "RunnableConfig", writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        await self._prepared()
        self.words.names.update(channel for channel, _ in writes)
        hidden = [(channel, self._write(channel, value)) for channel, value in writes]
        with self._told("written"):
            await self._keep()
            await self.inner.aput_writes(self._own(config), hidden, task_id, task_path)

    async def aget_tuple(self, config: "RunnableConfig") -> CheckpointTuple | None:
        with self._told("read"):
            found = await self.inner.aget_tuple(self._own(config))
            if found is None:
                return None
            (shown,) = await self._shown([found])
        versions, values = found.checkpoint["channel_versions"], found.checkpoint["channel_values"]
        kept = {channel: (versions.get(channel), hidden) for channel, hidden in values.items()}
        self._remember(_ids(found.config)["checkpoint_ns"], kept)
        return shown

    async def alist(
        self,
        config: "RunnableConfig | None",
        *,
        filter: dict[str, Any] | None = None,
        before: "RunnableConfig | None" = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        for one in await self._shown(await self.bare(config, filter=filter, before=before, limit=limit)):
            yield one

    async def bare(self, config: "RunnableConfig | None" = None, **more: Any) -> list[CheckpointTuple]:
        """The checkpoints with references for their texts, newest first; of the outermost graph without a config."""
        own = self._own(config or {"configurable": {}})
        with self._told("read"):
            return [one async for one in self.inner.alist(own, **more)]

    async def adelete_thread(self, thread_id: str) -> None:
        self._held()
        with self._told("written"):
            await self.inner.adelete_thread(thread_id)

    def get_next_version(self, current: str | None, channel: None) -> str:
        return self.inner.get_next_version(current, channel)

    def _own(self, config: "RunnableConfig") -> "RunnableConfig":
        """The ids of a config and nothing else: LangGraph stores what else it finds in one."""
        given = _ids(config)
        own = {"thread_id": self.thread_id, "checkpoint_ns": given.get("checkpoint_ns", "")}
        if given.get("checkpoint_id"):
            own["checkpoint_id"] = given["checkpoint_id"]
        return {"configurable": own}

    def _held(self) -> None:
        if self.lost():
            hint = f"Look at it with: antiphon runs show {self.words.run}"
            raise RunLost("another process has taken the run over", at=self.words.run, hint=hint)

    async def _prepared(self) -> None:
        """What was said stands in the timeline by then, so that the state refers to it and needs no copy of its own."""
        if self.before is not None:
            with self._told("written"):
                await self.before()

    async def _keep(self) -> None:
        self._held()
        await self.words.keep()
        self._held()

    def _hidden(self, namespace: str, checkpoint: Checkpoint) -> dict[str, Any]:
        """The channels with references; one that has not changed since the last time is not gone through again."""
        before, now = self._last.pop(namespace, {}), {}
        for channel, value in checkpoint["channel_values"].items():
            version = checkpoint["channel_versions"].get(channel)
            kept = before.get(channel)
            unchanged = kept is not None and kept[0] == version
            now[channel] = kept if kept and unchanged else (version, self.words.hide(value, channel))
        self._remember(namespace, now)
        return {channel: hidden for channel, (_, hidden) in now.items()}

    def _remember(self, namespace: str, channels: dict[str, tuple[Any, Any]]) -> None:
        self._last[namespace] = channels
        if len(self._last) > _NAMESPACES:
            del self._last[next(iter(self._last))]

    def _write(self, channel: str, value: Any) -> Any:
        if channel == ERROR:  # what it says may quote a person
            return type(value).__name__ if isinstance(value, BaseException) else "Exception"
        return self.words.hide(value, channel)

    async def _shown(self, found: list[CheckpointTuple]) -> list[CheckpointTuple]:
        values = [[one.checkpoint["channel_values"], [write[2] for write in one.pending_writes or ()]] for one in found]
        with self._told("read"):
            shown = await self.words.show(values)
        return [_with(one, channels, writes) for one, (channels, writes) in zip(found, shown, strict=True)]

    @contextmanager
    def _told(self, done: str) -> Iterator[None]:
        where = self.store.where
        try:
            yield
        except StorageError as error:
            raise _not_kept(error) from error
        except AntiphonError:
            raise
        except sqlite3.Error as error:
            raise _not_kept(storage_error(error, Path(where))) from error
        except Exception as error:
            if type(error).__module__.startswith("psycopg"):
                raise _not_kept(_no_server(error, str(where))) from error
            problem = f"a checkpoint of the run {self.words.run} cannot be {done}: {_first_line(error)}"
            hint = "It is damaged: fork the run at an earlier one" if done == "read" else "Try again"
            raise StateNotKept(problem, hint=hint) from error


def _not_kept(error: StorageError) -> StateNotKept:
    return StateNotKept(error.problem, at=error.at, hint=error.hint)


def _ids(config: "RunnableConfig") -> Mapping[str, Any]:
    return config.get("configurable") or {}


def _with(found: CheckpointTuple, channels: dict[str, Any], writes: list[Any]) -> CheckpointTuple:
    pending = [
        (task, channel, value) for (task, channel, _), value in zip(found.pending_writes or (), writes, strict=True)
    ]
    checkpoint = cast(Checkpoint, {**found.checkpoint, "channel_values": channels})
    return found._replace(checkpoint=checkpoint, pending_writes=pending)


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__


@asynccontextmanager
async def open_checkpoints(where: Path | str, timeline: "Timeline") -> AsyncIterator[CheckpointStore]:
    """Open the checkpoints of all runs for the time of a block; the tables are made where they are missing.

    Args:
        where: The path of a SQLite file, or `postgresql://user@host/name`.
    Raises:
        MissingExtra: it is Postgres, and its packages are not installed.
        StorageError: it cannot be opened.
    """
    is_url = isinstance(where, str) and "://" in where
    opened = _postgres(str(where)) if is_url else _sqlite(Path(where))
    async with opened as saver:
        yield CheckpointStore(saver, timeline, where)


@asynccontextmanager
async def _sqlite(path: Path) -> "AsyncIterator[Callable[[], Saver]]":
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    async with open_connection(path) as connection:
        connection.isolation_level = "DEFERRED"  # the writes of one task are stored together, or none
        saver = AsyncSqliteSaver(connection, serde=PlainData())
        try:
            await saver.setup()
        except sqlite3.Error as error:
            raise storage_error(error, path) from error
        yield lambda: saver


@asynccontextmanager
async def _postgres(url: str) -> "AsyncIterator[Callable[[], Saver]]":
    try:
        import psycopg
        from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
        from psycopg.rows import dict_row
        from psycopg_pool import AsyncConnectionPool
    except ImportError as error:  # also without libpq
        raise missing("a Postgres database", error.name or "psycopg[binary]", "postgres") from error
    settings: dict[str, Any] = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    try:
        made = await psycopg.AsyncConnection.connect(url, connect_timeout=_CONNECT_S, **settings)
        async with cast("AsyncConnection[dict[str, Any]]", made) as connection:
            await _set_up(connection)
    except psycopg.Error as error:
        raise _no_server(error, url) from error
    pool: AsyncConnectionPool[AsyncConnection[dict[str, Any]]]
    pool = AsyncConnectionPool(url, min_size=0, max_size=CONNECTIONS, kwargs=settings, open=False)
    async with pool:
        # A saver does one thing at a time, whatever its pool has (langgraph issue 7259), so each run has its own.
        yield lambda: AsyncPostgresSaver(pool, serde=PlainData())


async def _set_up(connection: "AsyncConnection[dict[str, Any]]") -> None:
    """Make the tables; of several processes that start at once one does, and the others find them made.

    They ask for the lock again and again: one that waited for it would hold up the building of an index, which waits
    for everybody else.
    """
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver

    mine = False
    while not mine:
        found = await connection.execute("SELECT pg_try_advisory_lock(%s) AS mine", (_SETUP_LOCK,))
        mine = bool(cast(dict[str, Any], await found.fetchone())["mine"])
        await asyncio.sleep(0 if mine else 0.05)
    await AsyncPostgresSaver(connection).setup()  # the lock ends with the connection


def _no_server(error: Exception, url: str) -> StorageError:
    hint = "See whether the server runs, and whether storage.url in app.yaml names it"
    return StorageError(f"the checkpoints are out of reach: {_first_line(error)}", at=_shown(url), hint=hint)


def _shown(url: str) -> str:
    """A URL without its password."""
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(url)
    return f"postgresql://{parts.get('host', '')}/{parts.get('dbname', '')}"
