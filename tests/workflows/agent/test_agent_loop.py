"""The loop that makes the moves of every strategy: what is shown, what a budget allows, how errors come back."""

import asyncio
import time
from typing import Any

import pytest

from antiphon.agents.events import BudgetSpent, Called, Returned, Said, Thought, Wrote
from antiphon.agents.models.chat import ChatRequest, Reply, Usage
from antiphon.agents.models.scripted import Scripted
from antiphon.agents.planning.types import Act, Call, Finish, Transcript
from antiphon.tools.base.errors import EndpointBrokeOff, EndpointTimeout, Refused
from antiphon.tools.base.tool import tool

from .thinking import Moves, act, answered, running, think, workflow


@tool
def double(number: int) -> int:
    """Twice a number."""
    return number * 2


@tool
def break_down(why: str) -> str:
    """Fails."""
    raise ValueError(why)


def texts(observations: Any) -> list[str]:
    return [one.text for one in observations]


def last(_: Transcript) -> Finish:
    """What the model replied last."""
    return Finish([*_.replies][-1].text)


async def test_what_is_thought_is_no_answer() -> None:
    result = await answered([think("first"), Finish("Yes.")], ["I wonder."])
    assert result.output["text"] == "Yes."
    assert [one.text for one in result.events if isinstance(one, Thought)] == ["I wonder."]
    assert not [one for one in result.events if isinstance(one, Wrote)]


async def test_what_is_visible_streams_and_is_not_said_twice() -> None:
    result = await answered([think("first", visible=True), last], ["It is blue."])
    assert result.output["text"] == "It is blue."
    assert [one.text for one in result.events if isinstance(one, Wrote)] == ["It", " is", " blue."]


async def test_several_are_asked_side_by_side_and_come_in_their_order() -> None:
    async def joined() -> str:
        moves = [think("a", "b", "c"), lambda so_far: Finish("|".join(one.text for one in so_far.replies))]
        return str((await answered(moves, ["1", "2", "3"])).output["text"])

    assert sorted((await joined()).split("|")) == ["1", "2", "3"]


async def test_a_tool_is_called_and_its_value_comes_back() -> None:
    moves = [act("double", number=4), lambda so_far: Finish("+".join(texts(so_far.observations)))]
    result = await answered(moves, tools=[double])
    assert result.output["text"] == "8"
    assert result.output["calls"] == [{"tool": "double", "arguments": {"number": 4}, "value": 8, "failed": False}]
    assert [type(one) for one in result.events if isinstance(one, Called | Returned)] == [Called, Returned]


async def test_calls_of_one_move_are_made_at_the_same_time() -> None:
    async def slow(number: int) -> int:
        await asyncio.sleep(0.2)
        return number

    own = tool(slow)
    began = time.monotonic()
    moves = [
        Act(tuple(Call("slow", {"number": i}) for i in range(5))),
        lambda so_far: Finish(",".join(texts(so_far.observations))),
    ]
    assert (await answered(moves, tools=[own])).output["text"] == "0,1,2,3,4"
    assert time.monotonic() - began < 0.9


async def test_an_error_of_a_tool_goes_back_to_the_model() -> None:
    moves = [act("break_down", why="no paper"), lambda so_far: Finish(texts(so_far.observations)[0])]
    result = await answered(moves, tools=[break_down])
    assert result.output["text"] == "the tool break_down failed: ValueError: no paper"
    assert result.output["calls"][0]["failed"]


async def test_a_tool_that_fails_twice_is_no_longer_offered() -> None:
    moves = [act("break_down", why="a"), act("break_down", why="b"), act("break_down", why="c"), Finish("Done.")]
    result = await answered(moves, tools=[break_down, double])
    assert [[one.name for one in seen.task.tools] for seen in Moves.seen] == [
        ["break_down", "double"],
        ["break_down", "double"],
        ["double"],
        ["double"],
    ]
    assert "can no longer be called" in result.output["calls"][1]["value"]
    assert result.output["calls"][2]["value"].startswith("there is no tool 'break_down'")


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (act("doubel", number=1), "there is no tool 'doubel'. Did you mean 'double'?"),
        (act("double"), "argument 'number': "),
        (act("double", number="many"), "argument 'number': "),
        (act("double", number=1, base=2), "argument 'base': "),
    ],
)
async def test_a_wrong_call_is_told_to_the_model(call: Act, told: str) -> None:
    result = await answered([call, lambda so_far: Finish(texts(so_far.observations)[0])], tools=[double])
    assert result.output["text"].startswith(told)


