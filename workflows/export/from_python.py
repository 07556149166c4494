"""The workflows a Python file makes, and one of them as a YAML file with the comments of the Python source."""

import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import replace
from inspect import isfunction
from pathlib import Path
from typing import Any

from ...tools.base.errors import InputError
from ...tools.base.python_file import run_file
from ...tools.base.suggest import did_you_mean
from ...tools.base.tool import Tool
from ..spec.comments import NONE, Comment, Comments, tie
from ..spec.python_places import Call
from ..spec.rendering import as_data, render_data
from ..workflow import Workflow

_FOR_TOOLS = re.compile(r"#\s*(?:!|noqa|type:|ruff:|mypy:|pyright:|fmt:|isort:|pragma:|-\*-)|#!")
"""Comments for programs, which mean nothing in YAML."""


def workflow_in(name: str) -> Workflow:
    """The workflow that a Python file makes on its own level: `flow.py`, or `flow.py:name` where it makes several.

    The file is run, as `python flow.py` would, but not as `__main__`.

    Raises:
        InputError: the file does not run, or makes no workflow of that name, or several and no name is given.
        FileError: the workflow is wrong; every problem with its line.
    """
    file, variable = parts_of(name)
    made = workflows_in(file)
    if variable:
        if variable not in made:
            raise InputError(f"it makes no workflow {variable!r}", at=str(file), hint=did_you_mean(variable, made))
        return made[variable]
    different = {id(one): one for one in made.values()}
    if len(different) == 1:
        return next(iter(different.values()))
    if not made:
        raise InputError(
            "it makes no workflow", at=str(file), hint='Give a variable the value of workflow("name", ...)'
        )
    names = ", ".join(f"{file}:{one}" for one in made)
    raise InputError(f"it makes {len(different)} workflows", at=str(file), hint=f"Say which one: {names}")


def parts_of(name: str) -> tuple[Path, str]:
    """File and variable of `flow.py:name`; the variable may be left out."""
    file, found, variable = name.rpartition(".py:")
    return (Path(f"{file}.py"), variable) if found else (Path(name), "")


def workflows_in(file: Path) -> dict[str, Workflow]:
    """Run a Python file, and give the workflows among its names.

    Raises:
        InputError: there is no such file, or it raises something.
    """
    return {name: value for name, value in vars(run_file(file)).items() if isinstance(value, Workflow)}


def tools_in(file: Path) -> dict[str, str]:
    """The tools and functions of a Python file: their names, with the variables they are in.

    Raises:
        InputError: there is no such file, or it raises something.
    """
    module = run_file(file)
    public = {name: value for name, value in vars(module).items() if not name.startswith("_")}
    own = {name: name for name, one in public.items() if isfunction(one) and one.__module__ == module.__name__}
    return own | {one.name: name for name, one in public.items() if isinstance(one, Tool)}


def to_yaml(workflow: Workflow) -> str:
    """The text of a workflow.yaml that says the same."""
    call = workflow.source.at
    if not isinstance(call, Call):
        return render_data(as_data(workflow.spec))
    data = as_data(workflow.spec, call.reading.positions)
    return render_data(data, comments_of_call(call, data))


def comments_of_call(call: Call, data: Any) -> Comments:
    """The comments in a call of `workflow`, above it and at the beginning of its file, by the part they speak about."""
    reading = call.reading
    found = list(_in_python(reading.lines))
    if not (found and reading.spans):
        return NONE
    first, last = reading.spans[-1]
    inside = [one for one in found if any(a <= one.line <= b for a, b in reading.spans)]
    above = {line: one for one in found if (line := one.line) and one.alone and one not in inside}
    for begin, _ in reading.spans[:-1]:
        inside += _next_to(above, begin, -1)
    head = _next_to(above, first, -1)
    start = next((n for n, line in enumerate(reading.lines, 1) if line.strip() and n not in above), 0)
    head = [one for one in above.values() if one.line < start and one not in head] + head
    tied = tie(reading.positions, sorted(inside, key=lambda one: one.line), data)
    top = [one.text for one in head] + [*tied.before.get(("schema",), ())]
    end = [*tied.end, *(one.text for one in _next_to(above, last, 1))]
    return replace(tied, before={**tied.before, **({("schema",): top} if top else {})}, end=end)


def _next_to(alone: dict[int, Comment], line: int, step: int) -> list[Comment]:
    """The lines of comments directly above (-1) or below (1) a line, from top to bottom."""
    found: list[Comment] = []
    while (line := line + step) in alone:
        found.append(alone[line])
    return found[::step]


def _in_python(lines: Sequence[str]) -> Iterator[Comment]:
    text = "\n".join(lines) + "\n"
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and not _FOR_TOOLS.match(token.string):
            alone = not token.line[: token.start[1]].strip()
            yield Comment(token.start[0], token.start[1] + 1, token.string.rstrip(), alone)
