"""LangGraph's own checkpointers, without the words. Run as a program, this file is a run that is killed."""

import asyncio
import operator
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.graph import START, StateGraph
from langgraph.types import Command, Send, interrupt

from antiphon.agents.sound import Sound
from antiphon.agents.timeline.opening import open_timeline
from antiphon.agents.timeline.query import Query
from antiphon.tools.base.database import open_database
from antiphon.tools.base.errors import InputError, StorageError
from antiphon.workflows.storage.checkpoints import Checkpoints, CheckpointStore, PlainData, open_checkpoints
from antiphon.workflows.storage.moving import sizes
from antiphon.workflows.storage.types import RunLost

GIVEN = {"people": ["王小明", "Wilhelmina"], "said": "请快一点 hurry", "got": []}
WORDS = ["王小明", "Wilhelmina", "请快一点", "hurry", "好的", "certainly", "cheese", "奶酪", "broken", "坏了"]
Places = tuple[Path | str, Path | str]
"""Where the runs are, and where their words are."""


class State(TypedDict):
    people: Any
    said: Any
    got: Annotated[Any, operator.add]


class Pass(TypedDict):
    person: Any
    likes: Any


class Work:
    """A map whose passes are graphs, and a question; what ran is written to a file."""

    def __init__(self, log: Path, *, dies: bool = False, fails: bool = False) -> None:
        self.log, self.dies, self.fails, self.answer = log, dies, fails, ""

    def ran(self, name: str) -> None:
        with self.log.open("a", encoding="utf-8") as file:
            file.write(f"{name}\n")

    async def begin(self, state: State) -> Command[Any]:
        self.ran("begin")
        return Command(goto=[Send("each", {"person": one, "$words": ["any", 1]}) for one in state["people"]])

    async def each(self, state: dict[str, Any]) -> Command[Any]:
        assert state["$words"] == ["any", 1]
        after = await self.inner().ainvoke({"person": state["person"], "likes": ""})
        return Command(update={"got": [{after["person"]: after["likes"]}]}, goto="ask")

    async def first(self, state: Pass) -> Command[Any]:
        self.ran(f"first {state['person']}")
        return Command(update={"likes": f"奶酪 cheese for {state['person']}"}, goto="second")

    async def second(self, state: Pass) -> Command[Any]:
        self.ran(f"second {state['person']}")
        if self.dies and state["person"] == "Wilhelmina":
            await asyncio.sleep(0.2)
            os.kill(os.getpid(), signal.SIGKILL)
        return Command()

    async def ask(self, state: State) -> Command[Any]:
        self.ran("ask")
        if not self.answer:
            interrupt("ask@1")
        if self.fails:
            raise ValueError("坏了 broken")
        return Command(update={"said": self.answer}, goto="end")

    async def end(self, state: State) -> Command[Any]:
        return Command(update={"got": [{"": state["said"]}]})

    def inner(self) -> Any:
        builder: Any = StateGraph(Pass)
        builder.add_node("first", self.first).add_node("second", self.second).add_edge(START, "first")
        return builder.compile()

    def graph(self, saver: Any) -> Any:
        builder: Any = StateGraph(State)
        builder.add_node("begin", self.begin).add_node("each", self.each).add_node("ask", self.ask, defer=True)
        return builder.add_node("end", self.end).add_edge(START, "begin").compile(checkpointer=saver)


def config(**more: Any) -> Any:
    return {"configurable": {"thread_id": "run.1", **more}}


async def going(graph: Any, given: Any = None) -> Any:
    return await graph.ainvoke(given, config(), durability="sync")


