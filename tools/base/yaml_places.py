"""Where each character of a YAML text stands in its file, whatever its quotes, escapes and line breaks."""

import re
from collections.abc import Sequence

_ANCHOR = re.compile(r"&[^\s,\[\]{}]+\s+")
_ESCAPES = {"x": 4, "u": 6, "U": 10}
"""Characters of an escape in double quotes; all others have two."""
_FOLD = re.compile(r"[ \t]*\n[ \t\n]*")


def place_in(lines: Sequence[str], line: int, column: int, shift: int, value: str) -> tuple[int, int]:
    """Line and column, from 1, of the character `shift` of a text.

    Args:
        lines: The file's.
        line: Where the text begins in the file, with its anchor, quote or block sign; from 1, as `column`.
        value: The text, as YAML reads it.
    """
    raw = lines[line - 1][column - 1 :] if line <= len(lines) else ""
    if anchor := _ANCHOR.match(raw):
        column, raw = column + anchor.end(), raw[anchor.end() :]
    if raw.startswith(("|", ">")):
        return _in_block(lines, line, shift, value) or (line, column)
    if raw.startswith("*"):
        return line, column
    return _in_flow(lines, line, column, shift)


def _in_block(lines: Sequence[str], line: int, shift: int, value: str) -> tuple[int, int] | None:
    """Each line of a block stands in its value without its indentation: they are found there one after the other."""
    cursor, last = 0, None
    for number in range(line, len(lines)):
        content = lines[number].strip()
        begin = value.find(content, cursor) if content else -1
        if begin < 0:
            continue
        if last is not None and begin > shift:
            break
        last = number + 1, max(1, lines[number].index(content) + 1 + shift - begin)
        cursor = begin + len(content)
        if shift < cursor:
            break
    return last


def _in_flow(lines: Sequence[str], line: int, column: int, shift: int) -> tuple[int, int]:
    """Plain and quoted texts are read character by character, over as many lines as it takes."""
    text = "\n".join((lines[line - 1][column - 1 :], *lines[line : line + 200]))
    quote = text[:1] if text[:1] in ("'", '"') else ""
    at = len(quote)
    while at < len(text):
        after, made = _step(text, at, quote)
        if made > shift:
            break
        at, shift = after, shift - made
    before = text[:at]
    rows = before.count("\n")
    return line + rows, (column + at if rows == 0 else at - before.rindex("\n"))


def _step(text: str, at: int, quote: str) -> tuple[int, int]:
    """Past what makes up the next character of the value, and how many characters it makes."""
    if text[at] == "\\" and quote == '"':
        if text[at + 1 : at + 2] == "\n":
            fold = _FOLD.match(text, at + 1)
            return (fold.end() if fold else at + 2), 0
        return at + _ESCAPES.get(text[at + 1 : at + 2], 2), 1
    if quote == "'" and text.startswith("''", at):
        return at + 2, 1
    fold = _FOLD.match(text, at)
    if fold:
        return fold.end(), max(1, fold[0].count("\n") - 1)
    return at + 1, 1
