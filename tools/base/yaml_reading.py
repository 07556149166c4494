"""YAML 1.2 files that people write, read with the position of every value and every problem at once.

libyaml's events under the core schema of YAML 1.2 (so `on` and `no` stay text). What a person would not write is
refused: deep nesting, many aliases, tags.
"""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from .errors import FileError, InputError, Problem
from .yaml_building import Builder
from .yaml_building import Path_ as Path_
from .yaml_places import place_in

MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class Document:
    """What a file says, and where it says it.

    `positions` maps the path of a value (keys and indices from the root) to the line and column, from 1, of its key
    (or of the item itself in a list); `values` to that of the value. Columns are counted in code points. `unread`
    are the paths of values that could not be read as they are written: with a tag, for example.
    """

    path: Path
    text: str
    value: Any
    positions: dict[Path_, tuple[int, int]] = field(repr=False)
    values: dict[Path_, tuple[int, int]] = field(repr=False)
    lines: list[str] = field(default_factory=list, repr=False)
    unread: frozenset[Path_] = frozenset()

    def at(self, path: Path_, *, value: bool = False) -> str:
        """`file:line:column` of the value at `path`, or of the nearest ancestor that is written down."""
        table = self.values if value else self.positions
        while path not in table:
            path = path[:-1]
        line, column = table[path]
        return f"{self.path}:{line}:{column}"

    @cached_property
    def in_doubt(self) -> frozenset[str]:
        """Where what could not be read stands: a further problem there follows from that."""
        return frozenset(self.at(path, value=value) for path in self.unread for value in (False, True))

    def within(self, path: Path_, shift: int = 0) -> str:
        """`file:line:column` of the character `shift` of the text at `path`, whatever its quotes and line breaks."""
        value = self.inside(path)
        if path not in self.values or not isinstance(value, str):
            return self.at(path, value=True)
        line, column = place_in(self.lines, *self.values[path], shift, value)
        return f"{self.path}:{line}:{column}"

    def inside(self, path: Path_) -> Any:
        """The value at `path`, None where nothing is written."""
        return value_at(self.value, path)


def value_at(value: Any, path: Path_) -> Any:
    """What lies at `path` inside a value, None where nothing does."""
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def read_yaml(path: Path) -> Document:
    """Read a YAML file.

    Raises:
        InputError: the file does not exist or is not text.
        FileError: it is not YAML, is too large, nests too deeply, has duplicate keys, aliases in excess, or tags.
    """
    return parse_yaml(read_text(path), path)


def read_text(path: Path) -> str:
    """The text of a file that people write, without a byte order mark.

    Raises:
        InputError: the file does not exist or cannot be opened.
        FileError: it is too large, or not UTF-8.
    """
    try:
        if path.is_fifo():  # opening it would wait for somebody who writes
            raise InputError("it is a pipe, not a file", at=str(path), hint="Give a file")
        with path.open("rb") as file:  # what is no file of bytes may never end
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError("there is no such file", at=str(path), hint="Check the path") from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", "") or str(error)).lower()
        raise InputError(f"cannot read it: {reason}", at=str(path)) from None
    if len(data) > MAX_BYTES:
        problem = f"the file is larger than the {MAX_BYTES:,} bytes that are read"
        raise FileError([Problem(str(path), problem, "Split it, or keep data out of it", code="E106")])
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
        at = f"{path}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
        problem = f"byte {error.start} is not UTF-8 text"
        raise FileError([Problem(at, problem, "Save the file as UTF-8", code="E107")]) from None


def parse_yaml(text: str, path: Path) -> Document:
    """Parse YAML text; `path` only names it in messages.

    Raises:
        FileError: as for `read_yaml`.
    """
    document, problems = parsed(text, path)
    if problems:
        raise FileError(problems)
    return document


def parsed(text: str, path: Path) -> tuple[Document, list[Problem]]:
    """What can be read of YAML text, and every problem; where YAML itself ends early, the value is None."""
    builder = Builder(text, path)
    value = builder.read()
    unread = frozenset(builder.unread)
    document = Document(path, text, value, builder.positions, builder.values, builder.lines, unread)
    return document, list(dict.fromkeys(builder.problems))
