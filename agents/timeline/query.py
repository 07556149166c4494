"""Which entries of the timeline are meant."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from ...tools.base.errors import InputError
from .types import Kind

MAX_TEXT = 1_000
"""The longest text that is looked for, in characters; a database's LIKE takes 50,000 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked of the timeline; without anything, all of it.

    Attributes:
        last: So many of the latest ones; 0 for all.
        since, until: Seconds since 1970; what reaches into the time is found, what begins at `until` is not.
        who: A person, a node, a tool.
        text: Stands in its words, in large letters or small.
        heard: Only what a person heard or saw, or only what nobody did.
        forgotten: Whether entries without words are found, too.
        revisions: Each version of an entry instead of the latest one.
        ids: Only these.
    """

    last: int = 0
    since: float | None = None
    until: float | None = None
    who: str = ""
    kinds: Collection[Kind] = ()
    text: str = ""
    thread: str = ""
    run: str = ""
    heard: bool | None = None
    forgotten: bool = True
    revisions: bool = False
    ids: Collection[str] = ()


def folded(text: str) -> str:
    """A text as it is compared: wide letters are narrow, large ones small (Unicode NFKC, case folding)."""
    return unicodedata.normalize("NFKC", text).casefold()


LATEST = (
    "NOT EXISTS (SELECT 1 FROM timeline_entries later WHERE later.origin = entry.origin"
    " AND (later.revision, later.id) > (entry.revision, entry.id))"
)


def conditions(query: Query) -> tuple[str, list[Any]]:
    """SQL that holds for the entries a query means, as `entry`, and its values.

    Raises:
        InputError: the text is longer than a text that is looked for may be.
    """
    if len(query.text) > MAX_TEXT:
        raise InputError(f"the text to look for is longer than {MAX_TEXT} characters", hint="Look for a part of it")
    given: list[tuple[str, Collection[Any]]] = [
        ("entry.ended >= ?", () if query.since is None else (query.since,)),
        ("entry.began < ?", () if query.until is None else (query.until,)),
        ("entry.heard = ?", () if query.heard is None else (int(query.heard),)),
        *((f"entry.{name} = ?", (value,) if value else ()) for name, value in _names(query)),
        (f"entry.kind IN ({marks(query.kinds)})", query.kinds),
        (f"entry.id IN ({marks(query.ids)})", query.ids),
        ("entry.words LIKE ? ESCAPE '!'", (f"%{_escaped(folded(query.text))}%",) if query.text else ()),
    ]
    held = [(sql, values) for sql, values in given if values]
    always = [*([] if query.revisions else [LATEST]), *([] if query.forgotten else ["entry.forgotten = 0"])]
    sql = " AND ".join([*(sql for sql, _ in held), *always]) or "1 = 1"
    return sql, [storable(value) for _, values in held for value in values]


def marks(values: Collection[Any]) -> str:
    """A question mark for each value."""
    return ", ".join("?" * len(values))


def storable(value: Any) -> Any:
    """Without what no database holds as text: half characters, and in Postgres a zero byte."""
    if not isinstance(value, str):
        return value
    return value.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def _names(query: Query) -> list[tuple[str, str]]:
    return [("thread", query.thread), ("run", query.run), ("who", query.who)]


def _escaped(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
