"""From YAML to Python and back, nothing is lost."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from antiphon.tools.base.checked import checked
from antiphon.tools.base.yaml_reading import parse_yaml, read_yaml
from antiphon.workflows import build
from antiphon.workflows.export.from_python import comments_of_call, to_yaml, tools_in, workflow_in
from antiphon.workflows.export.to_python import Own, to_python
from antiphon.workflows.spec.comments import Comments, comments_of
from antiphon.workflows.spec.python_places import Call
from antiphon.workflows.spec.rendering import as_data, render, render_data
from antiphon.workflows.spec.types import WorkflowSpec

from ..spec.strategies import Data, commented, often, specs

ROOT = Path(__file__).parents[3]
FILES = sorted(
    file
    for file in (*(ROOT / "workflows" / "library").rglob("workflow.yaml"), *(ROOT / "examples").rglob("*.yaml"))
    if "schema: workflow/v1" in file.read_text(encoding="utf-8")
)


def spec_of(data: Data) -> WorkflowSpec:
    return checked(parse_yaml(render_data(data), Path("workflow.yaml")), WorkflowSpec)


def called(code: str) -> WorkflowSpec:
    """What the code says, without the checks of a whole workflow, which a random one would not pass."""
    tree = ast.parse(code)
    call = next(node.value for node in tree.body if isinstance(node, ast.Assign))
    assert isinstance(call, ast.Call)
    names = {name: getattr(build, name) for name in build.__all__}

    def value(node: ast.expr) -> Any:
        return eval(compile(ast.Expression(node), "code", "eval"), names)

    given = {str(keyword.arg): as_data(value(keyword.value)) for keyword in call.keywords}
    return WorkflowSpec.model_validate({"schema": "workflow/v1", "name": value(call.args[0]), **given})


@often
@given(specs())
def test_python_and_back_is_equal(data: Data) -> None:
    spec = spec_of(data)
    assert repr(as_data(called(to_python(data)))) == repr(as_data(spec))


def read(file: Path, data: Data) -> Comments:
    """The comments of the only call in a Python file, without running it."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    call = next(node.value for node in tree.body if isinstance(node, ast.Assign))
    place = call.lineno, call.end_lineno or 0, call.col_offset, call.end_col_offset or 0
    return comments_of_call(Call(str(file), *place), as_data(spec_of(data)))


def by_part(comments: Comments, first: str) -> dict[str, list[str]]:
    """What is said about each part; the head of a file stands above whatever comes first."""
    said: dict[str, list[str]] = {"end": list(comments.end)} if comments.end else {}
    pairs = [*comments.before.items(), *((path, [text]) for path, text in comments.beside.items())]
    for path, lines in pairs:
        at_head = path == (first,) and lines is comments.before.get(path)
        said.setdefault("head" if at_head else ".".join(map(str, path)), []).extend(lines)
    return {part: sorted(lines) for part, lines in said.items()}


@often
@given(commented())
def test_comments_come_along(tmp_path_factory: pytest.TempPathFactory, commented: tuple[Data, Comments]) -> None:
    data, comments = commented
    file = tmp_path_factory.getbasetemp() / "flow.py"
    file.write_text(to_python(data, comments), encoding="utf-8")
    assert by_part(read(file, data), "schema") == by_part(comments, next(iter(data)))


def test_code_looks_as_ruff_writes_it(tmp_path: Path) -> None:
    for number, file in enumerate(FILES):
        document = read_yaml(file)
        code = to_python(document.value, comments_of(document))
        (tmp_path / f"flow_{number}.py").write_text(code, encoding="utf-8")
    settings = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    command = [str(Path(sys.executable).with_name("ruff")), "format", *settings, "--diff", str(tmp_path)]
    assert subprocess.run(command, capture_output=True, text=True).stdout == ""


@pytest.mark.parametrize("file", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_file_of_ours_goes_to_python_and_back(file: Path, tmp_path: Path) -> None:
    document = read_yaml(file)
    shutil.copytree(file.parent, tmp_path, dirs_exist_ok=True)
    functions = next((one for one in (tmp_path / "functions.py", tmp_path / "journey.py") if one.exists()), None)
    own = Own(functions.stem, tools_in(functions)) if functions is not None else Own()
    (tmp_path / "flow.py").write_text(to_python(document.value, comments_of(document), own), encoding="utf-8")
    spec, comments = checked(document, WorkflowSpec), comments_of(document)
    assert to_yaml(workflow_in(str(tmp_path / "flow.py"))) == render(spec, comments, document.positions)
