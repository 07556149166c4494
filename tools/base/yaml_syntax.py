"""What libyaml complains about, in words for people who do not know its grammar."""

import re
from collections.abc import Sequence
from pathlib import Path

import yaml

from .errors import Problem

_QUOTE = 'Quote text that contains braces, brackets or ": ", as in "${...}"'
_SENTENCES = (
    ("did not find expected ',' or '}'", "the braces { } are not closed before this", _QUOTE),
    ("did not find expected ',' or ']'", "the brackets [ ] are not closed before this", _QUOTE),
    ("found unexpected ':'", "a colon cannot stand here", "Put a space behind it, or quote the text"),
    ("mapping values are not allowed", "a colon cannot stand here", "Quote text with ': ', and check the indentation"),
    ("unexpected end of stream", "the quotation mark is never closed", "Close it, or put the text into other quotes"),
    ("unknown escape character", "the backslash means nothing here", "Write \\\\, or use single quotes"),
    (
        "expected key",
        "this does not go with the lines before it",
        "Check the indentation, and quotes that end too early",
    ),
    ("could not find expected ':'", "there is no colon after this", "Write key: value, or indent what goes on"),
    ("expected '-' indicator", "this is no item of the list before it", "Begin it with '- ', or check the indentation"),
    ("expected node content", "a value is missing, or a bracket is left open", "Close it, or quote the text"),
    ("alphabetic or numeric", "* and & begin a name that YAML keeps for itself", "Quote a text that begins with one"),
    ("directive", "a line cannot begin with % here", "Quote the text"),
    ("incompatible YAML", "only YAML 1.1 and 1.2 are read", "Remove the line that begins with %YAML"),
)
_BEGAN = ("unexpected end of stream", "could not find expected ':'", "alphabetic or numeric")
"""Complaints told at the place where the thing began, instead of where libyaml gave up."""
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that YAML does not allow in a file (https://yaml.org/spec/1.2.2/#51-character-set)."""
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


def lines_of(text: str) -> list[str]:
    """The lines of a text as libyaml counts them, and no other way: Python knows more ends of lines."""
    return _BREAK.split(text)


def syntax_problem(error: yaml.YAMLError, lines: Sequence[str], path: Path) -> Problem:
    """A complaint of libyaml with its place."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return Problem(str(path), f"this is not YAML: {error}".splitlines()[0], code="E101")
    said = str(error.problem or error.context)
    began = any(one in said for one in _BEGAN)
    mark = (error.context_mark if began else None) or error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    at = f"{path}:{line + 1}:{column + 1}"
    here = lines[line][column : column + 1] if line < len(lines) else ""
    if "cannot start any token" in said:
        problem = "a tab stands where only spaces can" if here == "\t" else f"a text cannot begin with {here!r}"
        hint = "Indent with spaces" if here == "\t" else "Put quotes around it"
    else:
        problem, hint = next(((words, way) for key, words, way in _SENTENCES if key in said), (said, ""))
    return Problem(at, f"this is not YAML: {problem}", hint, code="E101", width=max(1, len(here)))


def unprintable(lines: Sequence[str], path: Path) -> list[Problem]:
    """Characters that no text has, one problem for each line with some."""
    return [
        Problem(
            f"{path}:{number}:{found.start() + 1}",
            f"this is not YAML: the character U+{ord(found[0]):04X} cannot stand in a text",
            "Remove it: it is invisible, and often comes from copying",
            code="E101",
            width=1,
        )
        for number, line in enumerate(lines, 1)
        if (found := _UNPRINTABLE.search(line))
    ]
