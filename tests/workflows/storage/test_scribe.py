"""What a run says is written down, also where the disk was full for a while."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from antiphon.agents.events import Heard
from antiphon.agents.timeline.opening import open_timeline
from antiphon.agents.timeline.query import Query
from antiphon.agents.timeline.timeline import Timeline
from antiphon.agents.timeline.types import Entry, Part
from antiphon.tools.base.errors import InputError, StorageError
from antiphon.workflows.storage.scribe import TOGETHER_S, Scribe
from antiphon.workflows.storage.types import RunRow

ROW = RunRow(workflow="w", source="w.yaml", thread="t")


class Disk(Timeline):
    """A timeline on a disk that is full for a while."""

    is_full = False

    async def append(self, *entries: Entry) -> int:
        if self.is_full:
            raise StorageError("the disk is full")
        return await super().append(*entries)


@pytest.fixture
async def disk(tmp_path: Path) -> AsyncIterator[Disk]:
    async with open_timeline(tmp_path / "timeline.sqlite") as timeline:
        yield Disk(timeline.database)


async def chain(timeline: Timeline) -> list[tuple[str, bool]]:
    """Each text, and whether it is a child of the one before."""
    entries = await timeline.find(Query())
    before = ["", *(entry.id for entry in entries)]
    return [(entry.text, entry.parent == parent) for entry, parent in zip(entries, before, strict=False)]


def say(scribe: Scribe, text: str) -> None:
    scribe.watch(Heard(text=text, language="en", confidence=1.0))


async def test_what_could_not_be_written_is_written_later_in_its_place(disk: Disk) -> None:
    async with Scribe(disk, ROW) as scribe:
        await scribe.add("note", "a", Part("text", "first"))
        disk.is_full = True
        with pytest.raises(StorageError):
            await scribe.add("note", "a", Part("text", "second"))
        disk.is_full = False
        await scribe.add("note", "a", Part("text", "third"))
    assert await chain(disk) == [("first", True), ("second", True), ("third", True)]


async def test_writing_beside_the_run_goes_on_when_there_is_room_again(disk: Disk) -> None:
    async with Scribe(disk, ROW) as scribe:
        disk.is_full = True
        say(scribe, "first")
        await asyncio.sleep(2 * TOGETHER_S)
        disk.is_full = False
        say(scribe, "second")
        await asyncio.sleep(4 * TOGETHER_S)
        assert await chain(disk) == [("first", True), ("second", True)]


async def test_what_is_never_written_is_told_at_the_end(disk: Disk) -> None:
    scribe = await Scribe(disk, ROW).__aenter__()
    disk.is_full = True
    say(scribe, "first")
    await asyncio.sleep(2 * TOGETHER_S)
    with pytest.raises(StorageError, match="the disk is full"):
        await scribe.__aexit__(None, None, None)


async def test_a_mistake_in_writing_beside_the_run_is_not_lost(disk: Disk) -> None:
    def wrong(entry: Any) -> None:
        raise ZeroDivisionError

    scribe = await Scribe(disk, ROW).__aenter__()
    scribe.learn = wrong
    say(scribe, "first")
    await asyncio.sleep(2 * TOGETHER_S)
    with pytest.raises(ZeroDivisionError):
        await scribe.__aexit__(None, None, None)


async def test_what_cannot_be_written_keeps_nothing_else_from_it(disk: Disk) -> None:
    async with Scribe(disk, ROW) as scribe:
        with pytest.raises(InputError, match="an entry of 'pay' holds what JSON cannot"):
            await scribe.add("result", "pay", Part("data", data=float("nan")))
        await scribe.add("note", "a", Part("text", "next"))
    assert await chain(disk) == [("next", True)]
