"""Replies are kept by what was asked, told apart, and bounded."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from antiphon.agents.models.cached_chat import Asked, Cached
from antiphon.agents.models.chat import ChatRequest, Message, Reply, ToolCall, Usage, complete
from antiphon.agents.models.replies import Kept, Replies, file_of, forget, key_of, open_replies
from antiphon.agents.models.scripted import Scripted
from antiphon.tools.base.errors import EndpointBrokeOff

GREEDY = ChatRequest((Message("user", "2 + 3?"),))
SAMPLED = replace(GREEDY, temperature=0.7, seed=1)
WHOLE = Reply(
    "It is 5.",
    reasoning="Two and three.",
    calls=(ToolCall("1", "calculator", '{"expression": "2+3"}'),),
    usage=Usage(12, 5, 3),
    finish="tool_calls",
    logprobs=({"It": -0.5, "5": -1.0},),
    chosen=(-0.5,),
)


@pytest.fixture
async def replies(tmp_path: Path) -> AsyncIterator[Replies]:
    async with open_replies(tmp_path) as opened:
        yield opened


async def asked_twice(replies: Replies, request: ChatRequest, *answers: Reply | str) -> list[Reply]:
    async with Scripted(answers) as chat:
        return [await complete(Cached(chat, replies, model="m"), request) for _ in range(2)]


@pytest.mark.parametrize("request_", [GREEDY, SAMPLED])
async def test_the_same_is_asked_once_and_the_reply_is_whole(replies: Replies, request_: ChatRequest) -> None:
    assert await asked_twice(replies, request_, WHOLE) == [WHOLE, WHOLE]


async def test_what_is_sampled_without_a_seed_is_asked_anew(replies: Replies) -> None:
    request = replace(GREEDY, temperature=0.7)
    assert [reply.text for reply in await asked_twice(replies, request, "5", "6")] == ["5", "6"]


async def test_without_a_file_everything_is_asked_anew() -> None:
    async with Scripted(["5", "6"]) as chat:
        cached = Cached(chat, None)
        assert [(await complete(cached, GREEDY)).text for _ in range(2)] == ["5", "6"]


async def test_a_kept_reply_is_told_apart_and_costs_what_it_cost(replies: Replies) -> None:
    noted: list[Asked] = []
    async with Scripted([WHOLE], delay_s=0.01) as chat:
        for _ in range(2):
            await complete(Cached(chat, replies, note=noted.append), GREEDY)
    first, second = noted
    assert (first.kept, second.kept) == (False, True)
    assert (second.usage, second.seconds) == (WHOLE.usage, first.seconds)


async def test_an_answer_that_broke_off_is_not_kept(replies: Replies) -> None:
    async with Scripted([EndpointBrokeOff("gone"), "5"]) as chat:
        cached = Cached(chat, replies, model="m")
        with pytest.raises(EndpointBrokeOff):
            await complete(cached, GREEDY)
        assert (await complete(cached, GREEDY)).text == "5"


async def test_a_reply_without_log_probabilities_does_not_stand_for_one_with(replies: Replies) -> None:
    async with Scripted(["5", WHOLE]) as chat:
        cached = Cached(chat, replies, model="m")
        told = [await complete(cached, replace(GREEDY, top_logprobs=wanted)) for wanted in (0, 1, 0)]
    assert [reply.chosen for reply in told] == [(), (-0.5,), (-0.5,)]


@pytest.mark.parametrize(
    "other",
    [
        replace(SAMPLED, messages=(Message("user", "2 + 4?"),)),
        replace(SAMPLED, schema={"type": "object"}),
        replace(SAMPLED, tools=({"type": "function"},)),
        replace(SAMPLED, max_tokens=5),
        replace(SAMPLED, temperature=0.8),
        replace(SAMPLED, seed=2),
        replace(SAMPLED, stop=("\n",)),
    ],
)
def test_another_request_is_another_key(other: ChatRequest) -> None:
    assert key_of("m", SAMPLED) != key_of("m", other)


def test_another_model_is_another_key() -> None:
    assert key_of("m", SAMPLED) != key_of("n", SAMPLED)


def test_a_seed_counts_only_where_something_is_sampled() -> None:
    assert key_of("m", GREEDY) == key_of("m", replace(GREEDY, seed=3))


async def test_of_too_many_the_longest_unused_go(tmp_path: Path) -> None:
    requests = [replace(SAMPLED, seed=seed) for seed in range(3)]
    async with open_replies(tmp_path, most_bytes=1000) as replies:
        for request in requests:
            await replies.put("m", request, Kept(Reply("x" * 300), 1.0))
        assert [await replies.get("m", request) is not None for request in requests] == [False, True, True]


async def test_only_this_user_may_read_them_and_they_can_be_forgotten(tmp_path: Path) -> None:
    async with open_replies(tmp_path) as replies:
        await replies.put("m", GREEDY, Kept(WHOLE, 1.0))
    mode = file_of(tmp_path).stat().st_mode & 0o777
    assert (mode, forget(tmp_path), forget(tmp_path), file_of(tmp_path).exists()) == (0o600, True, False, False)


def test_the_name_of_the_model_is_that_of_the_one_behind() -> None:
    class Named(Scripted):
        abilities = "all"

    assert Cached(Named([]), None).abilities == "all"
