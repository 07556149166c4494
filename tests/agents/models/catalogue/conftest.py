"""A hub that misbehaves to order, and wheels built here."""

import hashlib
import random
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from antiphon.agents.models.catalogue.entries import Entry
from antiphon.agents.models.catalogue.progress import Step

DATA = random.Random(7).randbytes(600_000)
"""What the model files of these tests are cut from."""


class Hub:
    """Serves `files` by their name, with ranges; each request takes the next of `tricks`, then behaves.

    Tricks: "drop" closes half way; "hang" goes silent half way; "no range" sends everything with 200; "wrong"
    flips two bytes; "html" sends a page; "short" promises less; "elsewhere" redirects; a number is a status.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.tricks: list[str | int] = []
        self.asked: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.url = ""

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        span = to.headers.get("Range", "bytes=0-")
        self.asked.append((to.path, span))
        self.headers.append({key.lower(): value for key, value in to.headers.items()})
        trick = self.tricks.pop(0) if self.tricks else ""
        data = self.files.get(to.path.rsplit("/", 1)[-1])
        if isinstance(trick, int) or data is None:
            return self.send(to, trick if isinstance(trick, int) else 404, b"no", {})
        if trick == "elsewhere":  # the hub sends big files on to another host
            return self.send(to, 302, b"", {"Location": self.url.replace("127.0.0.1", "localhost") + to.path})
        if trick == "html":
            return self.send(to, 200, b"<html>Please log in</html>", {"Content-Type": "text/html; charset=utf-8"})
        if trick == "short":
            return self.send(to, 200, data[:100], {})
        if trick == "wrong":
            data = bytes([data[0] ^ 1]) + data[1:-1] + bytes([data[-1] ^ 1])
        start = 0 if trick == "no range" else int(span.removeprefix("bytes=").removesuffix("-"))
        headers = {} if trick == "no range" else {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}
        return self.send(to, 200 if trick == "no range" else 206, data[start:], headers, str(trick))

    def send(
        self, to: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str], trick: str = ""
    ) -> None:
        to.send_response(status)
        for key, value in {"Content-Length": str(len(body)), **headers}.items():
            to.send_header(key, value)
        to.end_headers()
        half = len(body) // 2 if trick in ("drop", "hang") else len(body)
        to.wfile.write(body[:half])
        to.wfile.flush()
        if trick == "hang":
            time.sleep(0.6)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub on this machine, named by HF_ENDPOINT."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                hub.answer(self)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    yield hub
    server.shutdown()
    server.server_close()
    thread.join()


class Notes:
    """Remembers every step it is told."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def report(self, step: Step) -> None:
        self.steps.append(step)

    @property
    def said(self) -> str:
        return "\n".join(step.note for step in self.steps if step.note)


@pytest.fixture
def notes() -> Notes:
    return Notes()


def pinned(name: str, data: bytes, cuts: tuple[int, ...] = ()) -> dict[str, Any]:
    """A file as the catalogue lists it; with `cuts`, its parts are in the wheels tiny-part1, tiny-part2."""
    ends = [*cuts, len(data)] if cuts else []
    starts = [0, *cuts]
    return {
        "name": name,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "parts": [
            {"wheel": f"tiny-part{n}==1.0", "member": f"tiny_part{n}/data/{name}", "bytes": end - start}
            for n, (start, end) in enumerate(zip(starts, ends, strict=False), 1)
        ],
    }


@pytest.fixture(name="data")
def data_() -> bytes:
    return DATA


@pytest.fixture(name="pinned")
def pinned_() -> Callable[..., dict[str, Any]]:
    return pinned


def make_entry(*files: dict[str, Any]) -> Entry:
    """A model called tiny."""
    hub = {"repo": "some/tiny", "revision": "main"}
    return Entry.model_validate(
        {
            "name": "tiny",
            "role": "chat",
            "what": "a test",
            "licence": "MIT",
            "hub": hub,
            "tried": False,
            "files": files,
        }
    )


@pytest.fixture(name="make_entry")
def make_entry_() -> Callable[..., Entry]:
    return make_entry


def build_wheel(folder: Path, name: str, members: dict[str, bytes], version: str = "1.0") -> Path:
    """A wheel that pip takes (PyPA's binary distribution format)."""
    normal = name.replace("-", "_")
    info = f"{normal}-{version}.dist-info"
    texts = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    path = folder / f"{normal}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in {**members, **{name: text.encode() for name, text in texts.items()}}.items():
            archive.writestr(member, data)
    return path


@pytest.fixture(name="build_wheel")
def build_wheel_() -> Callable[..., Path]:
    return build_wheel


@pytest.fixture
def wheelhouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where pip finds wheels, and nowhere else."""
    folder = tmp_path / "wheelhouse"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder
