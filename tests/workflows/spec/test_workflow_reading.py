"""A workflow file is found, read and checked: every problem at once, each with its place."""

from pathlib import Path

import pytest

from antiphon.tools.base.errors import FileError, InputError
from antiphon.workflows.spec.known import Known
from antiphon.workflows.spec.reading import find, library, read_workflow
from antiphon.workflows.workflow import known

GOOD = """\
schema: workflow/v1
name: echo
input:
  text: {type: string}
state:
  answer: {type: string}
  tries: {type: integer, reduce: add}
output: {answer: "${state.answer}"}
start: write
nodes:
  write:
    kind: llm
    prompt: {user: "Say {{ input.text }}"}
    into: {answer: "${result.text}", tries: 1}
    next: show
  show:
    kind: speak
    follows: write
    route:
      - {when: "state.tries < 3", to: write}
      - {else: end}
"""


def complaints(folder: Path, old: str, new: str) -> list[str]:
    """What is said of the good file with one thing changed, without the path."""
    assert old in GOOD
    file = folder / "w.yaml"
    file.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(FileError) as caught:
        read_workflow(file, Known())
    return [str(problem).removeprefix(f"{file}:") for problem in caught.value.problems]


def test_a_good_file_has_no_problem(tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text(GOOD, encoding="utf-8")
    assert read_workflow(tmp_path / "w.yaml", Known()).spec.name == "echo"


@pytest.mark.parametrize("path", library().values(), ids=[*library()])
def test_the_ready_made_workflows_have_no_problem(path: Path) -> None:
    assert read_workflow(path, known()).spec.nodes


CASES = {
    "an unknown node": (
        "start: write",
        "start: wirte",
        "9:8: E301 no node is called 'wirte' here. Did you mean 'write'?",
    ),
    "an unknown kind": ("kind: llm", "kind: llmm", "12:11: E204 unknown kind 'llmm'. Did you mean 'llm'?"),
    "an unknown key": ("    into: {answer", "    int: {answer", "14:5: E201 unknown key 'int'. Did you mean 'into'?"),
    "an unknown state field": (
        "state.tries < 3",
        "state.tires < 3",
        "20:17: E502 nothing is called 'state.tires'. Did you mean 'tries'?",
    ),
    "a type that does not fit": (
        "state.tries < 3",
        "state.tries < 3.5",
        "20:29: E503 '<' does not work on integer and",
    ),
    "no condition": ("state.tries < 3", "state.tries", "20:17: E504 'state.tries' is no condition: it is of the type"),
    "no else": ("      - {else: end}\n", "", "E405"),
    "a wrong target of a result": (
        '{answer: "${result',
        '{anser: "${result',
        "14:12: E302 no state field is called 'anser'",
    ),
    "half an expression": (
        '"Say {{ input.text }}"',
        '"x", language: "a ${input.text}"',
        "13:38: E505 an expression must be",
    ),
}


@pytest.mark.parametrize(("old", "new", "said"), CASES.values(), ids=CASES.keys())
def test_a_mistake_is_named_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert [one for one in complaints(tmp_path, old, new) if said in one]


def test_an_unknown_setting_is_held_against_its_own_strategy(tmp_path: Path) -> None:
    (told,) = complaints(tmp_path, "kind: llm\n", "kind: agent\n    plan: {strategy: react, max_step: 3}\n")
    assert told.startswith("13:29: E201 unknown key 'max_step'. Did you mean 'max_steps'? Known: ")


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    new = "start: wirte\nrecord: {x: '${state.y}', z: '${input.w + input.v}'}"
    assert len(complaints(tmp_path, "start: write", new)) == 4


def test_a_ready_made_workflow_is_found_by_name() -> None:
    assert find("child-tutor") == find("child_tutor")


def test_an_unknown_workflow_is_an_input_error() -> None:
    with pytest.raises(InputError, match=r"there is no workflow 'child-tutr'. Did you mean 'child-tutor'?"):
        find("child-tutr")


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_workflow(tmp_path / "none.yaml", Known())
