"""Workflows in Python: the same checks as a file, with places in the Python file."""

import ast
import inspect
import runpy
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from antiphon import Workflow, run
from antiphon.agents.models.scripted import Scripted
from antiphon.tools.base.errors import FileError, InputError
from antiphon.workflows import build
from antiphon.workflows.export.from_python import to_yaml, workflow_in
from antiphon.workflows.spec.python_places import KEYS
from antiphon.workflows.spec.types import WorkflowSpec

IMPORT = f"from antiphon.workflows.build import {', '.join(build.__all__)}\n"
ECHO = f"""{IMPORT}
echo = workflow(
    "echo",
    input={{"text": Input(type="string")}},
    state={{"answer": State(type="string")}},
    output={{"answer": "${{state.answer}}"}},
    start="write",
    nodes={{
        "write": Llm(prompt=Prompt(user="Repeat: {{{{ input.text }}}}"), into="answer", next="show"),
        "show": Speak(follows="write", next="end"),
    }},
)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "flow.py"


def written(file: Path, code: str) -> str:
    file.write_text(code, encoding="utf-8")
    return str(file)


def told(file: Path, code: str) -> list[tuple[str, str]]:
    """Code and place, line:column, of what is wrong with a workflow in Python."""
    with pytest.raises(FileError) as caught:
        workflow_in(written(file, code))
    return [(one.code, one.at.removeprefix(f"{file}:")) for one in caught.value.problems]


async def test_a_workflow_made_in_python_runs(file: Path) -> None:
    made = workflow_in(written(file, ECHO))
    result = await run(made, "ah", engines={"chat": Scripted(["ah ah"])})
    assert result.answer == "ah ah"


def test_a_mistake_in_a_call_is_told_with_its_line_and_column(file: Path) -> None:
    code = ECHO.replace('into="answer", next', "max_tokens=0, nxt")
    assert told(file, code) == [("E203", "10:81"), ("E201", "10:84")]


def test_every_mistake_of_a_workflow_is_told_at_once(file: Path) -> None:
    code = ECHO.replace('next="end"', 'next="ende"').replace("input.text", "input.txt").replace('"${state', '"${stat')
    assert told(file, code) == [("E301", "11:44"), ("E502", "7:24"), ("E602", "10:38")] or sorted(told(file, code))


def test_columns_are_counted_in_characters(file: Path) -> None:
    code = ECHO.replace('"write": Llm(', '"write": Llm(about={"zh": "月亮在哪里？"}, max_tokens=0, ')
    assert told(file, code) == [("E203", "10:57")]


def test_what_stands_in_a_variable_is_found_there(file: Path) -> None:
    code = ECHO.replace("echo = ", 'show = Speak(follows="write", next="ende")\n\necho = ').replace(
        'Speak(follows="write", next="end"),\n    }', "show,\n    }"
    )
    assert told(file, code) == [("E301", "3:37")]


def test_a_workflow_from_nowhere_still_tells_its_line(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        exec(compile(ECHO.replace('start="write"', 'start="rite"'), "<notebook>", "exec"), {})
    assert caught.value.problems[0].at.startswith("<notebook>:3:")


def test_tools_and_functions_of_ones_own_are_known(file: Path) -> None:
    code = IMPORT + (
        "from antiphon import tool\n\n"
        '@tool\ndef twice(text: str) -> str:\n    "Twice."\n    return text * 2\n\n'
        "def small(text: str) -> str:\n    return text.lower()\n\n"
        'made = workflow("made", input={"text": Input(type="string")}, state={"text": State(type="string")},\n'
        '    output={"answer": "${state.text}"}, tools=[twice], functions=[small], start="a", nodes={\n'
        '    "a": Python(function="small", arguments={"text": "${input.text}"}, into="text", next="b"),\n'
        '    "b": ToolCall(tool="twice", arguments={"text": "${state.text}"}, into="text", next="end")})\n'
    )
    assert run(workflow_in(written(file, code)), "Ab").result().answer == "abab"


def test_a_route_and_taken_words_read_well(file: Path) -> None:
    code = IMPORT + (
        'w = workflow("w", state={"n": State(type="integer", default=0)}, start="each", nodes={\n'
        '    "each": Map(over="${[1, 2]}", as_="one", do=Speak(text="hm"), next="again"),\n'
        '    "again": Loop(max=2, while_="state.n == 0", do=Set(values={"n": "${1}"}), next="rest"),\n'
        '    "rest": Wait(for_="1ms", route=[When("state.n == 0", to="each"), Else("end")])})\n'
    )
    assert to_yaml(workflow_in(written(file, code))).splitlines()[5:] == [
        "nodes:",
        '  each: {kind: map, over: "${[1, 2]}", as: one, do: {kind: speak, from: hm}, next: again}',
        "",
        "  again:",
        "    kind: loop",
        "    max: 2",
        '    while: "state.n == 0"',
        '    do: {kind: set, values: {"n": "${1}"}}',
        "    next: rest",
        "",
        "  rest:",
        "    kind: wait",
        "    for: 1ms",
        "    route:",
        '      - {when: "state.n == 0", to: each}',
        "      - {else: end}",
    ]


def test_comments_in_python_become_comments_in_yaml(file: Path) -> None:
    code = "# Who says it again.\n\n" + ECHO.replace(
        '    start="write",', '    # First it is written.\n    start="write",  # here'
    )
    assert [line for line in to_yaml(workflow_in(written(file, code))).splitlines() if "#" in line] == [
        "# Who says it again.",
        "# First it is written.",
        "start: write  # here",
    ]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import nothing_of_that_name\n", "flow.py:1: the file failed: ModuleNotFoundError: No module named"),
        ("a = 1\nb = (\n", "flow.py:2:5: the file failed: SyntaxError: '(' was never closed"),
        ("raise SystemExit('stop')\n", "flow.py:1: the file failed: SystemExit: stop"),
        ("a = 1\n", "flow.py: it makes no workflow"),
        (ECHO + ECHO.replace("echo = ", "other = "), "flow.py: it makes 2 workflows"),
    ],
)
def test_a_file_that_makes_no_workflow_says_why(file: Path, code: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        workflow_in(written(file, code))
    assert said in str(caught.value)


def test_of_several_workflows_one_is_named(file: Path) -> None:
    written(file, ECHO + ECHO.replace("echo = ", "other = ").replace('"echo"', '"other"'))
    assert workflow_in(f"{file}:other").spec.name == "other"


def test_every_key_of_a_file_can_be_given() -> None:
    more = {"functions", "folder"}
    assert {*inspect.signature(build.workflow).parameters} - more == {*WorkflowSpec.model_fields} - {"schema_"}


def test_every_word_that_differs_in_python_is_known() -> None:
    def models(type_: Any = build.Node) -> set[type[BaseModel]]:
        return {one for one in vars(build).values() if isinstance(one, type) and issubclass(one, BaseModel)}

    differ = {
        (name, info.serialization_alias)
        for type_ in models()
        for name, info in type_.model_fields.items()
        if info.serialization_alias not in (None, name)
    }
    assert differ == {*KEYS.items()}


def test_the_builder_offers_every_kind_of_node() -> None:
    kinds = {type_.__name__ for type_ in vars(build).values() if isinstance(type_, type) and hasattr(type_, "RESULT")}
    assert kinds <= {*build.__all__}
    assert len(kinds) == 22


def test_the_example_in_the_docstring_works(file: Path) -> None:
    example = (build.__doc__ or "").partition("Example:\n")[2]
    lines = [line.removeprefix("    ") for line in example.splitlines()]
    made = runpy.run_path(written(file, "\n".join(lines)))["echo"]
    assert isinstance(made, Workflow)
    assert ast.parse("\n".join(lines))
