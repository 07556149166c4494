"""Problems for people: each with its line and a caret, as compilers show them."""

import re
from collections.abc import Callable, Iterator, Sequence

from ...tools.base.errors import Problem
from ..spec.width import width
from .checking import Checked
from .places import Lines, Place, place

_RED, _YELLOW, _BOLD, _BLUE, _PLAIN = "\x1b[31m", "\x1b[33m", "\x1b[1m", "\x1b[34m", "\x1b[0m"
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""What would move the cursor, change colours, turn the writing round, or hide in it; emoji keep their joiner."""
MAX_SAID = 600
"""Characters of one problem or hint that are shown."""
_MEANT = re.compile(r"(Did you mean .+?\?)\s*(.*)", re.DOTALL)
TAB = "    "


def as_text(files: Sequence[Checked], lines: Lines, *, colour: bool = False, columns: int = 100) -> str:
    """Every problem with its line, then what they come to."""
    explained: set[str] = set()
    blocks = []
    for problem in (problem for file in files for problem in file.problems):
        blocks.append("\n".join(_block(problem, lines, colour, columns, explained)))
        explained.add(problem.code)
    good = [f"{visible(file.name)}: good" for file in files if not file.problems]
    return "\n".join([*blocks, *good, *_summary(files)]) + "\n"


def _block(problem: Problem, lines: Lines, colour: bool, columns: int, explained: set[str]) -> Iterator[str]:
    paint = _painter(colour)
    where, shade = place(problem), _RED if problem.level == "error" else _YELLOW
    code = paint(f"  {problem.code or problem.level}", shade + _BOLD) if problem.code else ""
    yield f"{paint(visible(str(where)), _BOLD)}{code}  {_said(problem.problem)}"
    meant = _MEANT.fullmatch(problem.hint)
    near, hint = (meant[1], _way_out(meant[2])) if meant else ("", problem.hint)
    line = lines.at(where)
    if line:
        margin = " " * (len(str(where.line)) + 4)
        shown, before, under = excerpt(line, where, lines.width(problem), columns - len(margin) - 3)
        yield f"{paint(f'    {where.line} |', _BLUE)} {shown}".rstrip()
        beside = f" {near[0].lower()}{near[1:]}" if near else ""
        if where.column:
            yield f"{paint(f'{margin} |', _BLUE)} {before}{paint(under + visible(beside), shade)}"
            near = ""
    for words in filter(None, (near, hint)):
        yield f"    hint: {_said(words)}"
    if problem.code and problem.code not in explained:
        yield f"    help: antiphon explain {problem.code}"


def _way_out(rest: str) -> str:
    """All there is to know matters less where the nearest is told."""
    return re.sub(r"^Known: [^.]*(\.\.\.|\.|$)\s*", "", rest)


def excerpt(line: str, where: Place, meant: int, room: int) -> tuple[str, str, str]:
    """A line as it is shown, the blanks before the caret, and the carets; a long line is shown around its place."""
    begin = min(max(where.column - 1, 0), len(line))
    end = min(begin + max(meant, 1), max(len(line), begin + 1))
    first, last = 0, len(line)
    if width(line) > room:
        first = max(0, min(begin - room // 3, len(line) - room // 2))
        last = first + max(room // 2 if not line.isascii() else room, 20)
    cut_left, cut_right = "..." if first else "", "..." if last < len(line) else ""
    shown = f"{cut_left}{visible(line[first:last])}{cut_right}"
    before = " " * width(cut_left + visible(line[first:begin]))
    return shown, before, "^" * max(1, width(visible(line[begin : min(end, last)])))


def _said(words: str) -> str:
    """A sentence that names something very long is cut."""
    return visible(words if len(words) <= MAX_SAID else f"{words[:MAX_SAID]}...")


def visible(text: str) -> str:
    """Text that does nothing to a terminal but show itself."""
    return _UNSEEN.sub("\ufffd", text.replace("\t", TAB))


def _painter(colour: bool) -> Callable[[str, str], str]:
    return (lambda text, shade: f"{shade}{text}{_PLAIN}") if colour else (lambda text, shade: text)


def _summary(files: Sequence[Checked]) -> Iterator[str]:
    wrong = [file for file in files if file.problems]
    if wrong:
        counts = [
            (sum(problem.level == level for file in files for problem in file.problems), level)
            for level in ("error", "warning")
        ]
        said = ", ".join(counted(number, word) for number, word in counts if number)
        yield f"{said} in {counted(len(wrong), 'file')}"


def counted(number: int, word: str) -> str:
    """
    >>> counted(1, "error"), counted(3, "error")
    ('1 error', '3 errors')
    """
    return f"{number:,} {word}{'' if number == 1 else 's'}"
