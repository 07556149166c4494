"""Where the parts of a workflow stand in the Python file that makes it: found from the call, when somebody asks."""

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any

from ...tools.base.yaml_reading import Document, Path_

KEYS = {
    "text": "from",
    "arguments": "with",
    "else_": "else",
    "as_": "as",
    "for_": "for",
    "while_": "while",
    "schema_": "schema",
}
"""Names in Python whose key in a file is another; in some kinds `text` is `text` in both."""
_POSITIONAL = {"workflow": ("name",), "When": ("when", "to"), "Else": ("else",)}


@dataclass(frozen=True)
class Call:
    """A call in a Python file; columns are bytes from 0, as Python itself counts them.

    Attributes:
        file: As the interpreter names it: a path, or `<stdin>`.
    """

    file: str
    line: int
    end_line: int = 0
    column: int = 0
    end_column: int = 0

    @cached_property
    def reading(self) -> "Reading":
        """The file, followed from this call on; only the call's own place where it cannot be read."""
        try:
            text = Path(self.file).read_text(encoding="utf-8-sig")
            tree = ast.parse(text)
        except (OSError, SyntaxError, ValueError):
            return Reading([], {(): (self.line, 1)}, {(): (self.line, 1)})
        reading = Reading(text.splitlines(), {}, {}, dict(_assigned(tree)))
        node = next((node for node in ast.walk(tree) if isinstance(node, ast.Call) and self._is(node)), None)
        reading.positions[()] = reading.values[()] = reading.place(node) if node else (self.line, 1)
        if node is not None:
            reading.follow(node, ())
            reading.spans.append(_statement(tree, node))
        return reading

    def _is(self, node: ast.Call) -> bool:
        place = (node.lineno, node.end_lineno, node.col_offset, node.end_col_offset)
        return place == (self.line, self.end_line, self.column, self.end_column)

    def document(self, data: Any) -> Document:
        """What the call says, as if it had been read from a file: for the same checks."""
        reading = self.reading
        text = "\n".join(reading.lines)
        return Document(Path(self.file), text, data, reading.positions, reading.values, reading.lines)

    def __call__(self, path: Path_, shift: int = 0) -> str:
        """`file:line:column` of a part, or of the character `shift` of a text that is written on one line."""
        reading = self.reading
        while path not in reading.values:
            path, shift = path[:-1], -1
        line, column = reading.positions[path]
        if shift >= 0 and path in reading.texts:  # below 0 the key is meant
            line, column = reading.values[path]
            column += shift + reading.texts[path]
        return f"{self.file}:{line}:{column}"


def call_of(frame: FrameType) -> Call:
    """The call that a frame is making (PEP 657)."""
    code = frame.f_code
    found = next(islice(code.co_positions(), frame.f_lasti // 2, None), (None,) * 4)
    line, end_line, column, end_column = found
    return Call(code.co_filename, line or frame.f_lineno, end_line or 0, column or 0, end_column or 0)


def caller(depth: int = 1) -> FrameType:
    """The frame so many calls above the one that asks."""
    return sys._getframe(depth + 1)


@dataclass(slots=True)
class Reading:
    """A Python file and the parts of one call in it, by path.

    Attributes:
        positions: Of the keyword, the key or the item; a part that stands in a variable is where that is assigned.
        values: Of the value.
        texts: Texts written on one line and without escapes: how far the text begins behind its value.
        spans: First and last line of the statements that were followed; the call's own is the last.
    """

    lines: list[str]
    positions: dict[Path_, tuple[int, int]]
    values: dict[Path_, tuple[int, int]]
    assigned: Mapping[str, ast.Assign | ast.AnnAssign] = field(default_factory=dict)
    texts: dict[Path_, int] = field(default_factory=dict)
    spans: list[tuple[int, int]] = field(default_factory=list)

    def place(self, node: ast.expr | ast.keyword | ast.stmt) -> tuple[int, int]:
        """Line and column in characters, both from 1."""
        line = self.lines[node.lineno - 1]
        return node.lineno, len(line.encode()[: node.col_offset].decode()) + 1

    def follow(self, node: ast.expr, path: Path_, depth: int = 0) -> None:
        """Note the place of everything the literal structure of an expression holds."""
        if isinstance(node, ast.Name) and node.id in self.assigned and depth < 8:
            statement = self.assigned[node.id]
            assert statement.value is not None
            self.positions[path] = self.place(statement)
            self.spans.append((statement.lineno, statement.end_lineno or 0))
            return self.follow(statement.value, path, depth + 1)
        self.values[path] = self.place(node)
        self.positions.setdefault(path, self.values[path])
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            self._text(node, path)
        for key, key_node, value in _parts(node):
            self.positions[*path, key] = self.place(key_node)
            self.follow(value, (*path, key), depth)
        return None

    def _text(self, node: ast.Constant, path: Path_) -> None:
        if node.lineno == node.end_lineno:
            code = self.lines[node.lineno - 1].encode()[node.col_offset : node.end_col_offset].decode()
            if code[1:-1] == node.value:
                self.texts[path] = 1


def _statement(tree: ast.Module, call: ast.Call) -> tuple[int, int]:
    """First and last line of the smallest statement a call is in."""
    spans = [(node.lineno, node.end_lineno or 0) for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    around = [(first, last) for first, last in spans if first <= call.lineno and last >= (call.end_lineno or 0)]
    return max(around, key=lambda span: (span[0], -span[1]))


def _parts(node: ast.expr) -> Iterator[tuple[str | int, ast.expr | ast.keyword, ast.expr]]:
    match node:
        case ast.Call():
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield from ((key, value, value) for key, value in zip(_POSITIONAL.get(name, ()), node.args, strict=False))
            for keyword in node.keywords:
                for key in dict.fromkeys((keyword.arg, KEYS.get(keyword.arg or "", keyword.arg))):
                    if key is not None:
                        yield key, keyword, keyword.value
        case ast.Dict():
            for key_node, value in zip(node.keys, node.values, strict=True):
                if isinstance(key_node, ast.Constant) and isinstance(key_node.value, str):
                    yield key_node.value, key_node, value
        case ast.List() | ast.Tuple():
            yield from ((i, item, item) for i, item in enumerate(node.elts))
        case _:
            return


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.Assign | ast.AnnAssign]]:
    """The names a module gives a value to exactly once, on its own level."""
    stores = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.AnnAssign) and statement.value is not None:
            targets = [statement.target]
        if len(targets) == 1 and isinstance(targets[0], ast.Name) and stores.count(targets[0].id) == 1:
            assert isinstance(statement, ast.Assign | ast.AnnAssign)
            yield targets[0].id, statement
