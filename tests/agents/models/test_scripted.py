"""The scripted chat plays its script, and says so when it is too short or too long."""

import pytest

from antiphon.agents.models.chat import ChatRequest, Message, Reply, TextDelta, ToolCall, complete
from antiphon.agents.models.scripted import Scripted
from antiphon.tools.base.errors import EndpointBrokeOff, EndpointTimeout

ASK = ChatRequest((Message("user", "sky?"),))


async def test_steps_are_played_in_order_and_requests_remembered() -> None:
    whole = Reply("", reasoning="hm, so", calls=(ToolCall("1", "f", "{}"),), finish="tool_calls")
    async with Scripted(["one", whole, lambda request: request.messages[0].content]) as chat:
        replies = [await complete(chat, ASK) for _ in range(3)]
    assert replies == [Reply("one"), whole, Reply("sky?")]
    assert chat.requests == [ASK] * 3


async def test_an_answer_comes_word_by_word() -> None:
    pieces = [delta.text async for delta in Scripted(["It is blue. 天空 "]).stream(ASK) if isinstance(delta, TextDelta)]
    assert pieces == ["It", " is", " blue.", " 天", "空", " "]


async def test_an_error_is_raised_where_it_stands() -> None:
    with pytest.raises(EndpointTimeout, match="too slow"):
        await complete(Scripted([EndpointTimeout("too slow")]), ASK)


async def test_a_script_that_is_used_up_complains() -> None:
    with pytest.raises(EndpointBrokeOff, match="the script has 0 steps, this is request 1: 'sky\\?'"):
        await complete(Scripted([]), ASK)


async def test_a_script_with_steps_left_complains() -> None:
    with pytest.raises(AssertionError, match="1 of 2 steps were not played, the first is 'b'"):
        async with Scripted(["a", "b"]) as chat:
            await complete(chat, ASK)
