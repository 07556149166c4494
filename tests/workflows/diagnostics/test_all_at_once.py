"""What is wrong with the shape of a part hides nothing that is wrong elsewhere, and makes up no complaint."""

from pathlib import Path

import pytest

from antiphon.workflows.spec.known import Known
from antiphon.workflows.spec.reading import check_text

FILE = """\
schema: workflow/v1
name: w
input: {text: {type: string}}
state: {answer: {type: string}, tries: {type: integer, default: 0}}
output: {answer: "${state.answer}"}
start: write
nodes:
  write: {kind: llm, prompt: {user: "{{ input.text }}"}, into: answer, next: show}
  show:
    kind: speak
    from: "${state.answer}"
    route:
      - {when: "state.tries < 3", to: write}
      - {else: end}
"""


def told(*changes: tuple[str, str]) -> list[str]:
    """Line and code of each complaint about the file with some things changed."""
    text = FILE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return [f"{one.at.split(':')[1]} {one.code}" for one in check_text(text, Path("f.yaml"), Known())[1]]


def test_the_file_is_good_as_it_is() -> None:
    assert told() == []


UNKNOWN_NAME = ("state.tries < 3", "state.tires < 3")
TOGETHER = {
    "an unknown key of another node": (("into: answer", "int: answer"), ["8 E201", "13 E502"]),
    "an unknown key of the file": (("name: w", "name: w\ntitel: W"), ["3 E201", "14 E502"]),
    "a key that is there twice": (("name: w", "name: w\nname: v"), ["3 E102", "14 E502"]),
    "a name that is missing": (("name: w\n", ""), ["1 E202", "12 E502"]),
    "a wrong limit": (("start: write", "start: write\nlimits: {steps: 0}"), ["7 E203", "14 E502"]),
    "a wrong node among the tools": (("start: write", "start: write\ntools: {Bad: {}}"), ["7 E208", "14 E502"]),
    "a node that is none": (("nodes:\n", "nodes:\n  other: 5\n"), ["8 E203", "14 E502"]),
    "a node without a kind": (("nodes:\n", "nodes:\n  other: {next: end}\n"), ["8 E205", "14 E502"]),
}


@pytest.mark.parametrize(("change", "complaints"), TOGETHER.values(), ids=TOGETHER)
def test_a_wrong_name_is_told_beside(change: tuple[str, str], complaints: list[str]) -> None:
    assert told(UNKNOWN_NAME, change) == complaints


ALONE = {
    "a wrong node": ("kind: llm", "kind: lmm"),
    "a wrong field of the state": ("tries: {type: integer, default: 0}", "tries: {type: integr}"),
    "a field of the state with no name": ("answer: {type: string}, tries", "Answer: {type: string}, tries"),
    "a wrong input": ("input: {text: {type: string}}", "input: {text: {type: strnig}}"),
    "a node with no name": ("  write:", "  Write:"),
    "a wrong next": ("next: show}", "next: {to: show}}"),
    "a missing prompt": ('prompt: {user: "{{ input.text }}"}, ', ""),
}


@pytest.mark.parametrize("change", ALONE.values(), ids=ALONE)
def test_what_is_wrong_is_told_once(change: tuple[str, str]) -> None:
    assert len(told(change)) == 1


def test_a_newer_format_is_told_and_nothing_else() -> None:
    assert told(("workflow/v1", "workflow/v7"), ("name: w", "nmae: w"), UNKNOWN_NAME) == ["1 E209"]


def test_complaints_come_in_the_order_of_the_file() -> None:
    changes = (UNKNOWN_NAME, ("into: answer", "int: answer"), ("start: write", "start: wirte"), ("name: w", "nmae: w"))
    lines = [int(one.split()[0]) for one in told(*changes)]
    assert (lines == sorted(lines), len(lines)) == (True, 4)
