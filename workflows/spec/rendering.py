"""A workflow as YAML text that people like to read, with its comments where they belong.

What was set is written, and nothing else; a short map stands on one line; a long text becomes a block. PyYAML could
write the values, but neither it nor ruamel.yaml can be given comments for every place without surprises, so the layout
is our own; scalars are plain only where every YAML reads them as text, and JSON strings otherwise.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from ...tools.base.written import keys_of
from ...tools.base.yaml_reading import Path_
from .comments import NONE, Comments, Places
from .kinds.common import NodeBase
from .types import Block, WorkflowSpec
from .width import width

WIDTH = 100
"""Columns a map on one line may reach."""
_MARKS = r"\w./()'?!;+，。、？！：；（）“”《》…·-"
_PLAIN = re.compile(rf"[0-9]+(?:ms|s|m|h|d)|[^\W\d](?:[ {_MARKS}]*[{_MARKS}])?")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""What some version of YAML reads as something else than text, whatever its case."""
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_EXPRESSION = re.compile(r"^\$\{|\b(?:state|input|result)\.")
_ALWAYS = frozenset({"kind", "schema_", "strategy"})
_FIRST = ("kind", "about")
_LAST = tuple(
    "follows into wait_for retry timeout on_error cache limits effects approve do start nodes next route".split()
)


def render(spec: WorkflowSpec, comments: Comments = NONE, places: Places | None = None) -> str:
    """The text of a workflow.yaml.

    Args:
        places: Where each part stands in the source; the order of keys is that of the source then.
    """
    return render_data(as_data(spec, places), comments)


def render_data(data: Mapping[str, Any], comments: Comments = NONE) -> str:
    """YAML text of plain data: maps, lists, texts, numbers, true, false and null."""
    lines = [*_Writer(comments).map(data, (), 0), *comments.end]
    return "\n".join(lines) + "\n"


