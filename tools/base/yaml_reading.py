"""YAML 1.2 files that people write, read with the position of every value.

PyYAML's C parser under the core schema of YAML 1.2 (so `on` and `no` stay text), after a walk over the events that
refuses what a person would not write: deep nesting, many aliases, tags.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .errors import FileError, InputError, Problem

MAX_BYTES = 1_000_000
MAX_DEPTH = 64
"""PyYAML's C parser crashes the process on very deep nesting; nobody writes deeper than this by hand."""
MAX_ALIASES = 64

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and where it says it.

    `positions` maps the path of a value (keys and indices from the root) to the line and column, from 1, of its key
    (or of the item itself in a list); `values` to that of the value.
    """

    path: Path
    text: str
    value: Any
    positions: dict[Path_, tuple[int, int]] = field(repr=False)
    values: dict[Path_, tuple[int, int]] = field(repr=False)

    def at(self, path: Path_, *, value: bool = False) -> str:
        """`file:line:column` of the value at `path`, or of the nearest ancestor that is written down."""
        table = self.values if value else self.positions
        while path not in table:
            path = path[:-1]
        line, column = table[path]
        return f"{self.path}:{line}:{column}"

    def inside(self, path: Path_) -> Any:
        """The value at `path`, None where nothing is written."""
        value = self.value
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value


class _Loader(yaml.CSafeLoader):
    """Resolves plain scalars by the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema)."""

    yaml_implicit_resolvers: dict[str, Any] = {}


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+0123456789.",
    ),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first))


def read_yaml(path: Path) -> Document:
    """Read a YAML file.

    Raises:
        InputError: the file does not exist or is not text.
        FileError: it is not YAML, is too large, nests too deeply, has duplicate keys, aliases in excess, or tags.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise FileError([Problem(str(path), f"the file has {size:,} bytes; at most {MAX_BYTES:,} are read")])
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError("there is no such file", at=str(path), hint="Check the path") from None
    except (IsADirectoryError, PermissionError) as error:
        raise InputError(f"cannot read it: {(error.strerror or '').lower()}", at=str(path)) from None
    except UnicodeDecodeError as error:
        raise FileError(
            [Problem(str(path), f"byte {error.start} is not UTF-8 text", "Save the file as UTF-8")]
        ) from None
    return parse_yaml(text, path)


def parse_yaml(text: str, path: Path) -> Document:
    """Parse YAML text; `path` only names it in messages.

    Raises:
        FileError: as for `read_yaml`.
    """
    try:
        _refuse_bombs(text, path)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        raise FileError([_syntax_problem(error, path)]) from None
    except yaml.YAMLError as error:
        raise FileError([Problem(str(path), f"this is not YAML: {error}")]) from None
    document = Document(path, text, None, {(): (1, 1)}, {(): (1, 1)})
    problems: list[Problem] = []
    value = _construct(node, (), document, problems) if node is not None else None
    if problems:
        raise FileError(problems)
    return Document(path, text, value, document.positions, document.values)


def _refuse_bombs(text: str, path: Path) -> None:
    depth = aliases = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        mark = event.start_mark
        assert mark is not None
        at = f"{path}:{mark.line + 1}:{mark.column + 1}"
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        aliases += isinstance(event, yaml.AliasEvent)
        if depth > MAX_DEPTH:
            raise FileError([Problem(at, f"nested deeper than {MAX_DEPTH} levels")])
        if aliases > MAX_ALIASES:
            raise FileError([Problem(at, f"more than {MAX_ALIASES} aliases (*name)")])
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise FileError([Problem(at, f"the tag {tag!r} is not allowed", "Write plain values only")])


def _syntax_problem(error: yaml.MarkedYAMLError, path: Path) -> Problem:
    mark = error.problem_mark or error.context_mark
    at = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
    hint = ""
    if "found '{'" in str(error) or "got '{'" in str(error) or "flow" in str(error.context or ""):
        hint = 'Quote text that contains braces: "${...}"'
    elif "mapping values are not allowed" in str(error.problem):
        hint = "Quote text that contains ': ', and check the indentation"
    elif "cannot start any token" in str(error.problem):
        hint = "Indent with spaces, not tabs, and quote text that starts with @ or `"
    return Problem(at, f"this is not YAML: {error.problem or error.context}", hint)


def _construct(node: yaml.Node, path: Path_, document: Document, problems: list[Problem]) -> Any:
    document.values[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    document.positions.setdefault(path, document.values[path])
    if len(path) > MAX_DEPTH:  # an alias inside the thing it names
        problems.append(Problem(document.at(path), "an alias refers to what it is in"))
        return None
    if isinstance(node, yaml.SequenceNode):
        return [_construct(item, (*path, i), document, problems) for i, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return dict(_pairs(node, path, document, problems))
    return _Loader("").construct_object(node) if isinstance(node, yaml.ScalarNode) else None


def _pairs(
    node: yaml.MappingNode, path: Path_, document: Document, problems: list[Problem]
) -> Iterator[tuple[str, Any]]:
    seen: dict[str, tuple[int, int]] = {}
    for key_node, value_node in node.value:
        mark = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        at = f"{document.path}:{mark[0]}:{mark[1]}"
        if not isinstance(key_node, yaml.ScalarNode):
            problems.append(Problem(at, "a key must be plain text", 'Quote text that contains braces: "{{ ... }}"'))
            continue
        key = key_node.value
        if key in seen:
            problems.append(Problem(at, f"the key {key!r} is here twice; it is also on line {seen[key][0]}"))
            continue
        seen[key] = mark
        document.positions[(*path, key)] = mark
        yield key, _construct(value_node, (*path, key), document, problems)
