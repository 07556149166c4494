"""Texts of a state become references to the timeline, and texts again: a checkpoint holds no words.

`{"$words": [entry, part]}` stands for a text, `{"$bytes": ...}` for bytes, `{"$pairs": ...}` for an object with keys
that are no names, `{"$number": ...}` for a number that JSON does not have or 64 bits do not hold. A key that begins
with `$` is never a name, so whatever a user's object holds comes back as it was.
"""

import asyncio
import json
import math
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import NoneType
from typing import TYPE_CHECKING, Any
from uuid import UUID

from langgraph.types import Interrupt, Overwrite, Send

from ...agents.timeline.types import Entry, Part
from ...tools.base.errors import InputError
from ...tools.base.ids import sorted_id
from ..compile.channels import ENDED, INDEX, NAMES, PATH, VALUE, VISITS
from .forgetting import needed

if TYPE_CHECKING:
    from ...agents.timeline.timeline import Timeline

TEXT, BYTES, PAIRS, NUMBER = "$words", "$bytes", "$pairs", "$number"
OWN = frozenset((NAMES, INDEX, VALUE, ENDED, *"index value added failed step kind problem number began".split()))
"""The keys of what the blocks of a workflow keep in the state for themselves."""
PLACES = frozenset((PATH, VISITS))
"""What says where in the workflow a run is: names of its nodes, and no words."""

_PLAIN = frozenset((NoneType, bool, datetime, date, time, timedelta, Decimal, UUID))

_DERIVED: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (str, str.__str__),
    (int, int),
    (float, float),
    (Mapping, dict),
    (list, list),
    (tuple, tuple),
)
"""What derives from plain values is stored as one: a member of an enumeration, a pair with named fields."""


class _Unkeepable(Exception):
    """A value that no checkpoint can hold."""


@dataclass(slots=True)
class _Batch:
    """Texts on their way to the timeline, which one entry takes up."""

    id: str = field(default_factory=sorted_id)
    parts: list[Part] = field(default_factory=list)