@pytest.fixture(params=["sqlite", "postgres"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Places:
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return url, url
    return tmp_path / "runs.sqlite", tmp_path / "timeline.sqlite"


@asynccontextmanager
async def opened(places: Places) -> AsyncIterator[CheckpointStore]:
    runs, words = places
    async with open_timeline(words) as timeline, open_checkpoints(runs, timeline) as store:
        yield store


def of_a_run(store: CheckpointStore, **more: Any) -> Checkpoints:
    return store.for_run("run.1", "thread", "run", names=("people", "person"), **more)


async def test_a_killed_run_goes_on_where_it_was(places: Places, tmp_path: Path) -> None:
    command = [sys.executable, __file__, *map(str, (*places, tmp_path / "log"))]
    child = await asyncio.create_subprocess_exec(*command)
    assert await child.wait() == -signal.SIGKILL
    work = Work(tmp_path / "log")
    async with opened(places) as store:
        await going(work.graph(of_a_run(store)))
        work.answer = "好的 certainly"
        end = await going(work.graph(of_a_run(store)))
    assert end == await without_us(tmp_path)
    ran = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert {name: ran.count(name) for name in ran} == {
        "begin": 1, "first 王小明": 1, "second 王小明": 1, "first Wilhelmina": 1, "second Wilhelmina": 2, "ask": 2
    }  # fmt: skip


async def without_us(folder: Path) -> Any:
    work = Work(folder / "other")
    graph = work.graph(InMemorySaver())
    await going(graph, GIVEN)
    work.answer = "好的 certainly"
    return await going(graph)


async def test_no_word_is_in_the_checkpoints(places: Places, tmp_path: Path) -> None:
    work = Work(tmp_path / "log")
    async with opened(places) as store:
        private = config(name="Wilhelmina") | {"metadata": {"name": "王小明"}}
        await work.graph(of_a_run(store)).ainvoke(GIVEN, private, durability="sync")
        work.answer, work.fails = "好的 certainly", True
        with pytest.raises(ValueError, match="broken"):
            await going(work.graph(of_a_run(store)))
        work.fails = False
        await going(work.graph(of_a_run(store)))
        there = await everything(places[0])
    assert b"run.1" in there
    assert [word for word in WORDS if word.encode() in there] == []


async def everything(where: Path | str) -> bytes:
    """Every byte of the files, or every row of LangGraph's tables."""
    if isinstance(where, Path):
        return b"".join(file.read_bytes() for file in where.parent.glob(f"{where.name}*"))
    found = []
    async with open_database(where) as database:
        for table in ("checkpoints", "checkpoint_blobs", "checkpoint_writes"):
            for row in await database.rows(f"SELECT * FROM {table}"):
                found += [bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode() for one in row]
    return b"\n".join(found)


PLAIN = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
VALUES = st.recursive(
    PLAIN | TEXTS | st.just("$words"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS | st.just("$words"), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("checkpoints")


@settings(deadline=None, max_examples=20)
@given(values=st.lists(VALUES, min_size=3, max_size=3))
def test_a_run_is_the_same_with_its_words_elsewhere(values: list[Any], folder: Path) -> None:
    async def both() -> list[Any]:
        found = []
        async with opened((folder / "runs.sqlite", folder / "timeline.sqlite")) as store:
            await store.saver().adelete_thread("run.1")
            for fresh in (InMemorySaver(), of_a_run(store)):
                await going(echo(values, fresh), {"people": values[0], "said": "", "got": []})
                again = fresh if isinstance(fresh, InMemorySaver) else of_a_run(store)
                found.append([one.values async for one in echo(values, again).aget_state_history(config())])
        return found

    mine, theirs = asyncio.run(both())
    assert mine == theirs


def echo(values: list[Any], saver: Any) -> Any:
    """A graph that writes these values to its state."""
    builder: Any = StateGraph(State)
    builder.add_node("one", lambda state: Command(update={"said": values[1], "got": [state["people"]]}, goto="two"))
    builder.add_node("two", lambda state: {"people": values[2], "got": [state["said"]]})
    return builder.add_edge(START, "one").compile(checkpointer=saver)


async def test_an_owner_that_has_lost_the_run_writes_nothing_more(places: Places, tmp_path: Path) -> None:
    async with opened(places) as store:
        with pytest.raises(RunLost, match="another process has taken the run over"):
            await going(Work(tmp_path / "log").graph(of_a_run(store, lost=lambda: True)), GIVEN)
        assert (await of_a_run(store).bare(), await store.timeline.find(Query(run="run"))) == ([], [])


DAMAGE = {"sqlite": "UPDATE checkpoints SET {}", "postgres": "UPDATE checkpoint_blobs SET {}"}


@pytest.mark.parametrize("change", ["type = 'pickle'", "{bytes} = {nothing}"])
async def test_a_damaged_checkpoint_is_told(places: Places, tmp_path: Path, change: str) -> None:
    is_file = isinstance(places[0], Path)
    names = {"bytes": "checkpoint" if is_file else "blob", "nothing": "x'c1c1'" if is_file else "'\\xc1c1'"}
    async with opened(places) as store, open_database(places[0]) as database:
        await going(Work(tmp_path / "log").graph(of_a_run(store)), GIVEN)
        async with database.transaction() as transaction:
            await transaction.run(DAMAGE["sqlite" if is_file else "postgres"].format(change.format(**names)))
        with pytest.raises(StorageError, match="a checkpoint of the run run cannot be read"):
            await going(Work(tmp_path / "log").graph(of_a_run(store)))


@dataclass
class Thing:
    """What somebody has put into a checkpoint to have it made."""

    words: str


def test_no_class_of_a_checkpoint_is_made() -> None:
    assert PlainData().loads_typed(JsonPlusSerializer().dumps_typed(Thing("any"))) == {"words": "any"}


async def test_sound_in_the_state_is_refused(places: Places) -> None:
    async with opened(places) as store:
        sound = Sound(None, 16_000)  # type: ignore[arg-type]
        with pytest.raises(InputError, match="'said' would hold a value of the type 'Sound'"):
            await going(echo([None, sound, None], of_a_run(store)), GIVEN)


class Counted(list[Any]):
    """A list that counts how often somebody went through it."""

    times = 0

    def __iter__(self) -> Any:
        self.times += 1
        return super().__iter__()


async def test_what_has_not_changed_is_not_gone_through_again(tmp_path: Path) -> None:
    async with opened((tmp_path / "runs.sqlite", tmp_path / "timeline.sqlite")) as store:
        saver, value = of_a_run(store), Counted(["milk"])
        checkpoint: Any = {"id": "1", "v": 4, "ts": "", "versions_seen": {}, "channel_versions": {"said": "1"}}
        for id in ("1", "2", "3"):
            await saver.aput(config(), checkpoint | {"id": id, "channel_values": {"said": value}}, {}, {})
    assert value.times == 1


async def test_a_state_that_grows_is_not_stored_anew_at_each_step(places: Places) -> None:
    async with opened(places) as store:
        few, many = [await taken(store, places, steps) for steps in (25, 50)]
    assert many < 2.4 * few


async def taken(store: CheckpointStore, places: Places, steps: int) -> int:
    """The bytes of a run whose state grows by a text at each step, with those of its words."""
    builder: Any = StateGraph(State)
    builder.add_node(
        "one", lambda state: Command(update={"got": [f"{len(state['got'])} {'一些字' * 300}"]}, goto=on(state))
    )

    def on(state: Mapping[str, Any]) -> list[str]:
        return ["one"] if len(state["got"]) < steps else []

    run = f"grows{steps}"
    graph = builder.add_edge(START, "one").compile(checkpointer=store.for_run(f"{run}.1", "thread", run))
    await graph.ainvoke(GIVEN, {"configurable": {"thread_id": f"{run}.1"}, "recursion_limit": 99}, durability="sync")
    words = await store.timeline.find(Query(run=run))
    async with open_database(places[0]) as database, database.transaction() as transaction:
        return (await sizes(transaction))[f"{run}.1"] + sum(len(entry.text.encode()) for entry in words)


async def test_several_processes_may_start_at_once(places: Places) -> None:
    async def start() -> int:
        async with opened(places) as store:
            return len(await of_a_run(store).bare())

    assert await asyncio.gather(*(start() for _ in range(4))) == [0] * 4


async def test_runs_beside_each_other_do_not_mix(places: Places, tmp_path: Path) -> None:
    async def one(number: int) -> Any:
        graph = echo([number, f"run {number}", f"{number}"], store.for_run(f"r{number}.1", "thread", f"r{number}"))
        asked = {"configurable": {"thread_id": f"r{number}.1"}}
        return (await graph.ainvoke({"people": "", "said": "", "got": []}, asked, durability="sync"))["got"]

    async with opened(places) as store:
        assert await asyncio.gather(*map(one, range(8))) == [["", f"run {number}"] for number in range(8)]


async def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    url = f"postgresql://me:secret@/none?host={tmp_path}"
    with pytest.raises(StorageError, match="out of reach") as told:
        async with open_checkpoints(url, None):  # type: ignore[arg-type]
            raise AssertionError
    assert "secret" not in str(told.value)


async def killed(runs: str, words: str, log: str) -> None:
    is_url = "://" in runs
    async with opened((runs, words) if is_url else (Path(runs), Path(words))) as store:
        await going(Work(Path(log), dies=True).graph(of_a_run(store)), GIVEN)


if __name__ == "__main__":
    asyncio.run(killed(*sys.argv[1:]))
