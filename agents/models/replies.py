"""Replies of models kept in a file of this user's, by what was asked. Bounded: the longest unused go first."""

import hashlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ...tools.base.database import Database, Transaction, open_database
from .chat import ChatRequest, Reply, reply_of

MOST_BYTES = 200_000_000
"""Some hundred thousand replies without log-probabilities."""
_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS replies (
    key TEXT PRIMARY KEY,
    reply TEXT NOT NULL,
    alternatives BIGINT NOT NULL,
    seconds DOUBLE PRECISION NOT NULL,
    size BIGINT NOT NULL,
    used DOUBLE PRECISION NOT NULL
);
CREATE INDEX IF NOT EXISTS replies_by_use ON replies (used, size)
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A reply, and how many seconds it took when it was first asked for."""

    reply: Reply
    seconds: float


def file_of(data: Path) -> Path:
    """Where the replies lie in a data folder."""
    return data / "cache" / "replies.sqlite"


def forget(data: Path) -> bool:
    """Remove every kept reply; whether there were any.

    Raises:
        StorageError: the file cannot be removed.
    """
    from ...tools.base.writing import storage_errors

    path = file_of(data)
    there = path.exists()
    with storage_errors(path):
        for one in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
            one.unlink(missing_ok=True)
    return there


@asynccontextmanager
async def open_replies(data: Path, *, most_bytes: int = MOST_BYTES) -> AsyncIterator["Replies"]:
    """Open the file in a data folder, made if it is missing, for the time of a block.

    Args:
        most_bytes: At most so much text is kept.
    Raises:
        StorageError: it cannot be made, read or written, or another version made it.
    """
    async with open_database(file_of(data)) as database:
        await database.prepare(_SCHEMA, _VERSION)
        yield Replies(database, most_bytes)


@dataclass(frozen=True, slots=True)
class Replies:
    """The replies in one open database."""

    database: Database
    most_bytes: int = MOST_BYTES

    async def get(self, model: str, request: ChatRequest) -> Kept | None:
        """What a model replied before to the same request; None where that is not known."""
        async with self.database.transaction() as transaction:
            rows = await transaction.run(
                "UPDATE replies SET used = ? WHERE key = ? AND alternatives >= ? RETURNING reply, seconds",
                time.time(),
                key_of(model, request),
                request.top_logprobs,
            )
        return Kept(reply_of(json.loads(rows[0][0])), rows[0][1]) if rows else None

    async def put(self, model: str, request: ChatRequest, kept: Kept) -> None:
        """Keep a reply; of two to the same request the later counts."""
        text = json.dumps(asdict(kept.reply), ensure_ascii=False, separators=(",", ":"))
        size = len(text.encode(errors="replace"))
        async with self.database.transaction() as transaction:
            await transaction.run(
                "INSERT INTO replies (key, reply, alternatives, seconds, size, used) "
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET reply = excluded.reply, "
                "alternatives = excluded.alternatives, seconds = excluded.seconds, size = excluded.size, "
                "used = excluded.used",
                key_of(model, request),
                text,
                request.top_logprobs,
                kept.seconds,
                size,
                time.time(),
            )
            await self._bound(transaction)

    async def _bound(self, transaction: Transaction) -> None:
        over = (await transaction.run("SELECT coalesce(sum(size), 0) FROM replies"))[0][0] - self.most_bytes
        if over <= 0:
            return
        for key, size in await transaction.run("SELECT key, size FROM replies ORDER BY used, key"):
            await transaction.run("DELETE FROM replies WHERE key = ?", key)
            over -= size
            if over <= 0:
                return


def key_of(model: str, request: ChatRequest) -> str:
    """A digest of a model's name and all that is asked of it, but for what does not change the answer: how many
    alternatives of each token are told, and the seed where nothing is sampled."""
    asked: dict[str, Any] = {**asdict(request), "model": model}
    del asked["top_logprobs"]
    if not request.temperature:
        del asked["seed"]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
