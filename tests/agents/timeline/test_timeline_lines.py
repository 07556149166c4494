"""The timeline as JSON lines: what one database gives, another takes, and nothing else."""

import asyncio
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.agents.timeline.jsonl import export, import_lines
from antiphon.agents.timeline.opening import open_timeline
from antiphon.agents.timeline.query import Query
from antiphon.agents.timeline.types import Entry, Kind, Part, PartKind
from antiphon.tools.base.errors import InputError


def said(text: str, *more: Part) -> Entry:
    return Entry(thread="t", who="person", kind="utterance", parts=(Part("text", text), *more))


async def test_importing_what_was_forgotten_does_not_bring_it_back(tmp_path: Path) -> None:
    async with open_timeline(tmp_path / "x.sqlite") as timeline:
        await timeline.append(said("a secret"))
        lines = [line async for line in export(timeline)]
        await timeline.forget(Query())
        assert await import_lines(timeline, lines) == 0
        assert [entry.text for entry in await timeline.find(Query())] == [""]


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner | st.none(), max_size=3) | st.dictionaries(TEXT, inner | st.none(), max_size=3),
    max_leaves=8,
)
PARTS = st.builds(
    Part, st.sampled_from(get_args(PartKind)), TEXT, st.none() | JSON, st.binary(max_size=60), media_type=TEXT
)
TIMES = st.floats(0, 4e9)
ENTRIES = st.builds(
    Entry,
    thread=TEXT,
    who=TEXT,
    kind=st.sampled_from(get_args(Kind)),
    parts=st.lists(PARTS, max_size=3).map(tuple),
    run=TEXT,
    parent=TEXT,
    began=TIMES,
    ended=TIMES,
    heard=st.booleans(),
    confidence=st.none() | st.floats(0, 1),
    language=TEXT,
    revises=st.just("") | TEXT,
    revision=st.integers(0, 9),
)


@given(st.lists(ENTRIES, max_size=5))
@settings(deadline=None, max_examples=20)
def test_what_is_exported_and_imported_is_the_same(entries: list[Entry]) -> None:
    async def there_and_back(folder: Path) -> dict[str, Entry]:
        async with open_timeline(folder / "one") as timeline:
            await timeline.append(*entries)
            lines = [line async for line in export(timeline)]
        async with open_timeline(folder / "other") as other:
            assert await import_lines(other, lines) == len(entries)
            assert await import_lines(other, lines) == 0
            assert sorted(lines) == sorted([line async for line in export(other)])
            return await other.entries([entry.id for entry in entries], contents=True)

    with TemporaryDirectory() as folder:
        assert asyncio.run(there_and_back(Path(folder))) == {entry.id: entry for entry in entries}


async def test_one_database_takes_what_the_other_gives(tmp_path: Path, postgres_url: str) -> None:
    entries = [said("月亮", Part("audio", content=b"\0\xff")), *(said(str(i)) for i in range(120))]
    async with open_timeline(tmp_path / "x.sqlite") as one, open_timeline(postgres_url) as other:
        await one.append(*entries)
        lines = [line async for line in export(one)]
        assert await import_lines(other, lines) == 121
        assert [line async for line in export(other)] == lines


LINE = {"id": "a", "thread": "t", "who": "w", "kind": "note", "began": 1.0}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("no json", "this is no JSON: expected ident at column 2"),
        ("[1]", "this is no JSON object"),
        (json.dumps(LINE | {"kind": "song"}), "'kind': input should be 'utterance'"),
        (json.dumps(LINE | {"colour": 1}), "'colour': extra inputs are not permitted"),
        (json.dumps({"id": "a"}), "'thread': field required"),
        (json.dumps(LINE | {"began": "1"}), "'began': input should be a valid number"),
        (json.dumps(LINE | {"began": float("nan")}), "'began': input should be"),
        (json.dumps(LINE | {"began": 1e300}), "'began': input should be less than"),
        (json.dumps(LINE | {"id": "--all"}), "'id': it begins with '-', and no command could name it"),
        (json.dumps(LINE | {"revises": "a"}), "the entry 'a' revises itself"),
        (json.dumps(LINE | {"parent": "a"}), "the entry 'a' follows itself"),
        (json.dumps(LINE | {"confidence": 2}), "'confidence': input should be less than or equal to 1"),
        (json.dumps(LINE | {"parts": [{"kind": "audio", "content": "@"}]}), "'parts.0.content': it is not in base 64"),
        (json.dumps(LINE | {"parts": [{"kind": "data", "data": [float("inf")]}]}), "'parts.0.data': "),
        (f'{{"id": {"[" * 5000}', "this is no JSON: recursion limit"),
        ('{"id": "\\ud800"}', "this is no JSON"),
    ],
)
async def test_a_wrong_line_is_named_and_nothing_is_imported(tmp_path: Path, line: str, told: str) -> None:
    good = [json.dumps(LINE | {"id": f"{i}"}) for i in range(70)]
    async with open_timeline(tmp_path / "x.sqlite") as timeline:
        with pytest.raises(InputError) as caught:
            await import_lines(timeline, [*good, "", line], "talk.jsonl:")
        assert str(caught.value).startswith(f"talk.jsonl:72: {told}")
        assert await timeline.find(Query()) == []
