"""A formula's text in pieces, each with its column."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ...base.errors import InputError

MAX_TEXT = 500
MAX_EXPONENT = 4000
"""Of a number written as 1.5e3; more would not fit into `exact.MAX_BITS`."""

Kind = Literal["number", "name", "sign", "end"]
_NUMBER = r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+(?![\w.]))?"
_GROUPED = r"\d{1,3}(?:,\d{3})+(?![\d\w])(?:\.\d+)?"
_LETTER = r"[^\W\d_⁰¹²³⁴⁵⁶⁷⁸⁹]"
_NAME = rf"{_LETTER}+\d*(?:_\w+)?"
_SIGN = r"\*\*|//|==|!=|<>|<=|>=|[-+*/^%!()<>=,;√∛]"
_RAISED = r"⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+"
_FIGURES = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_TOKEN = re.compile(rf"(?P<raised>{_RAISED})|(?P<number>{_NUMBER})|(?P<sign>{_SIGN})|(?P<name>{_NAME})")
_THOUSANDS = re.compile(_GROUPED)
_SAME = {"**": "^", "==": "=", "<>": "!="}
_BRACKETS = str.maketrans("[]{}", "()()")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece; `at` is its column, from 1."""

    kind: Kind
    text: str
    at: int


def wrong(problem: str, text: str, at: int, hint: str = "") -> InputError:
    """The error for what stands at a column of a text."""
    shown = text if len(text) <= 80 else f"{text[:77]}..."
    return InputError(problem, at=f"column {at} of {shown!r}", hint=hint)


def tokens(text: str, separates: Callable[[str], bool]) -> list[Token]:
    """The pieces of a text, an "end" last.

    Args:
        separates: Whether a comma between the brackets of the function of that name separates arguments; elsewhere
            1,234 is one number.
    Raises:
        InputError: a character belongs to no formula.
    """
    plain = text.translate(_BRACKETS)
    found, open_, place = list[Token](), list[bool](), 0
    while place < len(plain):
        if plain[place].isspace():
            place += 1
            continue
        grouped = None if any(open_) else _THOUSANDS.match(plain, place)
        match = grouped or _TOKEN.match(plain, place)
        if match is None:
            raise wrong(f"{text[place]!r} is no part of a formula", text, place + 1, _WRITE)
        if grouped:
            found.append(Token("number", match[0].replace(",", ""), place + 1))
        else:
            found += _pieces(match, place + 1, text)
        if found[-1].text == "(":
            open_.append(len(found) > 1 and found[-2].kind == "name" and separates(found[-2].text))
        elif found[-1].text == ")" and open_:
            open_.pop()
        place = match.end()
    return [*found, Token("end", "", len(text) + 1)]


_WRITE = "Write numbers, names and + - * / ^ ( ), as in (2+3)*4"


def _pieces(match: re.Match[str], at: int, text: str) -> list[Token]:
    piece = match[0]
    if match["raised"]:
        return [Token("sign", "^", at), Token("number", piece.translate(_FIGURES), at)]
    if match["sign"]:
        return [Token("sign", _SAME.get(piece, piece), at)]
    if match["name"]:
        return [Token("name", piece, at)]
    _, _, exponent = piece.lower().partition("e")
    if len(exponent) > 6 or abs(int(exponent or 0)) > MAX_EXPONENT:
        raise wrong("this number is too big or too small", text, at, f"Exponents go up to {MAX_EXPONENT}")
    return [Token("number", piece, at)]
