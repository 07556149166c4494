"""Problems for programs: our own JSON, and the commands of GitHub's workflow logs."""

import json
from collections.abc import Sequence
from typing import Any

from ...tools.base.errors import Problem
from .checking import Checked
from .places import Lines, in_words, place


def as_json(files: Sequence[Checked], lines: Lines) -> str:
    """One object.

    `version` 1; `errors` and `warnings`, their numbers; `files`, each with `file`, `good` (no error) and `problems`:
    `file` (a prompt's file may differ), `line`, `column` and `end_column` (from 1, in code points; null where they are
    not known), `code`, `level`, `problem`, `hint`.
    """
    every = [problem for file in files for problem in file.problems]
    whole = {
        "version": 1,
        "errors": sum(problem.level == "error" for problem in every),
        "warnings": sum(problem.level == "warning" for problem in every),
        "files": [
            {"file": file.name, "good": file.is_good, "problems": [_row(problem, lines) for problem in file.problems]}
            for file in files
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _row(problem: Problem, lines: Lines) -> dict[str, Any]:
    where = place(problem)
    return {
        "file": where.file,
        "line": where.line or None,
        "column": where.column or None,
        "end_column": where.column + lines.width(problem) if where.column else None,
        "code": problem.code,
        "level": problem.level,
        "problem": problem.problem,
        "hint": problem.hint,
    }


def as_github(files: Sequence[Checked], lines: Lines) -> str:
    """A command for each problem: https://docs.github.com/actions/reference/workflow-commands-for-github-actions."""
    commands = []
    for problem in (problem for file in files for problem in file.problems):
        where = place(problem)
        values = {"file": where.file}
        if where.line:
            values["line"] = str(where.line)
        if where.column:
            values |= {"col": str(where.column), "endColumn": str(where.column + lines.width(problem))}
        if problem.code:
            values["title"] = problem.code
        given = ",".join(f"{name}={_escaped(value, more=True)}" for name, value in values.items())
        commands.append(f"::{problem.level} {given}::{_escaped(in_words(problem))}\n")
    return "".join(commands)


def _escaped(text: str, *, more: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if more else text
