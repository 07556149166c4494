"""libyaml's events become plain values with their positions; what a person would not write is a problem."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from .errors import Problem
from .yaml_syntax import lines_of, syntax_problem, unprintable

MAX_DEPTH = 64
"""Nobody writes deeper than this by hand, and recursion has to end."""
MAX_ALIASES = 64
MAX_NUMBER = 2**63 - 1
"""Expressions, databases and JSON of other programs hold no larger whole number."""
MAX_COPIES = 100_000
"""Values that aliases may stand for in all: aliases of aliases double and double."""

Path_ = tuple[str | int, ...]

_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_FIRST = frozenset(["", *"~nNtTfF+-.0123456789"])
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)


def plain_value(text: str) -> Any:
    """What a scalar without quotes means by the core schema (https://yaml.org/spec/1.2.2/#103-core-schema).

    Raises:
        ValueError: a whole number larger than MAX_NUMBER.
    """
    if text[:1] not in _FIRST:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        number = int(text if base == 10 else text[2:], base)
        if abs(number) > MAX_NUMBER:
            raise ValueError
        return number
    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan")) if _FLOAT.fullmatch(text) else text


class _Stop(Exception):
    """Reading on is of no use; the problem has been written down."""


class Builder:
    """Builds plain values out of events, and remembers where each began."""

    def __init__(self, text: str, path: Path) -> None:
        self.path, self.lines = path, lines_of(text)
        self.problems = unprintable(self.lines, path)
        self._next: Callable[[], Any] = yaml.CSafeLoader("" if self.problems else text).get_event
        self.positions: dict[Path_, tuple[int, int]] = {(): (1, 1)}
        self.values: dict[Path_, tuple[int, int]] = {(): (1, 1)}
        self.anchors: dict[str, tuple[Path_, Any]] = {}
        self.unread: set[Path_] = set()
        self.open: set[str] = set()
        self.depth = self.aliases = self.copies = 0

    def read(self) -> Any:
        """The value of the only document; None of an empty file, and where reading ended early."""
        try:
            return self._documents()
        except yaml.YAMLError as error:
            self.problems.append(syntax_problem(error, self.lines, self.path))
        except _Stop:
            pass
        return None

    def _documents(self) -> Any:
        value, seen = None, False
        while not isinstance(event := self._next(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                if seen:
                    self._problem(event, "a second document begins here", "E101", "Remove the line ---", width=3)
                    raise _Stop
                value, seen = self._value(self._next(), ()), True
        return value

    def _value(self, event: Any, path: Path_) -> Any:
        place = (event.start_mark.line + 1, event.start_mark.column + 1)
        self.values[path] = place
        self.positions.setdefault(path, place)
        told = len(self.problems)
        if type(event) is yaml.AliasEvent:
            value = self._alias(event, path)
            self._note_unread(path, told)
            return value
        self._refuse_tag(event)
        anchor = event.anchor
        if anchor is not None:
            self.open.add(anchor)
        if type(event) is yaml.ScalarEvent:
            value = self._scalar(event) if event.implicit[0] else event.value
            self._note_unread(path, told)
        else:
            self._note_unread(path, told)
            value = self._collection(event, path)
        if anchor is not None:
            self.open.discard(anchor)
            self.anchors[anchor] = (path, value)
        return value

    def _note_unread(self, path: Path_, told: int) -> None:
        """What else is wrong with a value that was not read as it is written would only follow from that."""
        if len(self.problems) > told:
            self.unread.add(path)

    def _collection(self, event: Any, path: Path_) -> Any:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self._problem(event, f"nested deeper than {MAX_DEPTH} levels", "E103", "Take a part of it out")
            raise _Stop
        value = self._list(path) if type(event) is yaml.SequenceStartEvent else self._mapping(path)
        self.depth -= 1
        return value

    def _list(self, path: Path_) -> list[Any]:
        items: list[Any] = []
        while type(event := self._next()) is not yaml.SequenceEndEvent:
            items.append(self._value(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path_) -> dict[str, Any] | str:
        value: dict[str, Any] = {}
        lost = False
        while type(event := self._next()) is not yaml.MappingEndEvent:
            key = self._key(event, (*path, ""))
            here = (*path, key) if key is not None else (*path, "", "")
            if key in value:
                first = self.positions[here]
                problem = f"the key {key!r} is here twice; it is also on line {first[0]}"
                hint = f"Keep one of the two (the other: line {first[0]}, column {first[1]})"
                self._problem(event, problem, "E102", hint, width=len(str(key)))
                here = (*path, "", str(key))  # what the first one says stays
            self.positions[here] = (event.start_mark.line + 1, event.start_mark.column + 1)
            inner = self._value(self._next(), here)
            if key is not None:
                value.setdefault(key, inner)
            lost |= key is None
        if lost and not value:  # {{ a }} without quotes was to be a text
            self.unread.add(path)
            return "not read"
        return value

    def _key(self, event: Any, aside: Path_) -> str | None:
        """The text of a key; None, and a problem, where it is something else."""
        found = self._value(event, (*aside, "")) if type(event) is not yaml.ScalarEvent else event.value
        if type(event) is yaml.ScalarEvent:
            self._refuse_tag(event)
            if event.anchor is not None:
                self.anchors[event.anchor] = (aside, found)
        if isinstance(found, str) and (found or event.style):
            return found
        if isinstance(found, dict | list):
            self._problem(event, "a key must be plain text", "E108", 'Quote text that contains braces: "{{ ... }}"')
        else:
            self._problem(event, "there is no key before the colon", "E108", "Write key: value")
        return None

    def _alias(self, event: Any, path: Path_) -> Any:
        name, width = event.anchor, len(event.anchor) + 1
        self.aliases += 1
        if self.aliases == MAX_ALIASES + 1:
            self._problem(
                event, f"more than {MAX_ALIASES} aliases (*name)", "E104", "Write the values out", width=width
            )
        if name in self.open:
            self._problem(event, f"the alias *{name} is inside what it names", "E104", "Write it out", width=width)
        elif name not in self.anchors:
            problem, hint = f"nothing is marked &{name}", f"Put &{name} before the value that is meant, or quote it"
            self._problem(event, problem, "E101", hint, width=width)
        elif self.aliases <= MAX_ALIASES:
            source, value = self.anchors[name]
            self._copy(event, source, path)
            return value
        return None

    def _copy(self, event: Any, source: Path_, path: Path_) -> None:
        """What an alias stands for is written where its anchor is."""
        for table in (self.positions, self.values):
            inner = [one for one in table if len(one) > len(source) and one[: len(source)] == source]
            self.copies += len(inner)
            if self.copies > MAX_COPIES:
                self._problem(event, "aliases of aliases stand for too many values", "E104", "Write the values out")
                raise _Stop
            table.update({path + one[len(source) :]: table[one] for one in inner})

    def _scalar(self, event: Any) -> Any:
        try:
            return plain_value(event.value)
        except ValueError:
            problem = f"a number of {len(event.value):,} digits is too large"
            self._problem(event, problem, "E203", "Quote it if it is a text", width=len(event.value))
            return 0

    def _refuse_tag(self, event: Any) -> None:
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            hint = "Write plain values only, and quote a text that begins with !"
            self._problem(event, f"the tag {tag!r} is not allowed", "E105", hint, width=len(tag))

    def _problem(self, event: Any, problem: str, code: str, hint: str = "", width: int = 0) -> None:
        mark = event.start_mark
        at = f"{self.path}:{mark.line + 1}:{mark.column + 1}"
        self.problems.append(Problem(at, problem, hint, code=code, width=width))
