"""Python expressions on lines of at most 120 columns: on one line where it fits, else an item on each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..spec.rendering import fold
from ..spec.width import width

COLUMNS = 120


@dataclass(frozen=True, slots=True)
class Atom:
    """A text, a number, True, False or None."""

    value: Any
    above: Sequence[str] = ()

    def flat(self) -> str:
        """On one line."""
        if isinstance(self.value, float) and repr(self.value).lstrip("-") in ("inf", "nan"):
            return f'float("{self.value}")'
        return self.quoted(self.value) if isinstance(self.value, str) else repr(self.value)

    @staticmethod
    def quoted(text: str) -> str:
        """A text as Python code, in double quotes unless it has more of those itself."""
        quote = "'" if text.count('"') > text.count("'") else '"'
        return quote + "".join(_letter(letter, quote) for letter in text) + quote

    def lines(self, head: str, tail: str, indent: int) -> Iterator[str]:
        """On several lines: a long text as pieces that Python joins."""
        pad = " " * (indent + 4)
        pieces = list(_pieces(self.value, COLUMNS - indent - 8)) if isinstance(self.value, str) else []
        if len(pieces) < 2:
            yield f"{' ' * indent}{head}{self.flat()}{tail}"
            return
        yield f"{' ' * indent}{head}("
        yield from (f"{pad}{self.quoted(piece)}" for piece in pieces)
        yield f"{' ' * indent}){tail}"


@dataclass(frozen=True, slots=True)
class Code:
    """The name of a variable."""

    name: str
    above: Sequence[str] = ()

    def flat(self) -> str:
        """On one line."""
        return self.name

    def lines(self, head: str, tail: str, indent: int) -> Iterator[str]:
        """A name has one line, however long."""
        yield f"{' ' * indent}{head}{self.name}{tail}"


@dataclass(frozen=True, slots=True)
class Item:
    """A part of a call, a dict or a list, with the comments above it and beside it."""

    prefix: str
    piece: "Piece"
    before: Sequence[str] = ()
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A call, a dict or a list.

    Attributes:
        above: Comments that have no place inside it.
    """

    open: str
    items: Sequence[Item]
    close: str
    above: Sequence[str] = field(default=())

    def flat(self) -> str | None:
        """On one line; None where comments need lines of their own."""
        parts = [item.piece.flat() for item in self.items]
        if any(part is None for part in parts) or any(item.before or item.beside for item in self.items):
            return None
        inside = ", ".join(f"{item.prefix}{part}" for item, part in zip(self.items, parts, strict=True))
        return f"{self.open}{inside}{self.close}"

    def lines(self, head: str, tail: str, indent: int) -> Iterator[str]:
        """An item on each line."""
        yield f"{' ' * indent}{head}{self.open}"
        for item in self.items:
            yield from _item(item, indent + 4)
        yield f"{' ' * indent}{self.close}{tail}"


Piece = Atom | Code | Group


def lines_of(head: str, piece: Piece, tail: str, indent: int, beside: str = "") -> list[str]:
    """A piece behind `head` and before `tail`, with a comment on its first line."""
    flat = piece.flat()
    one = f"{' ' * indent}{head}{flat}{tail}" if flat is not None else None
    if one is None or (width(one) > COLUMNS and not (isinstance(piece, Group) and not piece.items)):
        lines = list(piece.lines(head, tail, indent))
    else:
        lines = [one]
    said = f"{lines[0]}  {beside}" if beside else lines[0]
    if beside and (width(said) > COLUMNS or (len(lines) > 1 and not isinstance(piece, Group))):
        return [f"{' ' * indent}{beside}", *lines]
    return [said, *lines[1:]]


def _item(item: Item, indent: int) -> Iterator[str]:
    yield from (f"{' ' * indent}{text}" for text in item.before)
    yield from lines_of(item.prefix, item.piece, ",", indent, item.beside)


def _pieces(text: str, columns: int) -> Iterator[str]:
    """The lines of a text with their line breaks, long ones cut behind a space."""
    for line in text.splitlines(keepends=True) if "\n" in text else [text]:
        parts = [part for whole in fold(line, columns) for part in _shorter(whole, columns)]
        yield from (f"{part} " for part in parts[:-1])
        yield parts[-1]


def _shorter(text: str, columns: int) -> list[str]:
    """What quotes kept together, cut after all where it is too long for a line."""
    return [text] if width(text) <= columns else fold(text, columns, expressions=False)


def _letter(letter: str, quote: str) -> str:
    if letter in ("\\", quote):
        return f"\\{letter}"
    return letter if letter.isprintable() else repr(letter)[1:-1]
