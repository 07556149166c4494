"""--python, --profile and storage on the command line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from antiphon.tools.base.errors import InputError
from antiphon.workflows.loading import functions_from

Call = Callable[..., Any]

FILE = '''
"""Mine."""
from __future__ import annotations
from os.path import join
from beside_this_test import twice
from antiphon import tool

@tool(effects=True)
def send(text: str) -> str:
    """Send it."""
    return text

def add(a: int, b: int = 1) -> int:
    return twice(a) + b

def untyped(a):
    return a

def _hidden(a: int) -> int:
    return a

class Thing:
    pass
'''


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    (tmp_path / "beside_this_test.py").write_text("def twice(n: int) -> int:\n    return 2 * n\n")
    file = tmp_path / "mine.py"
    file.write_text(FILE)
    return file


def test_tools_and_typed_public_functions_of_a_file_are_found(mine: Path) -> None:
    tools, functions = functions_from([mine])
    assert {*tools} == {"send"}
    assert {*functions} == {"send", "add"}
    assert functions["send"].effects


async def test_a_function_sees_what_lies_beside_its_file(mine: Path) -> None:
    _, functions = functions_from([mine])
    assert await functions["add"](a="3") == 7


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = = 1\n", r"broken.py:1:5: the file failed: SyntaxError: invalid syntax"),
        ("\n\nraise ValueError('no')\n", r"broken.py:3: the file failed: ValueError: no"),
        ("import no_such_module_here\n", r"broken.py:1: the file failed: ModuleNotFoundError"),
        ("import sys\nsys.exit()\n", r"broken.py:2: the file failed: SystemExit"),
    ],
)
def test_a_file_that_fails_is_one_message_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "broken.py").write_text(text)
    with pytest.raises(InputError, match=said):
        functions_from([tmp_path / "broken.py"])


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none.py: there is no such Python file"):
        functions_from([tmp_path / "none.py"])


def test_two_of_the_same_name_are_told(mine: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    other.write_text("def add(a: int) -> int:\n    return a\n")
    with pytest.raises(InputError, match=r"other.py: 'add' is also in another file"):
        functions_from([mine, other])


WORKFLOW = """\
schema: workflow/v1
name: sums
input: {n: {type: integer}}
state: {sum: {type: integer}}
output: {answer: "${state.sum}"}
start: it
nodes:
  it: {kind: python, function: add, with: {a: "${input.n}"}, into: sum, next: end}
"""
APP = """\
schema: app/v1
models: {chat: {engine: embedded, model: none}}
profiles:
  work: {storage: {folder: kept}}
"""


@pytest.fixture
def sums(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.yaml").write_text(APP)
    (tmp_path / "workflow.yaml").write_text(WORKFLOW)
    return tmp_path / "workflow.yaml"


def test_a_workflow_calls_a_function_of_ones_own(antiphon: Call, sums: Path, mine: Path) -> None:
    called = antiphon("run", sums, "--python", mine, "--n", 3, "--json")
    assert called.status == 0
    assert '"answer": 7' in called.out


def test_without_the_file_the_function_is_not_there(antiphon: Call, sums: Path) -> None:
    called = antiphon("run", sums, "--n", 3)
    assert called.status == 2
    assert "'add'" in called.err


def test_help_after_a_workflow_knows_its_functions(antiphon: Call, sums: Path, mine: Path) -> None:
    called = antiphon("run", sums, "--python", mine, "--help")
    assert called.status == 0
    assert "--n INTEGER" in called.out


def test_an_unknown_profile_is_one_message(antiphon: Call, sums: Path, mine: Path) -> None:
    called = antiphon("run", sums, "--python", mine, "--n", 3, "--profile", "wrok")
    assert (called.status, called.err) == (
        2,
        "antiphon: app.yaml: there is no profile 'wrok'. Did you mean 'work'? Known: work.\n",
    )


KEEPS = """\
schema: workflow/v1
name: keeps
input: {text: {type: string}}
start: it
nodes:
  it: {kind: remember, from: "${input.text}", next: end}
"""


def test_a_profile_says_where_things_are_kept(
    antiphon: Call, sums: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sums.write_text(KEEPS)
    monkeypatch.setenv("ANTIPHON_PROFILE", "work")
    assert antiphon("run", sums, "--text", "likes kites").status == 0
    assert (tmp_path / "kept" / "notes.sqlite").is_file()
    assert "likes kites" in antiphon("memory", "list").out


ASKS = """\
schema: workflow/v1
name: asks
start: it
nodes:
  it: {kind: http, service: wether, next: end}
"""


def test_a_run_is_held_to_the_services_of_its_machine(antiphon: Call, sums: Path, tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text(APP + "services: {weather: {base_url: 'http://127.0.0.1:9'}}\n")
    sums.write_text(ASKS)
    called = antiphon("run", sums)
    assert called.status == 2
    assert "workflow.yaml:5:29: E306" in called.err
