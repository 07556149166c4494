"""`antiphon schema`: what it accepts, what it refuses, and how it gets to the editor."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from antiphon.tools.base.yaml_reading import parse_yaml, read_yaml
from antiphon.workflows.export.schemas import FILES, schema_of

ROOT = Path(__file__).parents[3]
Antiphon = Callable[..., Any]
WORKFLOWS = sorted(
    path
    for folder in ("examples", "workflows/library", "workflows/templates")
    for path in (ROOT / folder).rglob("*.yaml")
    if path.read_text(encoding="utf-8").find("schema: workflow/v1") >= 0
)
APPS = [ROOT / "agents" / "roles" / "default.yaml", *(ROOT / "workflows" / "templates").rglob("app.yaml")]
NODE = "schema: workflow/v1\nname: a\nstart: x\nnodes:\n  x: "


def complaints(file: str, value: Any) -> list[str]:
    """Where the schema finds something wrong."""
    return [error.json_path for error in Draft202012Validator(schema_of(file)).iter_errors(value)]


@pytest.mark.parametrize("file", FILES)
def test_it_is_a_json_schema(file: str) -> None:
    Draft202012Validator.check_schema(schema_of(file))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: str(path.relative_to(ROOT)))
def test_our_workflows_fit(path: Path) -> None:
    assert complaints("workflow", read_yaml(path).value) == []


@pytest.mark.parametrize("path", APPS, ids=lambda path: str(path.relative_to(ROOT)))
def test_our_apps_fit(path: Path) -> None:
    assert complaints("app", read_yaml(path).value) == []


@pytest.mark.parametrize(
    ("node", "where"),
    [
        ("{kind: speak, from: hi, next: end}", []),
        ("{kind: speek}", ["$.nodes.x.kind"]),
        ("{from: hi}", ["$.nodes.x"]),
        ("{kind: speak, form: hi}", ["$.nodes.x"]),
        ("{kind: speak, labels: {a: b, c: d}}", ["$.nodes.x"]),
        ("{kind: llm}", ["$.nodes.x"]),
        ("{kind: llm, prompt: {usr: x}}", ["$.nodes.x.prompt"]),
        ("{kind: llm, prompt: {user: x}, max_tokens: many}", ["$.nodes.x.max_tokens"]),
        ("{kind: llm, prompt: {user: x}, temperature: 3}", ["$.nodes.x.temperature"]),
        ("{kind: set, values: {A: 1}}", ["$.nodes.x.values"]),
        ("{kind: loop, max: 3, start: y, nodes: {y: {kind: speek}}}", ["$.nodes.x.nodes.y.kind"]),
    ],
)
def test_typical_mistakes_do_not_fit(node: str, where: list[str]) -> None:
    assert complaints("workflow", parse_yaml(NODE + node + "\n", Path("w.yaml")).value) == where


def test_a_mistake_in_an_app_does_not_fit() -> None:
    assert complaints("app", {"schema": "app/v1", "models": {"chat": {"engine": "embeded", "model": "m"}}}) != []


def test_it_is_printed_or_written(antiphon: Antiphon, tmp_path: Path) -> None:
    antiphon("schema", "app", "--out", tmp_path / "app.json")
    assert json.loads(antiphon("schema", "app").out) == json.loads((tmp_path / "app.json").read_text("utf-8"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a workflow in a folder of its own, an app with Windows line ends, and another language's line."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "workflow.yaml").write_bytes(b"# About it.\nschema: workflow/v1\nname: a\n")
    (tmp_path / "app.yaml").write_bytes(b"\xef\xbb\xbfschema: app/v1\r\nmodels: {}\r\n")
    (tmp_path / "own.yaml").write_bytes(b"# yaml-language-server: $schema=own.json\nschema: workflow/v1\n")
    (tmp_path / "other.yaml").write_bytes(b"name: something else\n")
    return tmp_path


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_editors_find_the_schema_by_one_line(antiphon: Antiphon, project: Path) -> None:
    before = files(project)
    antiphon("schema", "--install")
    mark = b"# yaml-language-server: $schema="
    assert files(project) == before | {
        "workflow.yaml": mark + b"../.antiphon/schema/workflow.json\n" + before["workflow.yaml"],
        "app.yaml": b"\xef\xbb\xbf" + mark + b".antiphon/schema/app.json\r\n" + before["app.yaml"][3:],
        "workflow.json": files(project)["workflow.json"],
        "app.json": files(project)["app.json"],
        "test.json": files(project)["test.json"],
    }


def test_installing_again_changes_nothing(antiphon: Antiphon, project: Path) -> None:
    antiphon("schema", "--install")
    before = files(project)
    called = antiphon("schema", "--install")
    assert (files(project) == before, called.err.count("up to date"), called.err.count("already")) == (True, 3, 3)


def test_a_folder_that_cannot_be_written_to_is_told(antiphon: Antiphon, project: Path) -> None:
    (project / ".antiphon").write_text("", encoding="utf-8")
    assert antiphon("schema", "--install").status == 2


def test_the_schema_needs_no_engine() -> None:
    code = "import sys; from antiphon.workflows.export.schemas import schema_of; schema_of('workflow'); "
    code += "print([m for m in ('langgraph', 'openai', 'numpy', 'httpx2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
