"""Python code that stands in a workflow, or beside it, can be read."""

import warnings
from collections.abc import Iterator

from ....tools.base.errors import FileError, Problem
from ....tools.base.yaml_reading import Path_
from ..kinds.act import Code
from ..known import Subject
from ..templates import read_beside


def check_code(subject: Subject, path: Path_, node: Code) -> Iterator[Problem]:
    """Every complaint about the code of a node; what a model will write nobody can read before."""
    if node.code:
        yield from _flaw(subject, (*path, "code"), node.code, "")
    elif node.code_file:
        where = (*path, "code_file")
        try:
            text = read_beside(subject.folder, node.code_file, subject.at(where, 0))
        except FileError as error:
            for one in error.problems:
                yield Problem(one.at, one.problem, one.hint, one.code, width=len(node.code_file))
        else:
            yield from _flaw(subject, where, text, node.code_file)


def _flaw(subject: Subject, path: Path_, code: str, file: str) -> Iterator[Problem]:
    """Where Python stops to understand."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of an escape that means nothing, say
            compile(code, "<code>", "exec", dont_inherit=True)
    except SyntaxError as error:
        line, column = error.lineno or 1, max(error.offset or 1, 1)
        shift = 0 if file else sum(map(len, code.splitlines(keepends=True)[: line - 1])) + column - 1
        place = f" in line {line} of {file}" if file else ""
        hint = _hint(error, code)
        yield Problem(
            subject.at(path, min(shift, len(code))), f"the code is no Python{place}: {error.msg}", hint, "E606"
        )
    except (ValueError, RecursionError, MemoryError) as error:
        yield Problem(subject.at(path, 0), f"the code is no Python: {error or 'it is nested too deeply'}", "", "E606")


def _hint(error: SyntaxError, code: str) -> str:
    if "${" in (error.text or ""):
        return "${...} does not count in code: hand the value over under with"
    return "Begin all lines with the same spaces" if isinstance(error, IndentationError) else ""
