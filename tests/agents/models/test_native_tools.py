"""Native tools over the wire: several calls in one stream, and what goes back."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from antiphon.agents.models.abilities import Abilities
from antiphon.agents.models.chat import ChatRequest, Message, ToolCall, complete
from antiphon.agents.models.openai_chat import OpenAIChat
from antiphon.agents.models.wire import body
from antiphon.agents.planning.react import React
from antiphon.agents.planning.types import (
    Act,
    Call,
    Finish,
    Observation,
    Observed,
    Offered,
    Task,
    Think,
    Thought,
    Transcript,
)
from antiphon.agents.roles.types import OpenAIChat as Role

WEATHER = Offered("weather", "The weather in a city.", {"type": "object", "properties": {"city": {"type": "string"}}})
TASK = Task("Is it warmer in Oslo or in Rome?", tools=(WEATHER,), can=Abilities(tools=True))


def piece(say: Any, **delta: Any) -> bytes:
    finish = delta.pop("finish", None)
    return bytes(say.event({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}))


def call(index: int, **fields: Any) -> list[dict[str, Any]]:
    return [{"index": index, **fields}]


def two_calls(say: Any) -> list[Any]:
    """Two calls whose pieces come mixed, as servers send them that write both at once."""
    return [
        say.head(),
        piece(say, role="assistant", content=None),
        piece(say, tool_calls=call(0, id="c1", type="function", function={"name": "weather", "arguments": ""})),
        piece(say, tool_calls=call(0, function={"arguments": '{"city": '})),
        piece(say, tool_calls=call(1, id="c2", type="function", function={"name": "weather", "arguments": ""})),
        piece(say, tool_calls=call(1, function={"arguments": '{"city": "Rome"}'})),
        piece(say, tool_calls=call(0, function={"arguments": '"Oslo"}'})),
        piece(say, finish="tool_calls"),
        say.DONE,
    ]


async def test_two_native_calls_are_made_and_answered(serving: Callable[..., Any], say: Any) -> None:
    said = [say.head(), say.text("In Rome."), say.text("", "stop"), say.DONE]
    async with serving(two_calls(say), said) as server, OpenAIChat(Role(base_url=server.base_url, model="m")) as chat:
        so_far, acted = Transcript(TASK), list[Call]()
        while not isinstance(move := React().next(so_far), Finish):
            step: Thought | Observed
            if isinstance(move, Think):
                step = Thought(move.requests, (await complete(chat, move.requests[0]),))
            else:
                acted += move.calls
                step = Observed(tuple(Observation(one, f"{len(one.arguments['city'])} degrees") for one in move.calls))
            so_far = replace(so_far, steps=(*so_far.steps, step))
        assert move.answer == "In Rome."
        assert acted == [Call("weather", {"city": "Oslo"}, "c1"), Call("weather", {"city": "Rome"}, "c2")]
        sent = server.requests[1][2]["messages"]
        assert [one["id"] for one in sent[1]["tool_calls"]] == ["c1", "c2"]
        assert [one["tool_call_id"] for one in sent[2:]] == ["c1", "c2"]


def test_calls_of_an_assistant_are_sent_in_the_form_of_the_api() -> None:
    turn = Message("assistant", "", calls=(ToolCall("c1", "weather", '{"city": "Oslo"}'),))
    assert body(ChatRequest((turn,)), "m")["messages"] == [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Oslo"}'}}
            ],
        }
    ]


def test_a_native_reply_of_calls_is_an_act() -> None:
    first = React().next(Transcript(TASK))
    assert isinstance(first, Think)
    from antiphon.agents.models.chat import Reply

    reply = Reply("Let me look.", calls=(ToolCall("c1", "weather", "{city: Oslo}"),))
    move = React().next(Transcript(TASK, (Thought(first.requests, (reply,)),)))
    assert move == Act((Call("weather", {"city": "Oslo"}, "c1"),))
