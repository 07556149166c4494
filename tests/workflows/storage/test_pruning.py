"""What is kept of runs has an end."""

import time
from collections.abc import Iterable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from antiphon.agents.roles.types import Keep
from antiphon.agents.timeline.types import Entry, Part
from antiphon.workflows.storage.claims import claim
from antiphon.workflows.storage.pruning import Pruned, prune
from antiphon.workflows.storage.store import Store
from antiphon.workflows.storage.types import RunRow

DAY = 86_400.0
SOUND = b"RIFF" + bytes(96)


async def a_run(store: Store, id: str, *, days: float, size: int = 10, **more: Any) -> None:
    """A run that ended so many days ago, with a checkpoint."""
    then = time.time() - days * DAY
    row = RunRow(id=id, workflow="w", source="w.yaml", thread="t", status="done", created=then, ended=then)
    await store.runs.add(replace(row, **more))
    await _save(store, row, size)


async def _save(store: Store, row: RunRow, size: int) -> None:
    from langgraph.checkpoint.base import empty_checkpoint

    saver = await store.saver(row, lambda: False, ["number"])
    checkpoint = empty_checkpoint()
    checkpoint["channel_values"] = {"number": list(range(size))}
    versions: dict[str, str | int | float] = {"number": "1"}
    checkpoint["channel_versions"] = versions
    config: Any = {"configurable": {"thread_id": row.checkpoints, "checkpoint_ns": ""}}
    await saver.aput(config, checkpoint, {"source": "loop", "step": 0, "parents": {}}, versions)


async def has_steps(store: Store, names: Iterable[str]) -> list[str]:
    found = []
    for row in [await store.runs.get(name) for name in names]:
        saver = await store.saver(row, lambda: False)
        if await saver.aget_tuple({"configurable": {"thread_id": row.checkpoints}}) is not None:
            found.append(row.id)
    return found


async def say(store: Store, run: str, days: float = 0.0) -> str:
    part = Part("audio", content=SOUND, media_type="audio/wav")
    entry = Entry(thread="t", who="person", kind="utterance", run=run, parts=(part,), began=time.time() - days * DAY)
    await store.timeline.append(entry)
    return entry.id


async def sounds(store: Store, ids: Iterable[str]) -> list[bool]:
    found = await store.timeline.entries(list(ids), contents=True)
    return [bool(found[id].parts[0].content) for id in ids]


async def test_where_there_is_little_nothing_is_removed(store: Store) -> None:
    assert await prune(store, Keep()) == Pruned()
    await a_run(store, "a", days=1)
    assert await prune(store, Keep()) == Pruned()
    assert await has_steps(store, ["a"]) == ["a"]


async def test_old_steps_go_and_the_run_stays(store: Store) -> None:
    await a_run(store, "old", days=31)
    await a_run(store, "new", days=29)
    assert await prune(store, Keep()) == Pruned(steps=("old",))
    assert await has_steps(store, ["old", "new"]) == ["new"]
    assert not await prune(store, Keep())


async def test_a_run_that_can_be_resumed_keeps_its_steps_as_long_as_steps_are_kept(store: Store) -> None:
    await a_run(store, "old", days=31, status="waiting")
    await a_run(store, "new", days=1, status="failed")
    removed = await prune(store, Keep())
    assert removed == Pruned(steps=("old",), unfinished=("old",))
    assert str(removed) == "removed: the steps of 1 old runs; of these had not come to their end: old"
    assert (await store.runs.get("old")).status == "waiting"
    assert await has_steps(store, ["new"]) == ["new"]


async def test_a_run_that_is_worked_at_is_left_alone(store: Store, other: Store) -> None:
    await a_run(store, "a", days=100, status="waiting")
    async with claim(other, "a") as mine:
        await other.runs.update("a", mine.row.epoch, claimed=0.0, created=0.0, ended=0.0)
        heard = await say(store, "a")
        assert await prune(store, Keep()) == Pruned()
        assert await sounds(store, [heard]) == [True]


async def test_of_too_many_runs_the_oldest_that_are_done_are_deleted(store: Store) -> None:
    for days, name in enumerate(["e", "d", "c", "b", "a"]):
        await a_run(store, name, days=days, status="failed" if name == "b" else "done")
    heard = await say(store, "a")
    assert await prune(store, Keep(runs=3, audio="30d")) == Pruned(runs=("a", "c"))
    assert [row.id for row in await store.runs.list()] == ["e", "d", "b"]
    assert await store.timeline.entry(heard) is not None


async def test_runs_that_can_be_resumed_may_be_more(store: Store) -> None:
    for days, name in enumerate(["c", "b", "a"]):
        await a_run(store, name, days=days, status="waiting")
    assert await prune(store, Keep(runs=1)) == Pruned()


@pytest.mark.parametrize(("audio", "stays"), [("", [False, False]), ("7d", [False, True]), ("30d", [True, True])])
async def test_sound_is_kept_as_long_as_is_said(store: Store, audio: str, stays: list[bool]) -> None:
    await a_run(store, "a", days=0)
    heard = [await say(store, "a", days=8), await say(store, "a", days=6)]
    removed = await prune(store, Keep(audio=audio))
    assert removed.sound == stays.count(False) * len(SOUND)
    assert await sounds(store, heard) == stays


async def test_sound_of_a_run_that_goes_on_is_kept_until_it_ends(store: Store) -> None:
    await a_run(store, "a", days=0, status="waiting", ended=0.0)
    heard = await say(store, "a")
    assert await prune(store, Keep()) == Pruned()
    await store.runs.update("a", 0, status="done")
    assert await prune(store, Keep()) == Pruned(sound=len(SOUND))
    assert await sounds(store, [heard]) == [False]


async def test_where_it_is_too_large_the_oldest_steps_go_first(store: Store) -> None:
    for days in range(6):
        await a_run(store, f"r{days}", days=days, size=100_000, status="failed" if days == 5 else "done")
    removed = await prune(store, Keep(size_mb=1))
    assert removed.steps[:2] == ("r4", "r3")
    assert await has_steps(store, ["r0", "r5"]) == ["r0", "r5"]
    assert not await prune(store, Keep(size_mb=1))


async def test_then_the_oldest_sound_goes(store: Store) -> None:
    await a_run(store, "a", days=9)
    big = Part("audio", content=Random(0).randbytes(300_000), media_type="audio/wav")
    entries = [
        Entry(thread="t", who="person", kind="utterance", parts=(big,), began=time.time() - days) for days in range(4)
    ]
    await store.timeline.append(*entries)
    removed = await prune(store, Keep(size_mb=1, audio="9d"))
    assert removed.steps == ("a",)
    assert await sounds(store, [one.id for one in entries]) == [True, True, False, False]
