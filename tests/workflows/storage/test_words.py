"""Texts of a state become references to the timeline, and texts again."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langgraph.types import Interrupt, Overwrite, Send

from antiphon.agents.sound import Sound
from antiphon.agents.timeline.opening import open_timeline
from antiphon.agents.timeline.query import Query
from antiphon.agents.timeline.timeline import Timeline
from antiphon.tools.base.errors import InputError, StorageError
from antiphon.workflows.compile.failures import kind_of
from antiphon.workflows.storage.checkpoints import PlainData
from antiphon.workflows.storage.types import WordsForgotten
from antiphon.workflows.storage.words import Words, known_names

ANY_TEXT = st.text(st.characters(), max_size=8) | st.sampled_from(
    ["\0", "\ud800", "$words", "$pairs", "$number", "牛奶"]
)
NUMBERS = st.integers() | st.floats(allow_nan=False)
KEYS = ANY_TEXT | st.integers(0, 9) | st.sampled_from(["field", "index"])
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | ANY_TEXT | st.binary(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
async def timeline(tmp_path: Path) -> AsyncIterator[Timeline]:
    async with open_timeline(tmp_path / "timeline.sqlite") as timeline:
        yield timeline


@pytest.fixture
def words(timeline: Timeline) -> Words:
    return of_a_run(timeline)


def of_a_run(timeline: Timeline) -> Words:
    return Words(timeline, "thread", "run", known_names(["field", "item"]))


async def kept(words: Words, value: Any) -> Any:
    hidden = words.hide(value, "field")
    await words.keep()
    return hidden


async def shown(words: Words, hidden: Any) -> Any:
    return (await words.show([hidden]))[0]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("words") / "timeline.sqlite"


@settings(deadline=None, max_examples=60)
@given(values=st.lists(VALUES, min_size=1, max_size=20))
def test_every_value_comes_back_as_it_was(values: list[Any], file: Path) -> None:
    serializer = PlainData()

    async def there_and_back() -> Any:
        async with open_timeline(file) as timeline:
            stored = serializer.dumps_typed(await kept(of_a_run(timeline), values))
            return await shown(of_a_run(timeline), serializer.loads_typed(stored))

    assert asyncio.run(there_and_back()) == values


@settings(deadline=None, max_examples=60)
@given(value=VALUES, words=st.text("秘密§ß", min_size=2, max_size=9))
def test_no_text_is_left_however_deep_it_lies(value: Any, words: str) -> None:
    mine = Words(None, "thread", "run")  # type: ignore[arg-type]
    hidden = mine.hide([value, {words: [{"index": words}]}, Send("node", {words: words})], "field")
    assert words.encode() not in PlainData().dumps_typed(hidden)[1]


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), 2**200, -(2**64), timedelta(seconds=1)])
async def test_numbers_and_times_come_back_whatever_their_size(words: Words, value: Any) -> None:
    stored = PlainData().dumps_typed(await kept(words, value))
    assert await shown(words, PlainData().loads_typed(stored)) == value


async def test_a_number_that_is_none_comes_back(words: Words) -> None:
    assert str(await shown(words, await kept(words, float("nan")))) == "nan"


@pytest.mark.parametrize(
    "value", [Send("node", {"item": "牛奶", "$words": ["a", 1]}), Interrupt("milk", "id"), Overwrite(["milk"])]
)
async def test_what_langgraph_wraps_a_value_in_is_gone_through(words: Words, value: Any) -> None:
    hidden = await kept(words, [value])
    assert (hidden == [value], await shown(words, hidden)) == (False, [value])


class Colour(StrEnum):
    RED = "red"


async def test_a_member_of_an_enumeration_is_stored_as_its_text(words: Words) -> None:
    assert type(await shown(words, await kept(words, Colour.RED))) is str


async def test_declared_names_stay_and_other_keys_are_words(words: Words) -> None:
    hidden = await kept(words, [{"item": 1}, {"milk": 2}])
    assert hidden[0] == {"item": 1}
    assert "milk" not in str(hidden)


async def test_numbers_make_no_entry(words: Words, timeline: Timeline) -> None:
    await kept(words, {"field": [1, 2.5, None, True, ""]})
    assert await timeline.find(Query(run="run")) == []


async def test_the_texts_of_one_write_are_one_entry_that_nobody_heard(words: Words, timeline: Timeline) -> None:
    await kept(words, ["milk", "牛奶", "milk"])
    (entry,) = await timeline.find(Query(run="run"))
    told = (entry.thread, entry.run, entry.who, entry.heard, [part.text for part in entry.parts])
    assert told == ("thread", "run", "state", False, ["milk", "牛奶"])


async def test_a_text_is_stored_once_in_a_run(words: Words, timeline: Timeline) -> None:
    first, again = await kept(words, "milk"), await kept(words, ["milk"])
    assert ([first], len(await timeline.find(Query(run="run")))) == (again, 1)


async def test_a_resumed_run_knows_the_texts_it_has_read(words: Words, timeline: Timeline) -> None:
    hidden, resumed = await kept(words, ["milk", b"\0"]), of_a_run(timeline)
    await shown(resumed, hidden)
    assert resumed.hide(["milk", b"\0"], "field") == hidden


async def test_writes_at_the_same_time_go_together(words: Words, timeline: Timeline) -> None:
    await asyncio.gather(*(kept(words, f"text {i}") for i in range(50)))
    assert len(await timeline.find(Query(run="run"))) <= 3


@pytest.mark.parametrize("value", ["milk", b"milk", "\0milk 牛奶", {"milk": 1}])
async def test_what_was_forgotten_is_not_gone_on_without(words: Words, timeline: Timeline, value: Any) -> None:
    hidden = await kept(words, [value, 1])
    await timeline.forget(Query(run="run"))
    with pytest.raises(WordsForgotten, match="a text of its state is forgotten") as caught:
        await shown(of_a_run(timeline), hidden)
    assert kind_of(caught.value) is None


@pytest.mark.parametrize("text", ["\0 牛奶", "\ud800 牛奶", "牛奶 \udc00", '"\\ud800\0 牛奶'])
async def test_a_text_that_no_database_holds_as_it_is_can_be_looked_for(
    words: Words, timeline: Timeline, text: str
) -> None:
    assert await shown(of_a_run(timeline), await kept(words, text)) == text
    assert len(await timeline.find(Query(text="牛奶"))) == 1


async def test_a_timeline_without_the_entry_is_told(words: Words, timeline: Timeline) -> None:
    hidden = words.hide("milk", "field")
    with pytest.raises(StorageError, match="the timeline has no entry"):
        await words.show([hidden])


async def test_a_write_that_was_cancelled_is_made_up_for(words: Words, timeline: Timeline, tmp_path: Path) -> None:
    hidden = words.hide("milk", "field")
    with closing(sqlite3.connect(tmp_path / "timeline.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await words.keep()
    await kept(words, "bread")
    assert await shown(words, hidden) == "milk"


@pytest.mark.parametrize("value", [Sound(None, 16_000), {1, 2}, object()])  # type: ignore[arg-type]
async def test_what_is_no_plain_value_is_refused_and_the_channel_named(words: Words, value: Any) -> None:
    name = type(value).__name__
    with pytest.raises(InputError, match=f"'field' would hold a value of the type '{name}', which cannot be stored"):
        words.hide([{"field": value}], "field")
