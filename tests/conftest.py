"""No test reaches the network, none sees this user's files, and a model that is missing skips or fails its test."""

import json
import os
import signal
import socket
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from .postgres_server import postgres_server, postgres_url  # noqa: F401  (fixtures)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # a job in the background of a script ignores it, and so would every process that a test starts and interrupts
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"
MODELS = Path(os.environ.get("ANTIPHON_TEST_MODELS", ROOT / ".cache" / "models"))
"""Where `make test` puts the small pinned models."""


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this machine may be reached, by us and by what our child processes honour."""
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(str(address[0])):
            raise PermissionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    for name, value in {"HF_HUB_OFFLINE": "1", "PIP_NO_INDEX": "1"}.items():
        monkeypatch.setenv(name, value)


def is_loopback(host: str) -> bool:
    return host.startswith("127.") or host in ("::1", "localhost")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of this test's own, in which the small pinned models lie."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("ANTIPHON_HOME", str(home))
    for name in ("ANTIPHON_APP", "ANTIPHON_PROFILE"):
        monkeypatch.setenv(name, "")  # so that what a command sets in the test is undone with it
        monkeypatch.delenv(name)
    if MODELS.is_dir():
        (home / "models").symlink_to(MODELS)
    return home


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On a laptop a test whose model is missing is skipped; in CI it runs, and so it fails."""
    for item in items:
        for mark in item.iter_markers("model"):
            name = mark.args[0]
            if not (MODELS / name).is_dir() and os.environ.get("CI") != "true":
                item.add_marker(pytest.mark.skip(reason=f"needs the model {name}: run `make test`"))


@pytest.fixture(scope="session")
def speech() -> Path:
    """The folder of recordings; a copy of those a test needs is in the repository."""
    return ROOT / "tests" / "data" / "speech"


class _Answering(BaseHTTPRequestHandler):
    answers: list[str]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for word in self.answers.pop(0).split(" "):
            self._send({"choices": [{"index": 0, "delta": {"content": f"{word} "}, "finish_reason": None}]})
        self._send({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self.wfile.write(b"data: [DONE]\n\n")

    def _send(self, chunk: Any) -> None:
        self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""


@pytest.fixture
def app_answering(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Make an app.yaml whose chat model gives these answers, one for each request."""
    servers: list[ThreadingHTTPServer] = []

    def make(*answers: str) -> Path:
        handler = type("Handler", (_Answering,), {"answers": list(answers)})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        app = tmp_path / "answering.yaml"
        endpoint = f'{{engine: openai, base_url: "http://127.0.0.1:{server.server_port}/v1", model: scripted}}'
        app.write_text(f"schema: app/v1\nmodels:\n  chat: {endpoint}\n", encoding="utf-8")
        return app

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()
