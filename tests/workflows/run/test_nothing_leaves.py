"""Nothing of a run leaves the machine, whatever the environment says."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from antiphon import Workflow, run

FLOW = """\
schema: workflow/v1
name: greet
input: {text: {type: string}}
state: {answer: {type: string}}
output: {answer: "${state.answer}"}
start: greet
nodes:
  greet: {kind: set, values: {answer: "${'Hello ' + input.text}"}, next: end}
"""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What a server is sent that the environment names for the traces of LangChain."""
    paths: list[str] = []

    class Listening(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_GET = do_POST  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listening)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    for name in ("LANGSMITH", "LANGCHAIN"):
        monkeypatch.setenv(f"{name}_TRACING_V2", "true")
        monkeypatch.setenv(f"{name}_API_KEY", "a-key")
        monkeypatch.setenv(f"{name}_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    yield paths
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("durable", [False, True])
async def test_the_environment_alone_sends_no_run_anywhere(tmp_path: Path, asked: list[str], durable: bool) -> None:
    from langsmith import utils
    from langsmith.run_trees import get_cached_client

    (tmp_path / "workflow.yaml").write_text(FLOW, encoding="utf-8")
    forget: Any = utils.get_env_var
    forget.cache_clear()
    result = await run(Workflow.load(tmp_path), "Ada", durable=durable)
    get_cached_client().flush()
    forget.cache_clear()
    assert (result.answer, asked) == ("Hello Ada", [])
