"""The checkpoints of a run change hands."""

import operator
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypedDict

import pytest
from langgraph.graph import START, StateGraph
from langgraph.types import Command, Send, interrupt

from antiphon.workflows.storage.history import history
from antiphon.workflows.storage.moving import copy, kept, move, remove, sizes
from antiphon.workflows.storage.store import Store
from antiphon.workflows.storage.types import RunRow

FROM = RunRow(id="from", workflow="any", source="any", thread="thread")
TO = RunRow(id="to", workflow="any", source="any", thread="thread")


class State(TypedDict):
    text: Any
    got: Annotated[Any, operator.add]


class Work:
    """begin -> a map of two graphs -> gather -> a question that nobody has answered."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    def node(self, name: str, *to: str) -> Callable[[State], Awaitable[Command[Any]]]:
        async def run(state: State) -> Command[Any]:
            self.ran.append(name)
            return Command(update={"text": f"文字 {name}", "got": [name]}, goto=to)

        return run

    async def each(self, state: dict[str, Any]) -> Command[Any]:
        builder: Any = StateGraph(State)
        builder.add_node("inner", self.node(f"inner {state['text']}", "last")).add_node("last", self.node("last"))
        after = await builder.add_edge(START, "inner").compile().ainvoke(state | {"got": []})
        return Command(update={"got": after["got"]}, goto="gather")

    async def begin(self, state: State) -> Command[Any]:
        self.ran.append("begin")
        return Command(update={"text": "begun"}, goto=[Send("each", {"text": one}) for one in ("一", "二")])

    async def ask(self, state: State) -> Command[Any]:
        interrupt("ask@1")
        return Command()

    def graph(self, saver: Any) -> Any:
        builder: Any = StateGraph(State)
        builder.add_node("begin", self.begin).add_node("each", self.each).add_node("ask", self.ask)
        builder.add_node("gather", self.node("gather", "ask"), defer=True)
        return builder.add_edge(START, "begin").compile(checkpointer=saver)


async def going(store: Store, run: RunRow, given: Any = None) -> tuple[list[str], Any]:
    """What ran, and the state at the end."""
    work, saver = Work(), await store.saver(run, lambda: False)
    config = {"configurable": {"thread_id": run.checkpoints}}
    after = await work.graph(saver).ainvoke(given, config, durability="sync")
    return sorted(work.ran), {name: after[name] for name in ("text", "got")}


async def points(store: Store, run: RunRow) -> dict[tuple[str, ...], str]:
    """The checkpoints of a run by the nodes that come next."""
    return {point.nodes: point.id for point in await history(await store.saver(run, lambda: False))}


@pytest.fixture
async def state(store: Store) -> Any:
    """What a run has come to that now waits for a person."""
    return (await going(store, FROM, {"text": "", "got": []}))[1]


async def test_without_a_checkpoint_there_is_nothing_to_do(store: Store) -> None:
    async with store.database.transaction() as transaction:
        await move(transaction, "any.0", "any.1")
        await copy(transaction, "any.0", "other.0")
        await remove(transaction, "any.0")
        assert (await sizes(transaction), await kept(transaction, ["any.0"])) == ({}, set())


async def test_a_run_goes_on_under_its_new_name(store: Store, state: Any) -> None:
    async with store.database.transaction() as transaction:
        await move(transaction, FROM.checkpoints, TO.checkpoints)
    assert await going(store, TO) == ([], state)


async def test_nothing_is_left_under_the_old_name(store: Store, state: Any) -> None:
    async with store.database.transaction() as transaction:
        await move(transaction, FROM.checkpoints, TO.checkpoints)
        assert [*await sizes(transaction)] == [TO.checkpoints]


async def test_what_fails_is_not_moved(store: Store, state: Any) -> None:
    async def broken_off() -> None:
        async with store.database.transaction() as transaction:
            await move(transaction, FROM.checkpoints, TO.checkpoints)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await broken_off()
    assert await going(store, FROM) == ([], state)


async def test_a_copy_goes_on_as_the_first_does(store: Store, state: Any) -> None:
    async with store.database.transaction() as transaction:
        await copy(transaction, FROM.checkpoints, TO.checkpoints)
    assert [await going(store, TO), await going(store, FROM)] == [([], state), ([], state)]


AGAIN = {
    ("__start__",): ["begin", "gather", "inner 一", "inner 二", "last", "last"],
    ("begin",): ["begin", "gather", "inner 一", "inner 二", "last", "last"],
    ("each", "each"): ["gather", "inner 一", "inner 二", "last", "last"],
    ("gather",): ["gather"],
    ("ask",): [],
}


@pytest.mark.parametrize("nodes", AGAIN, ids=" ".join)
async def test_a_copy_up_to_a_point_runs_again_what_came_after_it(
    store: Store, state: Any, nodes: tuple[str, ...]
) -> None:
    async with store.database.transaction() as transaction:
        until = (await points(store, FROM))[nodes]
        await copy(transaction, FROM.checkpoints, TO.checkpoints, until)
    assert await going(store, TO) == (AGAIN[nodes], state)


async def test_a_copy_up_to_a_point_takes_nothing_that_came_after_it(store: Store, state: Any) -> None:
    until = (await points(store, FROM))[("each", "each")]
    async with store.database.transaction() as transaction:
        await copy(transaction, FROM.checkpoints, TO.checkpoints, until)
        found = await transaction.run("SELECT checkpoint_ns, MAX(checkpoint_id) FROM checkpoints"
                                      " WHERE thread_id = ? GROUP BY checkpoint_ns", TO.checkpoints)  # fmt: skip
    assert [tuple(row) for row in found] == [("", until)]


async def test_the_first_stays_as_it_is_when_its_copy_is_removed(store: Store, state: Any) -> None:
    async with store.database.transaction() as transaction:
        before = await sizes(transaction)
        await copy(transaction, FROM.checkpoints, TO.checkpoints)
        await remove(transaction, TO.checkpoints)
        assert (await sizes(transaction), await kept(transaction, ["from.0", "to.0"])) == (before, {"from.0"})
