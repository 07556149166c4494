"""`antiphon export`: between YAML and Python, from the command line."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "04_tool_and_function"
Antiphon = Callable[..., Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path / "example")
    return tmp_path / "example"


def test_a_workflow_goes_to_python_and_back(antiphon: Antiphon, folder: Path) -> None:
    yaml, python = folder / "workflow.yaml", folder / "flow.py"
    assert antiphon("export", yaml, "--to", "python", "--python", folder / "functions.py", "--out", python).status == 0
    assert antiphon("export", python, "--to", "yaml").out == antiphon("export", yaml, "--to", "yaml").out


def test_functions_that_nobody_gave_are_told(antiphon: Antiphon, folder: Path) -> None:
    assert "reads_the_same, letters_of" in antiphon("export", folder / "workflow.yaml").err


def test_a_ready_made_workflow_can_be_exported(antiphon: Antiphon) -> None:
    assert "child_tutor = workflow(\n" in antiphon("export", "child-tutor").out


def test_the_source_is_not_written_over(antiphon: Antiphon, folder: Path) -> None:
    called = antiphon("export", folder / "workflow.yaml", "--to", "yaml", "--out", folder / "workflow.yaml")
    assert (called.status, "the file that is read" in called.err) == (2, True)


def test_a_broken_file_is_told_and_nothing_is_written(antiphon: Antiphon, tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text("schema: workflow/v1\nname: a\nnods: {}\n", encoding="utf-8")
    called = antiphon("export", tmp_path / "w.yaml", "--out", tmp_path / "flow.py")
    assert (called.status, "E201" in called.err, (tmp_path / "flow.py").exists()) == (2, True, False)


@pytest.mark.parametrize("name", ["none.py", "none.yaml", "none"])
def test_what_is_not_there_is_told(antiphon: Antiphon, name: str) -> None:
    assert antiphon("export", name).status == 2
