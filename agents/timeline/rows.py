"""Entries as rows of a table, the same in both databases, and back."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...tools.base.database import Row
from ...tools.base.errors import InputError
from .query import folded, storable
from .types import Entry, Part

VERSION = 1
"""Of these tables: one more with each change of a column."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS timeline_entries (
    id TEXT PRIMARY KEY,
    parent TEXT NOT NULL,
    thread TEXT NOT NULL,
    run TEXT NOT NULL,
    who TEXT NOT NULL,
    kind TEXT NOT NULL,
    began DOUBLE PRECISION NOT NULL,
    ended DOUBLE PRECISION NOT NULL,
    heard BIGINT NOT NULL,
    confidence DOUBLE PRECISION,
    language TEXT NOT NULL,
    revises TEXT NOT NULL,
    revision BIGINT NOT NULL,
    forgotten BIGINT NOT NULL,
    parts TEXT NOT NULL,
    origin TEXT NOT NULL,
    words TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS timeline_by_thread ON timeline_entries (thread, began, id);
CREATE INDEX IF NOT EXISTS timeline_by_thread_and_id ON timeline_entries (thread, id);
CREATE INDEX IF NOT EXISTS timeline_by_time ON timeline_entries (began, id);
CREATE INDEX IF NOT EXISTS timeline_by_run ON timeline_entries (run, began);
CREATE INDEX IF NOT EXISTS timeline_by_origin ON timeline_entries (origin, revision, id);
CREATE TABLE IF NOT EXISTS timeline_contents (
    entry TEXT NOT NULL,
    place BIGINT NOT NULL,
    kind TEXT NOT NULL,
    size BIGINT NOT NULL,
    content {bytes} NOT NULL,
    PRIMARY KEY (entry, place)
)
"""
COLUMNS = tuple(
    "id parent thread run who kind began ended heard confidence language revises revision forgotten parts".split()
)
"""As in an `Entry`; beside them `origin`, the first version of what an entry revises, and `words`, to be searched."""
TABLES = ("timeline_entries", "timeline_contents")

Contents = Mapping[tuple[str, int], bytes]
"""The bytes of the parts of entries, by the entry's id and the place of the part in it."""


def row_of(entry: Entry, origin: str) -> list[Any]:
    """The values of `COLUMNS`, of `origin` and of `words`.

    Raises:
        InputError: it holds what JSON cannot.
    """
    values = [getattr(entry, name) for name in COLUMNS[:-1]]
    kept = [int(value) if isinstance(value, bool) else value for value in values]
    parts = _written(entry)
    words = "" if entry.forgotten else folded("\n".join((entry.text, *_texts(entry))))
    return [storable(value) for value in (*kept, parts, origin, words)]


def contents_of(entry: Entry) -> list[list[Any]]:
    """Rows of `timeline_contents`, one for each part that has bytes."""
    places = enumerate(entry.parts)
    return [[entry.id, place, part.kind, len(part.content), part.content] for place, part in places if part.content]


def entry_of(row: Row, contents: Contents) -> Entry:
    """The entry of a row of `COLUMNS`."""
    values = dict(zip(COLUMNS, row, strict=True))
    parts = json.loads(values.pop("parts"))
    made = (Part(**part, content=contents.get((values["id"], place), b"")) for place, part in enumerate(parts))
    values["heard"], values["forgotten"] = bool(values["heard"]), bool(values["forgotten"])
    return Entry(**values, parts=tuple(made))


def shape_of(parts: str) -> str:
    """The column `parts` with nothing in it but what kind of thing each part was."""
    kept = ({"kind": part["kind"], "media_type": part.get("media_type", "")} for part in json.loads(parts))
    return _json({name: value for name, value in part.items() if value} for part in kept)


def _texts(entry: Entry) -> Iterator[str]:
    """What can be looked for in the data of an entry: its texts, its names, and its numbers as they are written."""
    within: list[Any] = [part.data for part in entry.parts]
    while within:
        match within.pop():
            case bool() | None:
                pass
            case str() | int() | float() as found:
                yield str(found)
            case Mapping() as found:
                within += [*found.keys(), *found.values()]
            case found:
                within += found


def _written(entry: Entry) -> str:
    try:
        return _json(map(_plain, entry.parts))
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"an entry of {entry.who!r} holds what JSON cannot: {error}") from error


def _plain(part: Part) -> dict[str, Any]:
    """Only what it has."""
    fields = {"kind": part.kind, "text": part.text, "media_type": part.media_type}
    return {name: value for name, value in fields.items() if value} | ({} if part.data is None else {"data": part.data})


def _json(parts: Iterable[Mapping[str, Any]]) -> str:
    return json.dumps(list(parts), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
