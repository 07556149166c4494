"""The command line in this process, and a chat server that answers from a list."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from antiphon.workflows.cli.main import main


@dataclass(frozen=True)
class Called:
    """What a command left behind."""

    status: int
    out: str
    err: str


@pytest.fixture
def antiphon(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Called]:
    """Call the command: `antiphon("run", "child-tutor")`."""

    def call(*arguments: object) -> Called:
        monkeypatch.setattr("sys.argv", ["antiphon", *map(str, arguments)])
        status = 0
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
        out, err = capsys.readouterr()
        return Called(status, out, err)

    return call


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
