"""An agent in a run that is kept: it waits for a person, survives a crash, and thinks and acts once."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from antiphon import resume
from antiphon.agents.events import Finished, Returned, RunPaused
from antiphon.agents.models.chat import Reply, Usage
from antiphon.agents.models.scripted import Scripted
from antiphon.agents.planning.settings import Budget
from antiphon.agents.planning.types import Act, Call, Finish, Transcript
from antiphon.agents.timeline.query import Query
from antiphon.tools.base.tool import Tool, tool
from antiphon.workflows.cli.runs_facts import facts_of
from antiphon.workflows.run.resuming import answer
from antiphon.workflows.storage.store import Store, open_store
from antiphon.workflows.storage.types import WorkflowChanged

from .thinking import APP, Moves, act, running, think, workflow


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with open_store(APP) as opened:
        yield opened


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def sent() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def tools(done: list[str], sent: asyncio.Event) -> list[Tool]:
    @tool(effects=True)
    async def send(text: str) -> str:
        """Send it."""
        done.append(f"send {text}")
        sent.set()
        return "sent"

    @tool
    def look(what: str) -> str:
        """Look."""
        done.append(f"look {what}")
        return f"saw {what} {len(done)}"

    return [send, look]


def told(so_far: Transcript) -> Finish:
    return Finish(" | ".join([*(one.text for one in so_far.replies), *(one.text for one in so_far.observations)]))


async def test_it_waits_for_a_person_and_goes_on_without_thinking_again(
    store: Store, tools: list[Tool], done: list[str]
) -> None:
    flow = workflow(Moves(moves=(think("a"), act("look", what="x"), act("send", text="hi"), told)), tools, ["send"])
    async with Scripted([Reply("I write.", usage=Usage(5, 3))]) as chat:
        first = await running(flow, chat, store=store)
    assert isinstance(first.paused, RunPaused)
    assert done == ["look x"]
    (key,) = first.paused.keys
    await answer(store, first.run, key, {"approve": True})
    async with Scripted([]) as chat:
        result = await resume(first.run, app=APP, workflow=flow, engines={"chat": chat}, store=store)
    assert result.output["text"] == "I write. | saw x 1 | sent"
    assert done == ["look x", "send hi"]
    assert not [one for one in result.events if isinstance(one, Finished)]


async def test_calls_of_one_move_are_all_asked_about_and_each_made_once(
    store: Store, tools: list[Tool], done: list[str]
) -> None:
    calls = Act((Call("send", {"text": "1"}), Call("send", {"text": "2"})))
    flow = workflow(Moves(moves=(calls, told)), tools, ["send"])
    async with Scripted([]) as chat:
        first = await running(flow, chat, store=store)
        open_ = [one.key for one in await store.questions.open() if one.run == first.run]
        assert len(open_) == 2
        await answer(store, first.run, open_[0], {"approve": True})
        await answer(store, first.run, open_[1], {"approve": False})
        result = await resume(first.run, app=APP, workflow=flow, engines={"chat": chat}, store=store)
    assert sorted(result.output["text"].split(" | ")) == ["a person did not agree to it: send", "sent"]
    assert len(done) == 1


async def test_after_a_crash_it_goes_on_where_it_was(
    store: Store, tools: list[Tool], done: list[str], sent: asyncio.Event
) -> None:
    moves = (think("a"), act("look", what="x"), act("send", text="hi"), think("b", visible=True), told)
    flow = workflow(Moves(moves=moves), tools)
    slow = Scripted(["First.", "one two three four"], delay_s=0.05)
    work = asyncio.ensure_future(running(flow, slow, store=store)._result())
    async with asyncio.timeout(20):
        await sent.wait()
    await asyncio.sleep(0.1)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    row = (await store.runs.list())[0]
    async with Scripted(["Second."]) as chat:
        result = await resume(row.id, app=APP, workflow=flow, engines={"chat": chat}, store=store)
    assert done == ["look x", "send hi"]
    assert result.output["text"].endswith("First. | Second. | saw x 1 | sent")
    again = [one.tool for one in result.events if isinstance(one, Returned) and one.again]
    assert again == ["look", "send"]


async def test_a_yes_holds_for_one_call_only(store: Store, tools: list[Tool], done: list[str]) -> None:
    flow = workflow(Moves(moves=(act("send", text="10 to Li"), told)), tools, ["send"])
    other = workflow(Moves(moves=(act("send", text="9999 to Mallory"), told)), tools, ["send"])
    async with Scripted([]) as chat:
        first = await running(flow, chat, store=store)
        assert first.paused is not None
        await answer(store, first.run, first.paused.keys[0], {"approve": True})
        second = await resume(first.run, app=APP, workflow=other, engines={"chat": chat}, store=store)
    assert second.paused is not None
    assert done == []


async def test_what_was_not_done_is_never_told_as_done(store: Store, tools: list[Tool], done: list[str]) -> None:
    moves = (act("send", text="to Li"), act("send", text="stop"), told)
    flow = workflow(Moves(moves=moves), tools, ["send"])
    async with Scripted([]) as chat:
        first = await running(flow, chat, store=store)
        assert first.paused is not None
        await answer(store, first.run, first.paused.keys[0], {"approve": True})
        second = await resume(first.run, app=APP, workflow=flow, engines={"chat": chat}, store=store)
        assert done == ["send to Li"]
        assert second.paused is not None
        other = workflow(Moves(moves=(act("send", text="to Bob"), *moves[1:])), tools)
        with pytest.raises(WorkflowChanged, match="called send here, with other arguments"):
            await resume(first.run, app=APP, workflow=other, engines={"chat": chat}, store=store)
    assert done == ["send to Li"]


async def test_a_look_that_failed_is_not_looked_again(store: Store, tools: list[Tool], done: list[str]) -> None:
    @tool
    def busy() -> str:
        """Look, the first time in vain."""
        done.append("looked")
        if len(done) == 1:
            raise OSError("busy")
        return "free"

    flow = workflow(Moves(moves=(act("busy"), act("send", text="hi"), told)), [busy, *tools], ["send"])
    async with Scripted([]) as chat:
        first = await running(flow, chat, store=store)
        assert first.paused is not None
        await answer(store, first.run, first.paused.keys[0], {"approve": True})
        result = await resume(first.run, app=APP, workflow=flow, engines={"chat": chat}, store=store)
    assert done == ["looked", "send hi"]
    assert result.output["text"] == "the tool busy failed: OSError: busy | sent"


async def test_an_error_of_a_tool_is_the_same_after_a_pause(store: Store, done: list[str]) -> None:
    @tool(effects=True)
    def post(text: str) -> str:
        """Post it."""
        done.append(text)
        if text == "bad":
            raise ValueError("no stamps")
        return "posted"

    flow = workflow(Moves(moves=(act("post", text="bad"), act("post", text="good"), told)), [post], ["post"])
    async with Scripted([]) as chat:
        result = await running(flow, chat, store=store)
        while result.paused:
            await answer(store, result.paused.run, result.paused.keys[0], {"approve": True})
            result = await resume(result.paused.run, app=APP, workflow=flow, engines={"chat": chat}, store=store)
    assert done == ["bad", "good"]
    assert result.output["text"] == "the tool post failed: ValueError: no stamps | posted"


async def test_tokens_of_before_count_after_a_pause(store: Store, tools: list[Tool]) -> None:
    moves = (think("a"), act("send", text="hi"), think("b"), think("c"), told)
    flow = workflow(Moves(moves=moves, budget=Budget(tokens=100)), tools, ["send"])
    async with Scripted([Reply("one", usage=Usage(5, 60))]) as chat:
        first = await running(flow, chat, store=store)
    assert first.paused is not None
    await answer(store, first.run, first.paused.keys[0], {"approve": True})
    async with Scripted([Reply("two", usage=Usage(5, 60))]) as chat:
        result = await resume(first.run, app=APP, workflow=flow, engines={"chat": chat}, store=store)
        assert chat.requests[0].max_tokens == 40
    assert result.output["stopped"] == "tokens"


async def test_what_was_asked_otherwise_before_is_asked_anew(store: Store, tools: list[Tool]) -> None:
    flow = workflow(Moves(moves=(think("a"), act("send", text="hi"), told)), tools, ["send"])
    async with Scripted(["one"]) as chat:
        first = await running(flow, chat, store=store)
    assert first.paused is not None
    await answer(store, first.run, first.paused.keys[0], {"approve": True})
    other = workflow(Moves(moves=(think("b"), act("send", text="hi"), told)), tools, ["send"])
    async with Scripted(["two"]) as chat:
        result = await resume(first.run, app=APP, workflow=other, engines={"chat": chat}, store=store)
    assert result.output["text"] == "two | sent"


async def test_thoughts_stand_beside_the_conversation_and_are_no_calls(store: Store, tools: list[Tool]) -> None:
    flow = workflow(Moves(moves=(think("a"), act("look", what="x"), told)), tools)
    async with Scripted(["Hm."]) as chat:
        result = await running(flow, chat, store=store)
    assert [one.row.tool for one in (await facts_of(store, result.run)).calls] == ["look"]
    thoughts = await store.timeline.find(Query(run=result.run, kinds=["thought"]))
    assert [one.data["reply"]["text"] for one in thoughts] == ["Hm."]
