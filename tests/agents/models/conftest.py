"""A model server that misbehaves to order."""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

Act = bytes | float
"""Bytes to send, or seconds to wait; after the last act the connection is closed."""


def head(status: str = "200 OK", kind: str = "text/event-stream", extra: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nConnection: close\r\n{extra}\r\n".encode()


def event(data: Any) -> bytes:
    return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"


def text(piece: str, finish: str | None = None) -> bytes:
    return event({"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": finish}]})


DONE = b"data: [DONE]\n\n"
GOOD = [head(), text("Hello"), text("", "stop"), DONE]


class Server:
    """Plays one list of acts for each request, the last again and again; remembers what was sent."""

    def __init__(self, plays: Sequence[Sequence[Act]]) -> None:
        self.plays = plays
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self.base_url = ""
        self.left_early = asyncio.Event()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            raw = (await reader.readuntil(b"\r\n\r\n")).decode()
            line, *lines = raw.strip().split("\r\n")
            headers = {key.lower(): value for key, _, value in (item.partition(": ") for item in lines)}
            sent = await reader.readexactly(int(headers.get("content-length", 0)))
            self.requests.append((line, headers, json.loads(sent) if sent else None))
            await self.play(self.plays[min(len(self.requests), len(self.plays)) - 1], reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.left_early.set()
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def play(self, acts: Sequence[Act], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for act in acts:
            if isinstance(act, bytes):
                writer.write(act)
                await writer.drain()
                continue
            with contextlib.suppress(TimeoutError):
                if await asyncio.wait_for(reader.read(1), act) == b"":
                    self.left_early.set()
                    return


@asynccontextmanager
async def _serving(*plays: Sequence[Act]) -> AsyncIterator[Server]:
    server = Server(plays)
    listening = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    server.base_url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
    try:
        yield server
    finally:
        listening.close()


@pytest.fixture(scope="session")
def model_folder(pytestconfig: pytest.Config) -> Path:
    """Where the small pinned models lie."""
    return Path(os.environ.get("ANTIPHON_TEST_MODELS", pytestconfig.rootpath / ".cache" / "models"))


@pytest.fixture
def serving() -> Callable[..., Any]:
    """`async with serving([act, ...], ...) as server`: one list of acts for each request."""
    return _serving


@pytest.fixture
def say() -> Any:
    """The building blocks of what a server says."""
    from types import SimpleNamespace

    return SimpleNamespace(head=head, event=event, text=text, DONE=DONE, GOOD=GOOD)