def as_data(value: Any, places: Places | None = None, path: Path_ = ()) -> Any:
    """A spec as plain data under the keys of the file: the fields that were set, `kind`, `strategy` and `schema`."""
    if isinstance(value, BaseModel):
        set_ = [name for name in _order(type(value)) if name in value.model_fields_set or name in _ALWAYS]
        keys = dict(keys_of(type(value)))
        given = {name: (places or {}).get((*path, keys[name])) for name in set_ if name not in _ALWAYS}
        if places and all(given.values()):
            set_.sort(key=lambda name: given.get(name) or (0, 0))
        return {keys[name]: _field(value, name, places, (*path, keys[name])) for name in set_}
    if isinstance(value, Mapping):
        return {key: as_data(item, places, (*path, key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_data(item, places, (*path, i)) for i, item in enumerate(value)]
    return value


def _field(model: BaseModel, name: str, places: Places | None, path: Path_) -> Any:
    value = getattr(model, name)
    if isinstance(value, float) and value.is_integer() and type(model).model_fields[name].annotation is not Any:
        return int(value)  # a number in the type, which 2 is as good as 2.0
    return as_data(value, places, path)


def _order(type_: type[BaseModel]) -> list[str]:
    """Fields as people write them: of a node, what it is first, and where it leads last."""
    names = [*type_.model_fields]
    if not issubclass(type_, NodeBase):
        return names
    common = {*NodeBase.model_fields, *(Block.model_fields if issubclass(type_, Block) else ()), *_FIRST}
    return [*_FIRST, *(name for name in names if name not in common), *(name for name in _LAST if name in names)]


@dataclass(frozen=True, slots=True)
class _Writer:
    comments: Comments

    def map(self, data: Mapping[str, Any], path: Path_, indent: int) -> Iterator[str]:
        airy, last = path in ((), ("nodes",)), 0
        for i, (key, value) in enumerate(data.items()):
            here, head = (*path, key), f"{' ' * indent}{scalar(key)}:"
            before, lines = [*self._before(here, indent)], [*self._value(head, value, here, indent)]
            if airy and i and (before or max(last, len(lines)) > 1):
                yield ""
            yield from (*before, *lines)
            last = len(lines)

    def _list(self, data: list[Any], path: Path_, indent: int) -> Iterator[str]:
        for i, item in enumerate(data):
            here, head = (*path, i), f"{' ' * indent}-"
            yield from self._before(here, indent)
            if isinstance(item, dict) and item and self._flat(item, here, len(head)) is None:
                yield from self._item(item, here, indent, head)
            else:
                yield from self._value(head, item, here, indent)

    def _item(self, item: dict[str, Any], path: Path_, indent: int, head: str) -> Iterator[str]:
        """A map in a list, its first key beside the dash; what is said before that key goes above."""
        first = (*path, next(iter(item)))
        beside = self.comments.beside.get(path)
        yield from [f"{' ' * indent}{beside}"] if beside else []
        lines = [*self.map(item, path, indent + 2)]
        said = len(self.comments.before.get(first, ()))
        yield from (line[2:] for line in lines[:said])
        yield f"{head} {lines[said].lstrip()}"
        yield from lines[said + 1 :]

    def _before(self, path: Path_, indent: int) -> Iterator[str]:
        return (f"{' ' * indent}{text}" for text in self.comments.before.get(path, ()))

    def _value(self, head: str, value: Any, path: Path_, indent: int) -> Iterator[str]:
        beside = f"  {self.comments.beside[path]}" if path in self.comments.beside else ""
        flat = self._flat(value, path, width(head))
        if flat is not None:
            yield f"{head} {flat}{beside}"
        elif isinstance(value, str):
            mark, lines = _block(value, WIDTH - indent - 2) or ("", [])
            yield f"{head} {mark}{beside}"
            yield from (f"{' ' * (indent + 2)}{line}" if line else "" for line in lines)
        else:
            yield f"{head}{beside}"
            yield from (
                self.map(value, path, indent + 2) if isinstance(value, dict) else self._list(value, path, indent + 2)
            )

    def _flat(self, value: Any, path: Path_, used: int) -> str | None:
        """The value on one line, None where it is better written on several."""
        if isinstance(value, str):
            text = scalar(value)
            many = "\n" in value or used + 1 + width(text) > WIDTH
            return None if many and _block(value, WIDTH) else text
        if not isinstance(value, dict | list) or not value:
            return _flow(value)
        if self.comments.within(path) or not _is_short(value):
            return None
        text = _flow(value)
        return text if used + 1 + width(text) <= WIDTH else None


def _is_short(value: Any) -> bool:
    """Whether one line can hold it well: few levels, and no table of maps."""
    items = [*(value.values() if isinstance(value, dict) else value)]
    inner = [item for item in items if isinstance(item, dict | list) and item]
    if any(isinstance(item, str) and "\n" in item and _block(item, WIDTH) for item in items):
        return False
    if isinstance(value, list):
        return not inner
    return len(inner) < max(2, len(items)) and all(_height(i) == 1 and _is_short(i) for i in inner)


def _height(value: Any) -> int:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max((_height(item) for item in items), default=0) if isinstance(value, dict | list) and value else 0


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return scalar(value)


def scalar(value: Any) -> str:
    """A value on one line: plain, or quoted where anyone could read it as something else."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float():
            return _number(value)
        case str():
            return value if _is_plain(value) else quoted(value)
        case _:
            return str(value)


def quoted(text: str) -> str:
    """A text between double quotes: a JSON string, with what YAML calls unprintable as an escape, too."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _number(value: float) -> str:
    text = repr(value)
    return {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}.get(text, text)


def _is_plain(text: str) -> bool:
    return bool(_PLAIN.fullmatch(text)) and text.isprintable() and text.casefold() not in _WORDS


def _block(text: str, columns: int) -> tuple[str, list[str]] | None:
    """The sign and the lines of a block scalar; None where quotes are safer or nothing is won."""
    lines = text.removesuffix("\n").split("\n")
    visible = all(line.replace("\u3000", " ").isprintable() and line == line.rstrip(" ") for line in lines)
    if not visible or not lines[0].strip("\u3000") or lines[0][0] == " " or not lines[-1]:
        return None
    if len(lines) > 1 or text.endswith("\n"):
        return ("|" if text.endswith("\n") else "|-"), lines
    folded = fold(text, columns)
    return (">-", folded) if len(folded) > 1 else None


def fold(text: str, columns: int, *, expressions: bool = True) -> list[str]:
    """A text cut at single spaces; pieces joined by a space are the text again.

    Args:
        expressions: Whether what an expression has in quotes stays whole.
    """
    code = expressions and _EXPRESSION.search(text)
    whole = _QUOTED.sub(lambda found: found[0].replace(" ", "\0"), text) if code else text
    pieces = re.split(r"(?<=\S) (?=\S)", whole)
    lines = [pieces[0]]
    for piece in pieces[1:]:
        if width(lines[-1]) + 1 + width(piece) <= columns:
            lines[-1] += f" {piece}"
        else:
            lines.append(piece)
    return [line.replace("\0", " ") for line in lines]
