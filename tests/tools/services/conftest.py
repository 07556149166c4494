"""A real HTTP server on this machine that answers as it is told, and remembers what it was asked."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest


@dataclass
class Served:
    """What the server answers to a path, and what it was asked.

    An answer is what becomes JSON, bytes as they are, or a function that is given the request's handler.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    address: str = ""
    stop: Event = field(default_factory=Event)


class _Handler(BaseHTTPRequestHandler):
    served: Served

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(length).decode()
        self.served.asked.append({"method": self.command, "path": self.path, "headers": headers, "body": body})
        answer = self.served.answers.get(self.path.partition("?")[0], {"path": self.path})
        if callable(answer):
            answer(self)
            return
        self.send(200, answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 - so http.server calls them

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""


@pytest.fixture
def served() -> Iterator[Served]:
    """A server; `served.answers["/path"] = ...` says what it answers."""
    served = Served()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"served": served}))
    server.daemon_threads = True
    served.address = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield served
    served.stop.set()
    server.shutdown()
    server.server_close()


def status(code: int, body: bytes = b"", **headers: str) -> Callable[[Any], None]:
    """An answer with this status."""

    def answer(handler: Any) -> None:
        handler.send(code, body, **headers)

    return answer