async def test_an_observation_has_an_end() -> None:
    def long() -> str:
        return "a" * 100_000

    moves = [act("long"), lambda so_far: Finish(texts(so_far.observations)[0])]
    assert len((await answered(moves, tools=[tool(long)])).output["text"]) < 4100


async def test_an_error_of_the_model_ends_the_run() -> None:
    with pytest.raises(EndpointTimeout, match=r"it\b.*no answer"):
        await answered([think("a"), Finish("Never.")], [EndpointTimeout("no answer")])


async def test_one_failing_sample_stops_the_others() -> None:
    with pytest.raises(EndpointBrokeOff):
        await answered([think("a", "b"), Finish("Never.")], [EndpointBrokeOff("gone"), "fine"])


def replying(tokens: int, text: str = "so far") -> Reply:
    return Reply(text, usage=Usage(10, tokens))


async def test_after_the_last_call_the_best_answer_so_far_is_given() -> None:
    moves = [think("a"), think("b"), think("c"), Finish("Never.")]
    result = await answered(moves, ["one", "two"], budget={"calls": 2})
    assert (result.output["text"], result.output["stopped"]) == ("two", "calls")
    spent = next(one for one in result.events if isinstance(one, BudgetSpent))
    assert (spent.what, spent.limit) == ("calls", "2 calls of its model")


async def test_an_agent_that_ends_with_its_last_call_has_not_run_out() -> None:
    result = await answered([think("a"), Finish("Done.")], ["one"], budget={"calls": 1})
    assert (result.output["text"], result.output["stopped"]) == ("Done.", "")


async def test_more_requests_than_calls_are_left_are_not_asked() -> None:
    moves = [think("a", "b", "c"), lambda so_far: Finish(str(len([*so_far.replies])))]
    assert (await answered(moves, ["1", "2"], budget={"calls": 2})).output["text"] == "2"


async def test_no_reply_may_be_longer_than_the_tokens_that_are_left() -> None:
    asked: list[ChatRequest] = []

    def reply(request: ChatRequest) -> Reply:
        asked.append(request)
        return replying(60)

    moves = [think("a"), think("b"), think("c"), Finish("Never.")]
    result = await answered(moves, [reply, reply], budget={"tokens": 100})
    assert [one.max_tokens for one in asked] == [100, 40]
    assert (result.output["text"], result.output["stopped"]) == ("so far", "tokens")


async def test_when_the_time_is_over_what_was_written_until_then_counts() -> None:
    Moves.seen.clear()
    flow = workflow(Moves.model_validate({"moves": [think("a", visible=True)], "budget": {"time": "300ms"}}))
    chat = Scripted(["one two three four five six"], delay_s=0.1)
    result = await running(flow, chat)
    assert result.output["stopped"] == "time"
    assert result.output["text"].startswith("one")
    assert "six" not in result.output["text"]


async def test_a_tool_is_given_up_when_the_time_is_over() -> None:
    async def for_ever() -> str:
        await asyncio.sleep(60)
        return ""

    moves = [think("a"), act("for_ever"), Finish("Never.")]
    began = time.monotonic()
    result = await answered(moves, ["thinking"], tools=[tool(for_ever)], budget={"time": "300ms"})
    assert (result.output["text"], result.output["stopped"]) == ("thinking", "time")
    assert time.monotonic() - began < 5


async def test_cancelling_stops_the_model() -> None:
    flow = workflow(Moves(moves=(think("a", "b"), Finish("Never."))))
    chat = Scripted(["one two three"] * 2, delay_s=5)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await running(flow, chat)
    assert len(chat.requests) == 2


sent: list[str] = []


@tool(effects=True)
def send(text: str) -> str:
    """Send it."""
    sent.append(text)
    return "sent"


