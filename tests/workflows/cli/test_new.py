"""`antiphon new`: each project is right as it is made."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from antiphon.agents.roles.types import App
from antiphon.tools.base.checked import checked
from antiphon.tools.base.yaml_reading import read_yaml
from antiphon.workflows.cli.validate import validate
from antiphon.workflows.spec.reading import check_workflow
from antiphon.workflows.templates.making import LANGUAGES, TEMPLATES
from antiphon.workflows.workflow import known

Antiphon = Callable[..., Any]
EVERY = [(template, language) for template in TEMPLATES for language in LANGUAGES]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tests_of_every_project_pass(antiphon: Antiphon, folder: Path, language: str) -> None:
    for template in TEMPLATES:
        antiphon("new", f"my-{template}", "--template", template, "--language", language)
    called = antiphon("test", "--json", "--python", "my-tool/tools.py")
    told = json.loads(called.out)
    assert (called.status, told["passed"], told["skipped"]) == (0, 7, 0), called.out


@pytest.mark.parametrize(("template", "language"), EVERY)
def test_a_project_has_no_warning(antiphon: Antiphon, folder: Path, template: str, language: str) -> None:
    antiphon("new", "my-first", "--template", template, "--language", language)
    own = ["--python", "my-first/tools.py"] if template == "tool" else []
    told = CliRunner().invoke(validate, ["my-first/workflow.yaml", "my-first/app.yaml", "--strict", *own])
    assert (told.exit_code, told.output.count("good")) == (0, 2), told.output


def test_a_project_has_its_name(antiphon: Antiphon, folder: Path) -> None:
    antiphon("new", "my-first")
    source, _ = check_workflow(folder / "my-first" / "workflow.yaml", known())
    assert source is not None
    assert (source.spec.name, (folder / "my-first" / "README.md").read_text("utf-8")[:11]) == (
        "my_first",
        "# my-first\n",
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_app_is_right(antiphon: Antiphon, folder: Path, language: str) -> None:
    antiphon("new", "my-first", "--language", language)
    assert checked(read_yaml(folder / "my-first" / "app.yaml"), App).models.chat.model == "qwen2.5-coder-1.5b"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_nothing_of_a_template_is_left(antiphon: Antiphon, folder: Path, template: str, language: str) -> None:
    antiphon("new", "my-first", "--template", template, "--language", language)
    texts = {path.name: path.read_text("utf-8") for path in (folder / "my-first").rglob("*") if path.is_file()}
    assert {name for name, text in texts.items() if "PROJECT" in text or "project_name" in text} == set()


@pytest.mark.parametrize("name", ["My-First", "1st", "my first", "项目", "-x"])
def test_a_bad_name_is_refused(antiphon: Antiphon, folder: Path, name: str) -> None:
    called = antiphon("new", "--", name)
    assert (called.status, list(folder.iterdir())) == (2, [])


def test_a_folder_with_something_in_it_is_left_alone(antiphon: Antiphon, folder: Path) -> None:
    (folder / "my-first").mkdir()
    (folder / "my-first" / "notes.txt").write_text("mine", encoding="utf-8")
    called = antiphon("new", "my-first")
    assert (called.status, [path.name for path in folder.rglob("*")]) == (2, ["my-first", "notes.txt"])


def test_an_empty_folder_is_filled(antiphon: Antiphon, folder: Path) -> None:
    (folder / "my-first").mkdir()
    antiphon("new", "my-first")
    assert (folder / "my-first" / "workflow.yaml").is_file()


def test_the_folder_one_stands_in_is_filled(antiphon: Antiphon, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "my-first").mkdir()
    monkeypatch.chdir(folder / "my-first")
    antiphon("new", ".")
    assert [path.name for path in folder.iterdir()] == ["my-first"]
    assert (folder / "my-first" / "prompts" / "system.md").is_file()


def test_an_unknown_template_names_the_known_ones(antiphon: Antiphon, folder: Path) -> None:
    called = antiphon("new", "my-first", "--template", "chta")
    assert (called.status, "Did you mean 'chat'?" in called.err) == (2, True)


def test_the_templates_are_listed(antiphon: Antiphon) -> None:
    assert [line.split()[0] for line in antiphon("new", "--list").out.splitlines()] == [*TEMPLATES]


def test_the_next_steps_are_told(antiphon: Antiphon, folder: Path) -> None:
    assert "antiphon run workflow.yaml --python tools.py" in antiphon("new", "my-first", "--template", "tool").err
