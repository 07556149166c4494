"""A web server that misbehaves to order, and an internet that leads to it."""

import asyncio
import contextlib
import gzip
import json
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

Act = bytes | float | tuple[bytes, float] | asyncio.Event
"""Bytes to send; seconds to wait; bytes to send for ever, and the seconds between; or what to wait for."""


def head(status: str = "200 OK", kind: str = "application/json", extra: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nConnection: close\r\n{extra}\r\n".encode()


def answer(data: Any, status: str = "200 OK", extra: str = "") -> list[Act]:
    return [head(status, extra=extra), json.dumps(data).encode()]


def to(address: str) -> list[Act]:
    return [head("302 Found", extra=f"Location: {address}\r\n")]


def pages(*rows: dict[str, Any]) -> list[Act]:
    """An answer of MediaWiki."""
    listed = [{"pageid": n, "index": n, "fullurl": f"https://wiki.example/{n}", **row} for n, row in enumerate(rows, 1)]
    return answer({"batchcomplete": True, "query": {"pages": listed}})


def results(*rows: Any) -> list[Act]:
    """An answer of SearXNG."""
    return answer({"query": "moon", "results": list(rows)})


class Server:
    """Plays one list of acts for each request, the last again and again; remembers what was asked."""

    def __init__(self, plays: Sequence[Sequence[Act]]) -> None:
        self.plays = plays
        self.asked: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.port = 0
        self.left = asyncio.Event()
        self.came = asyncio.Event()
        self.tasks: set[asyncio.Task[Any]] = set()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            first = await reader.readexactly(1)
            if first == b"\x16":  # a TLS handshake
                await self.play(head("400 Bad Request"), reader, writer)
                return
            line, *lines = (first + await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
            query = parse_qs(urlsplit(line.split()[1]).query)
            self.asked.append({name: values[0] for name, values in query.items()})
            self.headers.append({key.lower(): value for key, _, value in (item.partition(": ") for item in lines)})
            self.came.set()
            for act in self.plays[min(len(self.asked), len(self.plays)) - 1]:
                await self.play(act, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.left.set()
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def play(self, act: Act, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if isinstance(act, tuple):
            while True:
                await self.play(act[0], reader, writer)
                await self.play(act[1], reader, writer)
        elif isinstance(act, asyncio.Event):
            await act.wait()
        elif isinstance(act, bytes):
            writer.write(act)
            await writer.drain()
        else:
            with contextlib.suppress(TimeoutError):
                if await asyncio.wait_for(reader.read(1), act) == b"":
                    raise ConnectionError


@asynccontextmanager
async def _serving(*plays: Sequence[Act]) -> AsyncIterator[Server]:
    server = Server(plays)
    listening = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        if server.tasks:
            await asyncio.wait(server.tasks, timeout=1)


@pytest.fixture
def serving() -> Callable[..., Any]:
    """`async with serving([act, ...], ...) as server`: one list of acts for each request."""
    return _serving


@pytest.fixture
def say() -> Any:
    """The building blocks of what a server says."""
    return SimpleNamespace(head=head, answer=answer, to=to, pages=pages, results=results, gzip=gzip.compress)


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Callable[[Server], None]:
    """Names that end in .example lead to addresses of the internet, and these to a local server."""
    resolve, connect = socket.getaddrinfo, socket.socket.connect
    outside = "93.184.216.34"

    def lead_to(server: Server) -> None:
        def fake_resolve(host: Any, port: Any, *more: Any, **named: Any) -> Any:
            name = host.decode() if isinstance(host, bytes) else host
            return resolve(outside if name.endswith(".example") else host, port, *more, **named)

        def fake_connect(self: socket.socket, address: Any) -> None:
            connect(self, ("127.0.0.1", server.port) if address[0] == outside else address)

        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.lower(), raising=False)
        monkeypatch.setattr(socket, "getaddrinfo", fake_resolve)
        monkeypatch.setattr(socket.socket, "connect", fake_connect)

    return lead_to
