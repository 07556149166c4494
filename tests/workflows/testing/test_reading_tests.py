"""A file of tests is checked as workflow files are: every problem with its place and the way out."""

from collections.abc import Callable
from pathlib import Path

import pytest

from antiphon.agents.roles.types import App
from antiphon.tools.base.errors import FileError, InputError
from antiphon.workflows.testing.reading import files_in, read_suite

APP = App.model_validate({"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": "none"}}})
Write = Callable[..., Path]


def wrong(path: Path) -> str:
    """What is said of a file."""
    with pytest.raises(FileError) as told:
        read_suite(path, APP, [path.with_name("tools.py")])
    return str(told.value).replace(f"{path}", "tests.yaml")


@pytest.mark.parametrize(
    ("test", "problem"),
    [
        ("{say: hi}", "tests.yaml:4:3: E202 'tests.0.name' is missing."),
        ("{name: a, sya: hi}", "unknown key 'sya'. Did you mean 'say'?"),
        ("{name: a, say: hi, expect: {contain: x}}", "unknown key 'contain'. Did you mean 'contains'?"),
        ("{name: a, say: hi, turns: [{say: ho}]}", "it has turns, so say belongs into one of them"),
        ("{name: a, inputs: {aeg: 3}}", "tests.yaml:4:22: the workflow has no input 'aeg'. Did you mean 'age'?"),
        ("{name: a, expect: {output: {cost: 3}}}", "the workflow has no output 'cost'. Known: answer, price."),
        (
            "{name: a, must_call: [send_ordre]}",
            "the workflow calls nothing named 'send_ordre'. Did you mean 'send_order'?",
        ),
        ("{name: a, must_visit: [lok_up]}", "the workflow has no node 'lok_up'. Did you mean 'look_up'?"),
        ("{name: a, tools: {price: {returns: 1}}}", "the workflow uses no tool called 'price'."),
        ("{name: a, services: {shop: {returns: 1}}}", "the workflow uses no service called 'shop'."),
        ("{name: a, tools: {price_of: {}}}", "say what it `returns`, or with which words it `raises`"),
        ("{name: a, expect: {matches: '('}}", "'(' is no regular expression"),
        ("{name: a, workflow: orders.yaml}", "there is no such file"),
        ("{name: a, max_calls: two}", "'tests.0.max_calls' must be a whole number, not the text 'two'."),
    ],
)
def test_a_mistake_is_told_with_its_place(write: Write, test: str, problem: str) -> None:
    assert problem in wrong(write(f"- {test}\n"))


def test_every_problem_is_told_at_once(write: Write) -> None:
    told = wrong(write("- {name: a, inputs: {aeg: 3}}\n- {name: a, must_visit: [x]}\n"))
    assert [line.split(" ")[0] for line in told.splitlines()] == [
        "tests.yaml:4:22:",
        "tests.yaml:5:10:",
        "tests.yaml:5:26:",
    ]


def test_a_mistake_in_the_workflow_is_told(write: Write, folder: Path) -> None:
    (folder / "order.yaml").write_text("schema: workflow/v1\nname: a\nstart: x\nnodes: {}\n")
    assert "order.yaml:" in wrong(write("- {name: a}\n"))


def test_files_of_tests_are_found_below_a_folder(write: Write, folder: Path) -> None:
    path = write("- {name: a}\n")
    assert files_in([folder]) == [path]


def test_a_folder_without_tests_is_told(folder: Path) -> None:
    with pytest.raises(InputError, match="no file of tests here"):
        files_in([folder])
