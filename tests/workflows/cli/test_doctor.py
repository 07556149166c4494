"""The doctor says what is missing with its way out, and binds `chat` to a server that runs."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from antiphon.workflows.cli.main import antiphon


class Ollama(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        models = {"object": "list", "data": [{"id": "nomic-embed-text:latest"}, {"id": "qwen3:8b"}]}
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(models).encode())

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def ollama(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Something that lists models as Ollama does, where OLLAMA_HOST says."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Ollama) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        address = f"127.0.0.1:{server.server_address[1]}"
        monkeypatch.setenv("OLLAMA_HOST", address)
        yield f"http://{address}/v1"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")


def doctor(*arguments: str, answer: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(antiphon, ["doctor", *arguments], input=answer)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def test_a_missing_model_comes_with_its_size_and_command(own_home: Path) -> None:
    (own_home / "models").unlink(missing_ok=True)
    status, said = doctor("--json")
    missing = {check["name"]: check for check in json.loads(said)["checks"] if check["state"] == "missing"}
    assert status == 1
    assert missing["model qwen2.5-coder-1.5b"]["said"] == "not here; the download is 1,117 MB"
    assert missing["model qwen2.5-coder-1.5b"]["way_out"] == "antiphon models pull qwen2.5-coder-1.5b"


def test_an_endpoint_that_is_gone_comes_with_the_way_out(tmp_path: Path) -> None:
    Path("app.yaml").write_text(
        "schema: app/v1\nmodels:\n  chat: {engine: openai, base_url: http://127.0.0.1:9/v1, model: m}\n"
    )
    status, said = doctor()
    assert status == 1
    assert "nothing answers there" in said
    assert "antiphon doctor --fix" in said


def test_a_server_that_runs_is_seen(ollama: str) -> None:
    assert f"runs at {ollama}: qwen3:8b" in doctor()[1]


def test_fix_binds_chat_to_what_runs_and_keeps_the_old_file(ollama: str, own_home: Path) -> None:
    mine = own_home / "app.yaml"
    mine.write_text(
        "schema: app/v1\nmodels:\n  chat: {engine: embedded, model: a}\n  speak: {engine: auto, speed: 1.5}\n"
    )
    before = mine.read_text()
    status, said = doctor("--fix", "--yes")
    assert status == 0
    assert "-  chat: {engine: embedded, model: a}" in said
    assert mine.read_text() == before.replace(
        "chat: {engine: embedded, model: a}",
        f'chat: {{ engine: "openai", base_url: "{ollama}", model: "qwen3:8b" }}',
    )
    assert mine.with_name("app.yaml.bak").read_text() == before


def test_fix_writes_nothing_without_a_yes(ollama: str, own_home: Path) -> None:
    doctor("--fix", answer="n\n")
    assert not (own_home / "app.yaml").exists()


def test_fix_makes_a_first_file_that_can_be_read(ollama: str, own_home: Path) -> None:
    doctor("--fix", answer="y\n")
    said = doctor("--json")[1]
    assert str(own_home / "app.yaml") in said
    assert "qwen3:8b" in said


def test_serve_model_says_that_nothing_runs() -> None:
    result = CliRunner().invoke(antiphon, ["serve-model", "status"])
    assert result.stdout.startswith("No embedded server runs.")


def test_what_holds_code_is_found_out_by_trying() -> None:
    checks = {check["name"]: check for check in json.loads(doctor("--json")[1])["checks"]}
    assert checks["code interpreter"]["said"].startswith("level kernel, held by")
    assert {"code: namespaces", "code: landlock", "code: process"} < set(checks)
