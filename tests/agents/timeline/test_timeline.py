"""The timeline in both databases: what was said and done is found again, forgotten, and taken elsewhere."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from antiphon.agents.timeline.opening import open_timeline
from antiphon.agents.timeline.query import Query
from antiphon.agents.timeline.timeline import Timeline
from antiphon.agents.timeline.types import Entry, Kind, Part
from antiphon.tools.base.errors import InputError
from antiphon.tools.base.postgres_database import PostgresDatabase
from antiphon.tools.base.sqlite_database import SqliteDatabase

NOON = 1_763_800_000.0


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    return request.getfixturevalue("postgres_url") if request.param == "postgres" else tmp_path / "timeline.sqlite"


@pytest.fixture
async def timeline(where: Path | str) -> AsyncIterator[Timeline]:
    async with open_timeline(where) as opened:
        yield opened


def said(text: str, **more: Any) -> Entry:
    usual = {"thread": "t", "who": "person", "kind": "utterance", "began": NOON, "parts": (Part("text", text),)}
    fields: dict[str, Any] = usual | more
    return Entry(**fields)


def chain(number: int, **more: Any) -> list[Entry]:
    entries: list[Entry] = []
    for i in range(number):
        parent = entries[-1].id if entries else ""
        kind: Kind = "answer" if i % 2 else "utterance"
        entries.append(said(f"words {i}", began=NOON + i, parent=parent, kind=kind, **more))
    return entries


def texts(entries: list[Entry]) -> list[str]:
    return [entry.text for entry in entries]


def on_disk(timeline: Timeline) -> bytes:
    """Every byte of a file and of its log."""
    assert isinstance(timeline.database, SqliteDatabase)
    return b"".join(path.read_bytes() for path in timeline.database.path.parent.glob("timeline.sqlite*"))


async def test_an_entry_comes_back_whole(timeline: Timeline) -> None:
    entry = Entry(
        thread="家",
        who="Ada",
        kind="utterance",
        parts=(
            Part("text", "月亮有多远？\n"),
            Part("audio", "a question", content=bytes(range(256)), media_type="audio/wav"),
            Part("image", content=b"\x89PNG", media_type="image/png"),
            Part("data", data={"km": 384_400, "of": ["月", None, True, 1.5]}),
        ),
        run="fq3k-7mzt",
        parent="before",
        began=NOON + 0.123456,
        ended=NOON + 2.5,
        heard=True,
        confidence=0.87,
        language="zh",
    )
    await timeline.append(entry)
    assert await timeline.entry(entry.id) == entry


async def test_many_entries_come_without_their_bytes_unless_asked(timeline: Timeline) -> None:
    entry = said("", parts=(Part("audio", content=b"sound", media_type="audio/wav"),))
    await timeline.append(entry)
    assert (await timeline.entries([entry.id]))[entry.id].parts == (Part("audio", media_type="audio/wav"),)
    assert await timeline.find(Query(), contents=True) == [entry]


async def test_what_is_not_there_is_not_found(timeline: Timeline) -> None:
    assert (await timeline.entry("no"), await timeline.entries([]), await timeline.latest("t")) == (None, {}, "")
    assert await timeline.past("no", 3) == []


async def test_entries_are_added_all_or_none(timeline: Timeline) -> None:
    with pytest.raises(InputError, match="what JSON cannot"):
        await timeline.append(said("a"), said("b", parts=(Part("data", data=float("nan")),)))
    assert await timeline.find(Query()) == []


async def test_an_entry_is_added_once(timeline: Timeline) -> None:
    entry = said("a")
    assert [await timeline.append(entry), await timeline.append(replace(entry, who="other"))] == [1, 0]
    assert await timeline.find(Query()) == [entry]


async def test_what_no_database_holds_is_replaced(timeline: Timeline) -> None:
    entry = said("half \ud83d zero \0")
    await timeline.append(entry)
    found = await timeline.entry(entry.id)
    assert found is not None
    assert found.text == "half ? zero \0"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(), "abcdef"),
        (Query(last=2), "ef"),
        (Query(since=NOON + 2), "bcdef"),
        (Query(since=NOON + 2.5, until=NOON + 4), "bd"),
        (Query(until=NOON + 1), "a"),
        (Query(who="Ada"), "bf"),
        (Query(kinds=("answer", "call")), "ce"),
        (Query(thread="other"), "f"),
        (Query(run="r"), "de"),
        (Query(run="r", kinds=["call"]), "e"),
        (Query(heard=True), "b"),
        (Query(heard=False, last=1), "f"),
        (Query(text="moon"), "cd"),
        (Query(text="月亮"), "b"),
        (Query(text="100%"), "f"),
        (Query(text="ＡＢＣ"), "f"),
        (Query(text="_"), ""),
        (Query(text="ÉTÉ"), "e"),
    ],
)
async def test_entries_are_found(timeline: Timeline, query: Query, found: str) -> None:
    words = ["a", "月亮有多远", "The MOON", "moons", "l'été", "abc 100% d'accord!"]
    more: list[dict[str, Any]] = [
        {},
        {"who": "Ada", "heard": True, "ended": NOON + 3},
        {"kind": "answer"},
        {"run": "r"},
        {"run": "r", "kind": "call"},
        {"thread": "other", "who": "Ada"},
    ]
    made = [said(text, began=NOON + i, **more[i]) for i, text in enumerate(words)]
    await timeline.append(*made[::-1])
    names = {entry.id: name for entry, name in zip(made, "abcdef", strict=True)}
    assert "".join(names[entry.id] for entry in await timeline.find(query)) == found


@pytest.mark.parametrize("text", ["momo", "book", "12345", "0.5", "牛奶", "Ｂook"])
async def test_what_stands_in_data_is_found_and_forgotten(timeline: Timeline, text: str) -> None:
    data = {"Book": ["Momo", {"牛奶": 1234567890}], "share": 0.5, "is": True, "none": None}
    await timeline.append(
        said("", parts=(Part("data", data={"other": 1}),)), said("", parts=(Part("data", data=data),))
    )
    (found,) = await timeline.find(Query(text=text))
    assert found.data == data
    assert await timeline.forget(Query(text=text)) == 1
    assert await timeline.find(Query(text=text)) == []


async def test_the_words_of_data_are_looked_for_one_by_one(timeline: Timeline) -> None:
    await timeline.append(said("a", parts=(Part("text", "new"), Part("data", data=["s", "pa", "per"]))))
    assert await timeline.find(Query(text="paper")) == []


async def test_a_better_transcript_takes_the_place_of_the_first(timeline: Timeline) -> None:
    first = said("how far is the moan")
    second = replace(said("how far is the noon"), revises=first.id, revision=1)
    third = replace(said("how far is the moon"), revises=second.id, revision=2)
    await timeline.append(first, second)
    await timeline.append(third, said("later", began=NOON + 1))
    assert texts(await timeline.find(Query())) == ["how far is the moon", "later"]
    assert texts(await timeline.find(Query(text="moan"))) == []
    assert len(await timeline.find(Query(revisions=True))) == 4


async def test_a_revision_may_come_before_what_it_revises(timeline: Timeline) -> None:
    first = said("one")
    second = said("two", revises=first.id, revision=1)
    third = said("three", revises=second.id, revision=2)
    for entry in (third, second, first):
        await timeline.append(entry)
    assert texts(await timeline.find(Query())) == ["three"]


async def test_the_past_follows_the_parents_of_a_fork(timeline: Timeline) -> None:
    shared = chain(3)
    left, right = said("left", parent=shared[-1].id), said("right", parent=shared[-1].id)
    await timeline.append(*shared, left, right)
    assert texts(await timeline.past(right.id, 3)) == ["words 1", "words 2", "right"]
    assert texts(await timeline.past(left.id, 9)) == ["words 0", "words 1", "words 2", "left"]


async def test_the_past_of_some_kinds_has_as_many_of_them(timeline: Timeline) -> None:
    entries = chain(20)
    await timeline.append(*entries)
    assert texts(await timeline.past(entries[-1].id, 3, ["utterance"])) == ["words 14", "words 16", "words 18"]


@pytest.mark.parametrize("above", [0, 1], ids=["child of the same", "child of the first"])
async def test_the_past_has_the_latest_revisions(timeline: Timeline, above: int) -> None:
    entries = chain(3)
    better = said("better", parent=entries[above].id, revises=entries[1].id, revision=1)
    await timeline.append(*entries, better)
    assert texts(await timeline.past(entries[-1].id, 9)) == ["words 0", "better", "words 2"]
    assert texts(await timeline.past(better.id, 9)) == ["words 0", "better"]


async def test_a_circle_of_parents_has_an_end(timeline: Timeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("antiphon.agents.timeline.timeline._DEEPEST", 1000)
    one, two = said("one"), said("two")
    await timeline.append(replace(one, parent=two.id), replace(two, parent=one.id))
    assert await timeline.past(one.id, 5, ["call"]) == []


async def test_the_latest_of_a_thread_is_the_last_that_revises_none(timeline: Timeline) -> None:
    first, last = said("first"), said("last", began=NOON - 1)
    await timeline.append(first, last, said("better", revises=first.id, revision=1), said("", thread="other"))
    assert await timeline.latest("t") == last.id


async def test_the_past_of_a_long_conversation_is_quick(timeline: Timeline) -> None:
    entries = chain(10_000)
    await timeline.append(*entries)
    began = time.perf_counter()
    for _ in range(10):
        await timeline.past(entries[-1].id, 20)
    assert (time.perf_counter() - began) / 10 < 0.05


async def test_many_add_at_once_and_nothing_is_lost(where: Path | str, timeline: Timeline) -> None:
    async with open_timeline(where) as other:
        await asyncio.gather(*((timeline if i % 2 else other).append(said(str(i))) for i in range(100)))
    assert {int(text) for text in texts(await timeline.find(Query()))} == set(range(100))


async def test_forgetting_leaves_the_shape(timeline: Timeline) -> None:
    parts = (
        Part("text", "a secret"),
        Part("audio", "the secret", content=b"secret sound", media_type="audio/wav"),
        Part("data", data={"secret": 1}),
    )
    first = said("", parts=parts, heard=True, language="en", confidence=0.5)
    await timeline.append(first, said("kept", began=NOON + 1))
    assert await timeline.forget(Query(text="SECRET")) == 1
    shape = (Part("text"), Part("audio", media_type="audio/wav"), Part("data"))
    assert await timeline.entry(first.id) == replace(first, parts=shape, forgotten=True)
    assert texts(await timeline.find(Query(forgotten=False))) == ["kept"]


async def test_forgetting_takes_every_revision(timeline: Timeline) -> None:
    first = said("the moan")
    await timeline.append(first, said("the moon", revises=first.id, revision=1))
    assert await timeline.forget(Query(text="moan")) == 1
    assert {entry.text for entry in await timeline.find(Query(revisions=True))} == {""}


async def test_forgetting_the_last_keeps_the_others(timeline: Timeline) -> None:
    await timeline.append(*chain(5))
    assert await timeline.forget(Query(last=2)) == 2
    assert texts(await timeline.find(Query(forgotten=False))) == ["words 0", "words 1", "words 2"]


async def test_what_is_forgotten_is_forgotten_once(timeline: Timeline) -> None:
    await timeline.append(said("a"))
    assert [await timeline.forget(Query()), await timeline.forget(Query())] == [1, 0]


async def test_no_byte_of_what_is_forgotten_is_left_in_the_file(tmp_path: Path) -> None:
    async with (
        open_timeline(tmp_path / "timeline.sqlite") as timeline,
        open_timeline(tmp_path / "timeline.sqlite") as _,
    ):
        for i in range(60):  # pages are split, filled and moved
            parts = (Part("text", f"SECRET月亮{i} " * 20), Part("audio", content=b"SOUND%d " % i * 900))
            await timeline.append(said("", thread="private", parts=parts), *chain(20))
        assert b"SECRET\xe6\x9c\x88" in on_disk(timeline)
        assert await timeline.forget(Query(thread="private")) == 60
        left = on_disk(timeline)
        assert [word for word in (b"SECRET", b"secret", "月亮".encode(), b"SOUND") if word in left] == []
        assert b"words 19" in left


async def test_no_byte_of_what_is_forgotten_is_left_in_the_tables_of_postgres(postgres_url: str) -> None:
    async with open_timeline(postgres_url) as timeline:
        assert isinstance(timeline.database, PostgresDatabase)
        await timeline.append(*(said(f"SECRET {i}") for i in range(50)), said("kept"))
        await timeline.forget(Query(text="secret"))
        sql = "SELECT pg_read_binary_file(pg_relation_filepath('timeline_entries'))"
        await timeline.database.rows("CHECKPOINT")
        [(content,)] = await timeline.database.rows(sql)
        assert (b"SECRET" in content, b"secret" in content, b"kept" in content) == (False, False, True)


async def test_sound_is_deleted_by_age_and_its_words_stay(timeline: Timeline) -> None:
    made = [said("", began=NOON + i, parts=(Part("text", f"{i}"), Part("audio", content=b"12345"))) for i in range(4)]
    await timeline.append(*made)
    assert await timeline.delete_sound(NOON + 2) == 10
    found = await timeline.find(Query(), contents=True)
    assert [(entry.text, entry.parts[1].content) for entry in found] == [
        ("0", b""),
        ("1", b""),
        ("2", b"12345"),
        ("3", b"12345"),
    ]


async def test_the_oldest_sound_is_deleted_where_there_is_too_much(timeline: Timeline) -> None:
    made = [said("", began=NOON + i, parts=(Part("audio", content=bytes([i]) * 10),)) for i in range(1, 5)]
    await timeline.append(*made, said("", parts=(Part("image", content=b"p" * 99),)))
    assert await timeline.delete_sound(keep_bytes=25) == 20
    assert [entry.parts[0].content[:1] for entry in await timeline.find(Query(), contents=True)] == [
        b"p",
        b"",
        b"",
        b"\x03",
        b"\x04",
    ]


async def test_an_end_before_the_beginning_is_the_beginning() -> None:
    assert said("a", began=NOON, ended=0).ended == NOON
