"""A complaint is shown with its line, and the caret stands under what is meant, whatever the line is made of."""

from pathlib import Path

import pytest

from antiphon.tools.base.errors import Problem
from antiphon.workflows.diagnostics.checking import Checked
from antiphon.workflows.diagnostics.places import Lines, Place, place
from antiphon.workflows.diagnostics.text import as_text


def shown(line: str, column: int, width: int = 0, hint: str = "", problem: str = "no", columns: int = 100) -> str:
    """What is shown of one complaint about a file of one line."""
    one = Problem(f"f.yaml:1:{column}", problem, hint, code="E502", width=width)
    return as_text([Checked("f.yaml", (one,))], Lines({"f.yaml": line}), columns=columns)


def test_a_complaint_looks_as_a_compiler_shows_it() -> None:
    hint = "Did you mean 'attempts'? Known: answer, attempts."
    line = '      - {when: "state.attemps < 3", to: solve}'
    assert shown(line, 17, 13, hint, "nothing is called 'state.attemps'") == (
        "f.yaml:1:17  E502  nothing is called 'state.attemps'\n"
        '    1 |       - {when: "state.attemps < 3", to: solve}\n'
        "      |                 ^^^^^^^^^^^^^ did you mean 'attempts'?\n"
        "    help: antiphon explain E502\n"
        "1 error in 1 file\n"
    )


CARETS = {
    "under plain letters": ("a: bcd", 4, 0, "   ^^^"),
    "behind Chinese, which is two columns wide": ("月: bcd", 4, 0, "    ^^^"),
    "under Chinese": ("a: 月亮", 4, 2, "   ^^^^"),
    "behind an emoji": ("🌕: bcd", 4, 0, "    ^^^"),
    "behind a tab, which is shown as four spaces": ("\ta: bcd", 5, 0, "       ^^^"),
    "behind an accent set over a letter": ("e\u0301: bcd", 5, 0, "   ^^^"),
    "under a whole text in quotes": ("a: 'b c' # d", 4, 0, "   ^^^^^"),
    "at the end of the line": ("a:", 3, 0, "  ^"),
    "never past the end of the line": ("a: b", 4, 40, "   ^"),
}


@pytest.mark.parametrize(("line", "column", "width", "carets"), CARETS.values(), ids=CARETS)
def test_the_caret_stands(line: str, column: int, width: int, carets: str) -> None:
    assert shown(line, column, width).splitlines()[2] == f"      | {carets}"


def test_a_long_line_is_shown_around_its_place() -> None:
    line, under = shown("x" * 300 + "WRONG" + "x" * 300, 301, 5, columns=60).splitlines()[1:3]
    assert (len(line) < 70, line[under.index("^") : under.rindex("^") + 1]) == (True, "WRONG")


def test_a_file_can_do_nothing_to_the_terminal() -> None:
    assert "\x1b" not in shown("a: \x1b[31mred\x9b", 4, problem="\x1b[2J")


def test_a_good_file_is_called_good() -> None:
    assert as_text([Checked("a.yaml"), Checked("b.yaml")], Lines()) == "a.yaml: good\nb.yaml: good\n"


def test_errors_and_warnings_are_counted() -> None:
    problems = (Problem("a:1:1", "x"), Problem("a:1:1", "y"), Problem("a:1:1", "z", level="warning"))
    files = [Checked("a", problems), Checked("b"), Checked("c", problems[:1])]
    assert as_text(files, Lines({"a": ""})).splitlines()[-1] == "3 errors, 1 warning in 2 files"


def test_colours_only_frame_the_same_words() -> None:
    problem = Problem("f.yaml:1:1", "no", code="E101")
    lines = Lines({"f.yaml": "a"})
    coloured = as_text([Checked("f.yaml", (problem,))], lines, colour=True)
    plain = as_text([Checked("f.yaml", (problem,))], lines)
    for code in ("\x1b[31m", "\x1b[33m", "\x1b[34m", "\x1b[1m", "\x1b[0m"):
        coloured = coloured.replace(code, "")
    assert coloured == plain


@pytest.mark.parametrize(
    ("at", "where"),
    [
        ("a b/w.yaml:3:4", Place("a b/w.yaml", 3, 4)),
        ("C:\\w.yaml:3:4", Place("C:\\w.yaml", 3, 4)),
        ("prompts/x.md (template line 7)", Place("prompts/x.md", 7)),
        ("w.yaml:3:4 (template line 2)", Place("w.yaml", 3, 4)),
        ("w.yaml", Place("w.yaml")),
    ],
)
def test_a_place_is_taken_apart(at: str, where: Place) -> None:
    assert place(Problem(at, "x")) == where


def test_a_file_that_has_gone_is_told_without_its_line(tmp_path: Path) -> None:
    problem = Problem(f"{tmp_path / 'gone.yaml'}:1:1", "no")
    assert as_text([Checked("gone.yaml", (problem,))], Lines()).splitlines()[1] == "1 error in 1 file"
