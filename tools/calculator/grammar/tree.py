"""What a formula is read into."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class Num:
    """A number; `at` is its column in the text, from 1."""

    value: Fraction
    at: int


@dataclass(frozen=True, slots=True)
class Name:
    """A constant, a variable or a unit."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Op:
    """An operator and what it stands between: + - * / // ^ mod, neg ! !! %, +% (a percentage more) and comparisons."""

    sign: str
    parts: "tuple[Node, ...]"
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of arguments."""

    name: str
    parts: "tuple[Node, ...]"
    at: int


Node = Num | Name | Op | Call


def parts_of(node: Node) -> tuple[Node, ...]:
    """The nodes right below."""
    return node.parts if isinstance(node, Op | Call) else ()


def every(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    left = [node]
    while left:
        one = left.pop()
        yield one
        left += reversed(parts_of(one))


def names(node: Node) -> list[Name]:
    """The names in it, in the order of the text."""
    return [one for one in every(node) if isinstance(one, Name)]


def plain(node: Node) -> list[Any]:
    """As lists for JSON: ["num", "3/2"], ["name", "x"], ["op", "+", ...], ["call", "sin", ...]."""
    match node:
        case Num(value):
            return ["num", str(value)]
        case Name(name):
            return ["name", name]
        case Op(sign, parts):
            return ["op", sign, *map(plain, parts)]
        case Call(name, parts):
            return ["call", name, *map(plain, parts)]