async def test_a_person_is_asked_before_each_call_that_is_named() -> None:
    sent.clear()
    asked: list[str] = []

    async def answer(question: Any) -> dict[str, bool]:
        asked.append(question.text)
        return {"approve": "good" in question.text}

    calls = Act((Call("send", {"text": "good"}), Call("send", {"text": "bad"})))
    moves = [calls, lambda so_far: Finish(" | ".join(texts(so_far.observations)))]
    result = await answered(moves, tools=[send], ask_before=["send"], answer=answer, durable=False)
    assert sent == ["good"]
    assert asked == ['send\n  text: "good"', 'send\n  text: "bad"']
    assert result.output["text"] == "sent | a person did not agree to it: send"


async def test_nobody_is_asked_about_a_call_that_cannot_be_made() -> None:
    moves = [act("send", txt="x"), lambda so_far: Finish(texts(so_far.observations)[0])]
    result = await answered(moves, tools=[send], ask_before=["send"], durable=False)
    assert result.output["text"].startswith("argument 'text': Missing")


async def test_the_time_a_person_thinks_is_not_the_agents() -> None:
    sent.clear()

    async def answer(_: Any) -> dict[str, bool]:
        await asyncio.sleep(0.6)
        return {"approve": True}

    moves = [act("send", text="x"), Finish("Done.")]
    options: dict[str, Any] = {"tools": [send], "ask_before": ["send"], "answer": answer, "durable": False}
    result = await answered(moves, budget={"time": "500ms"}, **options)
    assert (sent, result.output["stopped"]) == (["x"], "")


async def test_what_changes_something_is_not_cut_off_by_the_budget() -> None:
    @tool(effects=True)
    async def book() -> str:
        """Book it."""
        await asyncio.sleep(0.5)
        return "booked"

    moves = [act("book"), think("never")]
    result = await answered(moves, tools=[book], budget={"time": "200ms"}, durable=False)
    assert result.output["stopped"] == "time"
    assert result.output["calls"] == [{"tool": "book", "arguments": {}, "value": "booked", "failed": False}]


async def test_tokens_are_counted_where_no_server_tells_them() -> None:
    moves = [think("a"), think("b"), think("c"), Finish("Never.")]
    result = await answered(moves, ["one two three four five", "more"], budget={"tokens": 6})
    assert result.output["stopped"] == "tokens"


async def test_words_on_the_way_stand_apart_from_the_answer() -> None:
    moves = [think("a", visible=True), act("double", number=1), think("b", visible=True), last]
    result = await answered(moves, ["I look.", "It is two."], tools=[double])
    assert "".join(one.text for one in result.events if isinstance(one, Wrote)) == "I look.It is two."
    assert result.output["text"] == "It is two."


async def test_half_a_character_harms_nothing() -> None:
    @tool
    def odd() -> str:
        """Give half a smile."""
        return "half \ud83d"

    moves = [act("odd"), lambda so_far: Finish(texts(so_far.observations)[0])]
    assert (await answered(moves, tools=[odd])).output["text"] == "half ?"


async def test_where_nobody_can_be_asked_nothing_is_called() -> None:
    sent.clear()
    with pytest.raises(Refused, match="nobody is there to answer"):
        await answered([act("send", text="x"), Finish("")], tools=[send], ask_before=["send"], durable=False)
    assert sent == []


async def test_a_strategy_without_an_end_is_told() -> None:
    def again(so_far: Transcript) -> Act:
        return act("double", number=1)

    from antiphon.tools.base.errors import EngineError

    with pytest.raises(EngineError, match="came to no end"):
        await answered([again] * 2000, tools=[double])


async def test_the_memory_window_is_the_last_texts_of_the_conversation() -> None:
    from antiphon.agents.models.chat import Message

    Moves.seen.clear()
    flow = workflow(Moves(moves=(Finish("x"),)), memory=2)
    history = tuple(Message("user", str(i)) for i in range(5))
    async with Scripted([]) as chat:
        await running(flow, chat, history=history)
    assert [one.content for one in Moves.seen[0].task.history] == ["3", "4"]


async def test_an_answer_reaches_a_listener_while_it_is_written() -> None:
    from antiphon import Agent, run

    from .thinking import APP

    async with Scripted(["It is blue. Very blue."]) as chat:
        result = await run(Agent("a", "Be short."), "Why?", app=APP, engines={"chat": chat})
    said = [one.text for one in result.events if isinstance(one, Said)]
    assert len(said) > 1
    assert "".join(said).strip() == result.answer == "It is blue. Very blue."
