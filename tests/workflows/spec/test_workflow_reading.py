"""A workflow file is checked before anything runs, and each complaint says where and what to do."""

import re
from pathlib import Path

import pytest

from antiphon.tools.base.errors import FileError, InputError
from antiphon.workflows.spec.reading import find, library, read_workflow
from antiphon.workflows.spec.templates import Template

GOOD = """\
schema: workflow/v1
name: echo
input:
  text: {type: string}
state:
  answer: {type: string}
  tries: {type: integer}
start: write
nodes:
  write:
    kind: llm
    prompt: {user: "Say {{ input.text }}"}
    into: answer
    next: show
  show:
    kind: speak
    follows: write
    route:
      - {when: "state.tries < 3", to: write}
      - {else: end}
"""


def complaints(tmp_path: Path, old: str, new: str) -> list[str]:
    """What is said of the good file with one thing changed, without the path."""
    assert old in GOOD
    file = tmp_path / "w.yaml"
    file.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(FileError) as caught:
        read_workflow(file, frozenset())
    return [str(problem).removeprefix(f"{file}:") for problem in caught.value.problems]


def test_a_good_file_has_no_problem(tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text(GOOD, encoding="utf-8")
    assert read_workflow(tmp_path / "w.yaml", frozenset()).spec.name == "echo"


@pytest.mark.parametrize("path", library().values(), ids=str)
def test_the_ready_made_workflows_have_no_problem(path: Path) -> None:
    assert read_workflow(path, frozenset({"find_exercise"})).spec.nodes


CASES = {
    "an unknown node": ("start: write", "start: wirte", "8:8: no node is called 'wirte'. Did you mean 'write'?"),
    "an unknown kind": ("kind: llm", "kind: llmm", "11:11: unknown kind 'llmm'. Did you mean 'llm'?"),
    "an unknown key": ("    into: answer", "    int: answer", "13:5: unknown key 'int'. Did you mean 'into'?"),
    "an unknown state field": (
        "state.tries < 3",
        "state.tires < 3",
        "19:16: nothing is called 'state.tires'. Did you mean 'state.tries'?",
    ),
    "a type that does not fit": (
        "state.tries < 3",
        "state.tries < 3.5",
        "'state.tries < 3.5': found no matching overload",
    ),
    "no condition": ("state.tries < 3", "state.tries", "'state.tries' is no condition: its type is int"),
    "no else": ("      - {else: end}\n", "", "this route has no else. Add a last line {else: node}."),
    "a wrong target of a result": (
        "into: answer",
        "into: anser",
        "13:11: no state field is called 'anser'. Did you mean 'answer'?",
    ),
    "no way on": ("    next: show\n", "", "10:3: 'nodes.write': a node needs either next or route"),
    "a follower that is not next": ("follows: write", "follows: show", "does not write text piece by piece"),
    "half an expression": (
        '{user: "Say {{ input.text }}"}',
        '{user: "x", language: "a ${input.text}"}',
        "must be the whole value",
    ),
    "no way to the end": ("{else: end}", "{else: write}", "no way leads to the end"),
}


@pytest.mark.parametrize(("old", "new", "said"), CASES.values(), ids=CASES.keys())
def test_a_mistake_is_named_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert any(said in complaint for complaint in complaints(tmp_path, old, new)), complaints(tmp_path, old, new)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    assert len(complaints(tmp_path, "start: write", "start: wirte\noutput: {x: '${state.y}', z: '${input.w}'}")) == 3


def test_a_node_that_nothing_leads_to_is_a_problem(tmp_path: Path) -> None:
    lonely = "  lonely: {kind: set, values: {tries: 1}, next: end}\n"
    assert complaints(tmp_path, "nodes:\n", f"nodes:\n{lonely}")[0].startswith("10:3: nothing leads to 'lonely'")


def test_a_ready_made_workflow_is_found_by_name() -> None:
    assert find("child-tutor") == find("child_tutor")


def test_an_unknown_workflow_is_an_input_error() -> None:
    with pytest.raises(InputError, match=r"there is no workflow 'child-tutr'. Did you mean 'child-tutor'?"):
        find("child-tutr")


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_workflow(tmp_path / "none.yaml", frozenset())


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("{{ state.answr }}", "nothing is called 'state.answr'. Did you mean 'answer'?"),
        ("{{ input.text.__class__.__mro__ }}", "the template failed: access to attribute '__class__'"),
        ("{% include 'secret.md' %}", "a template cannot read another file"),
        ("{{ 'a' * 1000000000 }}", "the template failed: * is not allowed in a prompt"),
        ("{{ 1 / 0 }}", "the template failed: division by zero"),
        ("{{ os.environ }}", "the template uses 'os'. It may use state, input and result."),
        ("{% if %}", "the template is wrong"),
    ],
)
def test_a_prompt_is_text_and_no_program(prompt: str, said: str) -> None:
    with pytest.raises((FileError, InputError), match=re.escape(said)):
        Template(prompt, "here", {"state": ["answer"], "input": ["text"]})({"state": {}, "input": {"text": "x"}})