@dataclass(slots=True)
class Words:
    """The texts of one run: each is stored once, and referred to wherever it stands.

    Attributes:
        names: What is no word as the key of an object: the names of state fields, and those that blocks add.
    """

    timeline: "Timeline"
    thread: str
    run: str
    names: set[str] = field(default_factory=lambda: set(OWN))
    _known: dict[str | bytes, dict[str, Any]] = field(default_factory=dict)
    _open: _Batch = field(default_factory=_Batch)
    _leaving: list[Entry] = field(default_factory=list)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def learn(self, entry: Entry) -> None:
        """Refer to the texts of an entry, which is stored, wherever they stand in the state from now on."""
        for place, part in enumerate(entry.parts):
            if part.kind == "text" and part.text:
                self._known.setdefault(part.text, {TEXT: [entry.id, place]})

    def hide(self, value: Any, channel: str) -> Any:
        """The value with references for its texts; `keep` must end well before anybody may see it.

        Raises:
            InputError: it holds what no checkpoint can hold: a sound, an object of a class.
        """
        if channel in PLACES:
            return value
        try:
            return self._hidden(value)
        except _Unkeepable as error:
            hint = "Keep numbers, texts, lists and objects in the state"
            raise InputError(f"{channel!r} would hold {error}, which cannot be stored", hint=hint) from None

    async def keep(self) -> None:
        """Store the texts that were hidden; those of several writes at once go together.

        Raises:
            StorageError: they cannot be stored.
        """
        async with self._turn:
            if self._open.parts:
                self._leaving.append(self._entry(self._open))
                self._open = _Batch()
            if self._leaving:  # what broke off before goes once more; it does no harm where it had arrived
                await self.timeline.append(*self._leaving)
                self._leaving.clear()

    async def show(self, values: list[Any]) -> list[Any]:
        """The values with their texts.

        Raises:
            WordsForgotten: a person had one of them forgotten.
            StateNotKept: the timeline does not have the entries they refer to.
        """
        wanted = {reference[0] for reference in _references(values)}
        entries = await self.timeline.entries(wanted) if wanted else {}
        for id in sorted(wanted):
            needed(entries, id, self.run)
        return [self._shown(value, entries) for value in values]

    def _entry(self, batch: _Batch) -> Entry:
        parts = tuple(batch.parts)
        return Entry(id=batch.id, thread=self.thread, run=self.run, who="state", kind="value", parts=parts)

    def _hidden(self, value: Any) -> Any:
        kind = type(value)
        if kind is str:
            return self._reference(TEXT, value) if value else value
        if kind is int or kind is float:
            return value if _is_number(value) else {NUMBER: repr(value)}
        if kind in _PLAIN:
            return value
        if kind is dict:
            return self._object(value)
        if kind is list:
            return [self._hidden(one) for one in value]
        if kind is tuple:
            return tuple(self._hidden(one) for one in value)
        return self._rare(value)

    def _object(self, value: Mapping[Any, Any]) -> dict[str, Any]:
        if self.names.issuperset(value):
            return {key: self._hidden(one) for key, one in value.items()}
        return {PAIRS: [[self._hidden(key), self._hidden(one)] for key, one in value.items()]}

    def _rare(self, value: Any) -> Any:
        match value:
            case bytes():
                return self._reference(BYTES, value)
            case Send():
                return Send(value.node, self._begun(value.arg), timeout=value.timeout)
            case Interrupt():
                return replace(value, value=self._hidden(value.value))
            case Overwrite():
                return Overwrite(self._hidden(value.value))
        for kind, plain in _DERIVED:
            if isinstance(value, kind):
                return self._hidden(plain(value))
        raise _Unkeepable(f"a value of the type {type(value).__name__!r}")

    def _begun(self, state: Any) -> Any:
        """The state that a pass begins with."""
        if isinstance(state, dict) and self.names.issuperset(state):
            return {key: one if key in PLACES else self._hidden(one) for key, one in state.items()}
        return self._hidden(state)

    def _reference(self, kind: str, value: str | bytes) -> dict[str, Any]:
        known = self._known.get(value)
        if known is None:
            known = {kind: [self._open.id, len(self._open.parts)]}
            self._open.parts.append(_part(value))
            self._known[value] = known
        return known

    def _shown(self, value: Any, entries: Mapping[str, Entry]) -> Any:
        match value:
            case dict():
                return self._shown_object(value, entries)
            case list() | tuple():
                return type(value)(self._shown(one, entries) for one in value)
            case Send():
                return Send(value.node, self._shown(value.arg, entries), timeout=value.timeout)
            case Interrupt():
                return replace(value, value=self._shown(value.value, entries))
            case Overwrite():
                return Overwrite(self._shown(value.value, entries))
        return value

    def _shown_object(self, value: dict[str, Any], entries: Mapping[str, Entry]) -> Any:
        match value:
            case {"$words": reference} | {"$bytes": reference}:
                text = _told(value, entries[reference[0]])
                self._known.setdefault(text, value)
                return text
            case {"$pairs": pairs}:
                return {_key(self._shown(key, entries)): self._shown(one, entries) for key, one in pairs}
            case {"$number": number}:
                return float(number) if number.lstrip("-").isalpha() else int(number)
        return {key: self._shown(one, entries) for key, one in value.items()}


def _is_number(value: int | float) -> bool:
    return -(2**63) <= value < 2**64 if isinstance(value, int) else math.isfinite(value)


def _part(value: str | bytes) -> Part:
    """A text as it is, where every database can hold it."""
    if isinstance(value, bytes):
        return Part("data", data=b64encode(value).decode())
    if "\0" in value or not _is_unicode(value):
        return Part("data", data=json.dumps(value, ensure_ascii=False).encode(errors="backslashreplace").decode())
    return Part("text", text=value)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _told(value: Mapping[str, Any], entry: Entry) -> str | bytes:
    ((kind, (_, number)),) = value.items()
    part = entry.parts[number]
    if kind == BYTES:
        return b64decode(part.data)
    return part.text if part.kind == "text" else str(json.loads(part.data))


def _key(value: Any) -> Any:
    """What was a tuple is a list when it comes back, and a list is no key."""
    return tuple(map(_key, value)) if isinstance(value, list) else value


def _references(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Every reference in the values, however deep."""
    within = list(values)
    while within:
        match within.pop():
            case {"$words": reference} | {"$bytes": reference}:
                yield reference
            case dict() as found:
                within += found.values()
            case list() | tuple() as found:
                within += found
            case Send(arg=found) | Interrupt(value=found) | Overwrite(value=found):
                within.append(found)


def known_names(declared: Collection[str]) -> set[str]:
    """The names that may stand in a checkpoint as they are."""
    return {*OWN, *declared}
