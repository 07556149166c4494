"""The timeline as JSON lines, one entry a line, and back: what one database gives, another takes."""

import base64
import json
import re
from collections.abc import AsyncGenerator, Iterable, Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from ...tools.base.checked import Strict
from ...tools.base.errors import InputError
from .query import Query
from .timeline import Timeline
from .types import Entry, Kind, Part, PartKind

_AT_ONCE = 50
"""Entries in memory at a time, with their sound."""
_Id = Annotated[str, Field(max_length=200)]
_Name = Annotated[str, Field(max_length=1_000)]
_Time = Annotated[float, Field(ge=0, le=253_000_000_000)]
"""Seconds since 1970, up to the year 9987, so that it can be shown in every time zone."""


def _bytes(written: Any) -> bytes:
    try:
        return base64.b64decode(written, validate=True)
    except (TypeError, ValueError):
        raise ValueError("it is not in base 64") from None


class _Part(Strict):
    kind: PartKind
    text: str = ""
    data: Any = None
    content: Annotated[bytes, BeforeValidator(_bytes)] = b""
    media_type: _Name = ""

    @field_validator("data")
    @classmethod
    def _is_json(cls, data: Any) -> Any:
        json.dumps(data, allow_nan=False)  # NaN is read without complaint
        return data


class _Line(Strict):
    id: Annotated[_Id, Field(min_length=1)]
    thread: _Name
    who: _Name
    kind: Kind
    parts: tuple[_Part, ...] = ()
    run: _Id = ""
    parent: _Id = ""
    began: _Time
    ended: _Time = 0.0
    heard: bool = False
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    language: Annotated[str, Field(max_length=35)] = ""
    revises: _Id = ""
    revision: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    forgotten: bool = False

    @field_validator("id")
    @classmethod
    def _is_no_option(cls, id: str) -> str:
        if id.startswith("-"):
            raise ValueError("it begins with '-', and no command could name it")
        return id

    @model_validator(mode="after")
    def _is_not_its_own(self) -> "_Line":
        if self.id in (self.revises, self.parent):
            raise ValueError(f"the entry {self.id!r} {'revises' if self.id == self.revises else 'follows'} itself")
        return self


async def export(timeline: Timeline, query: Query | None = None) -> AsyncGenerator[str, None]:
    """Each entry a query means as a line, with its line feed, the oldest first; bytes are in base 64.

    Args:
        query: Without one, all entries in all their revisions.
    """
    found = await timeline.find(query or Query(revisions=True))
    for start in range(0, len(found), _AT_ONCE):
        some = [entry.id for entry in found[start : start + _AT_ONCE]]
        whole = await timeline.entries(some, contents=True)
        for id in some:
            yield line_of(whole[id]) + "\n"


async def import_lines(timeline: Timeline, lines: Iterable[str], source: str = "line ") -> int:
    """Add the entries of lines, all or none; those that are there stay as they are. How many were new.

    Args:
        source: What stands before the number of a line in a complaint: `talk.jsonl:`.
    Raises:
        InputError: a line is no entry; it is named.
        StorageError: the timeline cannot be written.
    """
    new = 0
    async with timeline.database.transaction() as transaction:
        some: list[Entry] = []
        for entry in entries_of(lines, source):
            some.append(entry)
            if len(some) == _AT_ONCE:
                new += await timeline.append_in(transaction, some)
                some = []
        return new + await timeline.append_in(transaction, some)


def line_of(entry: Entry) -> str:
    """An entry as JSON without a line feed: what it does not have is not written."""
    fields = {name: getattr(entry, name) for name in _Line.model_fields if name != "parts"}
    kept = {name: value for name, value in fields.items() if value != _Line.model_fields[name].default}
    return json.dumps(kept | {"parts": [_plain(part) for part in entry.parts]}, ensure_ascii=False, allow_nan=False)


def entries_of(lines: Iterable[str], source: str = "line ") -> Iterator[Entry]:
    """The entries of lines; empty lines are none.

    Raises:
        InputError: a line is no entry.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield _entry(_Line.model_validate_json(line.strip(), strict=True))
            except ValidationError as error:
                hint = "A line is what antiphon timeline export writes; nothing was imported"
                raise InputError(_told(error), at=f"{source}{number}", hint=hint) from None


def _entry(line: _Line) -> Entry:
    parts = tuple(Part(**dict(part)) for part in line.parts)
    fields: dict[str, Any] = dict(line) | {"parts": parts}
    return Entry(**fields)


def _plain(part: Part) -> dict[str, Any]:
    content = base64.b64encode(part.content).decode()
    fields = {"kind": part.kind, "text": part.text, "content": content, "media_type": part.media_type}
    return {name: value for name, value in fields.items() if value} | ({} if part.data is None else {"data": part.data})


def _told(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    message = re.sub("^Invalid JSON: |^Value error, | line 1(?= column)", "", first["msg"])
    if first["type"] == "json_invalid":
        return f"this is no JSON: {message}"
    where = ".".join(map(str, first["loc"]))
    if where:
        return f"{where!r}: {message[:1].lower()}{message[1:]}"
    return message if first["type"] == "value_error" else "this is no JSON object"
