"""The checkpoints of a run, as points it can be forked at."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any, TypedDict

import pytest
from langgraph.graph import START, StateGraph
from langgraph.types import Command

from antiphon.agents.timeline.opening import open_timeline
from antiphon.tools.base.errors import StorageError
from antiphon.workflows.storage.checkpoints import open_checkpoints
from antiphon.workflows.storage.history import Point, history
from antiphon.workflows.storage.store import Store
from antiphon.workflows.storage.types import RunRow

RUN = RunRow(id="run", workflow="any", source="any", thread="thread")


class State(TypedDict):
    text: Any


async def ran(saver: Any) -> None:
    """one, then two and three beside each other; late when both have ended, four after two included."""
    builder: Any = StateGraph(State)
    builder.add_node("one", lambda state: Command(goto=["two", "three", "late"]))
    builder.add_node("two", lambda state: Command(update={"text": "牛奶"}, goto="four"))
    builder.add_node("three", lambda state: {}).add_node("four", lambda state: {})
    builder.add_node("late", lambda state: {}, defer=True)
    graph = builder.add_edge(START, "one").compile(checkpointer=saver)
    await graph.ainvoke({"text": "milk"}, {"configurable": {"thread_id": RUN.checkpoints}}, durability="sync")


async def found(store: Store) -> list[Point]:
    return await history(await store.saver(RUN, lambda: False))


async def test_the_points_are_told_with_what_comes_next_the_newest_first(store: Store) -> None:
    await ran(await store.saver(RUN, lambda: False))
    told = [(point.step, sorted(point.nodes)) for point in await found(store)]
    assert told == [
        (4, []), (3, ["late"]), (2, ["four"]), (1, ["three", "two"]), (0, ["one"]), (-1, ["__start__"])
    ]  # fmt: skip


async def test_each_point_tells_when_it_was(store: Store) -> None:
    began = time.time()
    await ran(await store.saver(RUN, lambda: False))
    times = [point.when for point in await found(store)]
    assert times == sorted(times, reverse=True)
    assert began <= times[-1]
    assert times[0] <= time.time()


async def test_a_run_without_steps_has_no_points(store: Store) -> None:
    assert await found(store) == []


async def test_a_run_can_be_looked_at_without_its_words(tmp_path: Path) -> None:
    async with open_timeline(tmp_path / "words") as words, open_checkpoints(tmp_path / "runs", words) as store:
        await ran(store.for_run(RUN.checkpoints, "thread", "run"))
    async with open_timeline(tmp_path / "none") as none, open_checkpoints(tmp_path / "runs", none) as store:
        assert len(await history(store.for_run(RUN.checkpoints, "thread", "run"))) == 6


async def test_a_damaged_point_is_told(tmp_path: Path) -> None:
    async with open_timeline(tmp_path / "words") as words, open_checkpoints(tmp_path / "runs", words) as store:
        await ran(store.for_run(RUN.checkpoints, "thread", "run"))
        with closing(sqlite3.connect(tmp_path / "runs")) as other, other:
            other.execute("UPDATE checkpoints SET checkpoint = x'c1'")
        with pytest.raises(StorageError, match="a checkpoint of the run run cannot be read"):
            await history(store.for_run(RUN.checkpoints, "thread", "run"))
