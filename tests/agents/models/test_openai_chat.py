"""Each way a server can misbehave ends in one error that says what, where and the way out."""

import asyncio
import time
from contextlib import aclosing
from typing import Any

import pytest

from antiphon.agents.models.chat import ChatRequest, Message, Reply, complete
from antiphon.agents.models.openai_chat import OpenAIChat
from antiphon.agents.roles.types import OpenAIChat as Role
from antiphon.tools.base.errors import (
    EndpointBrokeOff,
    EndpointError,
    EndpointRefused,
    EndpointTimeout,
    EndpointUnreachable,
    InputError,
)

ASK = ChatRequest((Message("user", "Hello?"),))


async def ask(base_url: str, request: ChatRequest = ASK, **limits: Any) -> Reply:
    role = Role(base_url=base_url, model="m", **{"timeout_s": 5, "retries": 0, **limits})
    async with OpenAIChat(role) as chat:
        return await complete(chat, request)


async def failing(kind: type[EndpointError], base_url: str, **limits: Any) -> str:
    with pytest.raises(kind) as caught:
        await ask(base_url, **limits)
    assert type(caught.value) is kind
    assert str(caught.value).startswith(base_url)
    return str(caught.value).removeprefix(base_url)


async def test_a_good_server_answers(serving: Any, say: Any) -> None:
    async with serving(say.GOOD) as server:
        assert await ask(server.base_url) == Reply("Hello")


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    said = await failing(EndpointUnreachable, "http://127.0.0.1:9/v1")
    assert said == (
        ": nothing answers there (All connection attempts failed)."
        " Is the server running? `antiphon doctor` says what is running."
    )


async def test_a_hang_before_the_first_byte_ends_after_the_silence_allowed(serving: Any) -> None:
    async with serving([9.0]) as server:
        said = await failing(EndpointTimeout, server.base_url, timeout_s=0.2, retries=2)
    assert said.startswith(": the server was silent for 0.2 s before the answer began.")


async def test_a_hang_in_mid_stream_ends_after_the_silence_allowed(serving: Any, say: Any) -> None:
    async with serving([say.head(), say.text("Hel"), 9.0]) as server:
        said = await failing(EndpointTimeout, server.base_url, timeout_s=0.2)
    assert said.startswith(": the server was silent for 0.2 s in the middle of the answer.")


async def test_a_slow_drip_ends_at_the_deadline(serving: Any, say: Any) -> None:
    async with serving([say.head(), *[say.text("x"), 0.05] * 99]) as server:
        said = await failing(EndpointTimeout, server.base_url, timeout_s=1, deadline_s=0.3)
    assert said.startswith(": the answer was not complete after 0.3 s. Ask for fewer tokens")


async def test_a_connection_closed_before_the_answer_is_broken_off(serving: Any) -> None:
    async with serving([]) as server:
        said = await failing(EndpointBrokeOff, server.base_url)
    assert said.startswith(": the server closed the connection without an answer.")


async def test_a_chunked_stream_that_breaks_off_is_broken_off(serving: Any, say: Any) -> None:
    chunked = say.head(extra="Transfer-Encoding: chunked\r\n")
    piece = say.text("Hel")
    async with serving([chunked, b"%x\r\n%b\r\n" % (len(piece), piece)]) as server:
        said = await failing(EndpointBrokeOff, server.base_url)
    assert said.startswith(": the server closed the connection in the middle of the answer.")


async def test_a_clean_end_without_a_finish_is_broken_off(serving: Any, say: Any) -> None:
    async with serving([say.head(), say.text("Hel")]) as server:
        said = await failing(EndpointBrokeOff, server.base_url)
    assert said.startswith(": the stream ended before the answer did: no finish_reason came.")


async def test_a_finish_without_done_is_a_whole_answer(serving: Any, say: Any) -> None:
    async with serving([say.head(), say.text("Hello", "stop")]) as server:
        assert (await ask(server.base_url)).text == "Hello"


async def test_a_web_page_is_no_answer(serving: Any, say: Any) -> None:
    async with serving([say.head(kind="text/html"), b"<html>Welcome to nginx!</html>"]) as server:
        said = await failing(EndpointBrokeOff, server.base_url)
    assert said == (
        ": expected a stream of events, got text/html: <html>Welcome to nginx!</html>."
        " Is this the address of a model server? Check `base_url`."
    )


async def test_a_server_that_does_not_stream_is_understood(serving: Any, say: Any) -> None:
    whole = b'{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}'
    async with serving([say.head(kind="application/json"), whole]) as server:
        assert (await ask(server.base_url)).text == "Hello"


async def test_an_error_in_mid_stream_is_passed_on(serving: Any, say: Any) -> None:
    error = say.event({"error": {"message": "CUDA out of memory", "type": "InternalServerError", "code": 500}})
    async with serving([say.head(), say.text("Hel"), error, say.DONE]) as server:
        said = await failing(EndpointRefused, server.base_url)
    assert said == ": the server stopped with an error: CUDA out of memory."


async def test_rubbish_in_mid_stream_is_shown(serving: Any, say: Any) -> None:
    async with serving([say.head(), b"data: {oh no\n\n"]) as server:
        said = await failing(EndpointBrokeOff, server.base_url)
    assert said == ": the server sent what is no JSON: {oh no."


async def test_a_bad_key_names_where_the_key_belongs(serving: Any, say: Any) -> None:
    refusal = [say.head("401 Unauthorized", "application/json"), b'{"error":{"message":"Invalid API Key"}}']
    async with serving(refusal) as server:
        said = await failing(EndpointRefused, server.base_url)
    assert said == (
        ": the server answered 401: Invalid API Key."
        " Put the key in an environment variable, and name that in `api_key_env` in app.yaml."
    )


async def test_a_missing_key_names_its_variable() -> None:
    with pytest.raises(InputError, match="environment variable NO_SUCH_KEY, which is not set"):
        await ask("http://127.0.0.1:9/v1", api_key_env="NO_SUCH_KEY")


async def test_the_key_is_sent(serving: Any, say: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", "s3cret")
    async with serving(say.GOOD) as server:
        await ask(server.base_url, api_key_env="SOME_KEY")
    assert server.requests[0][1]["authorization"] == "Bearer s3cret"


async def test_the_key_of_another_service_is_not_sent(serving: Any, say: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "s3cret")
    monkeypatch.setenv("OPENAI_ORG_ID", "s3cret")
    async with serving(say.GOOD) as server:
        await ask(server.base_url)
    assert "s3cret" not in str(server.requests[0][1])


async def test_a_proxy_never_stands_before_this_machine(
    serving: Any, say: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with serving(say.GOOD) as server:
        assert (await ask(server.base_url)).text == "Hello"


async def test_an_unknown_model_is_answered_with_the_known_ones(serving: Any, say: Any) -> None:
    refusal = [
        say.head("404 Not Found", "application/json"),
        b'{"error":{"message":"model \\"m\\" not found, try pulling it first","type":"not_found_error"}}',
    ]
    models = [say.head(kind="application/json"), b'{"object":"list","data":[{"id":"m2"},{"id":"qwen3"}]}']
    async with serving(refusal, models) as server:
        said = await failing(EndpointRefused, server.base_url)
    assert said == (
        ': the server answered 404: model "m" not found, try pulling it first.'
        " Did you mean 'm2'? Known: m2, qwen3. Set `model` of the role in app.yaml."
    )


async def test_a_prompt_too_long_says_to_shorten_it(serving: Any, say: Any) -> None:
    refusal = (
        b'{"error":{"code":400,"message":"request (5000 tokens) exceeds the context size (4096 tokens)",'
        b'"type":"exceed_context_size_error","n_prompt_tokens":5000,"n_ctx":4096}}'
    )
    async with serving([say.head("400 Bad Request", "application/json"), refusal]) as server:
        said = await failing(EndpointRefused, server.base_url)
    assert said.endswith("Shorten the prompt, or give the model a larger context.")


@pytest.mark.parametrize("status", ["429 Too Many Requests", "500 Internal Server Error", "503 Service Unavailable"])
async def test_a_passing_refusal_is_tried_again(serving: Any, say: Any, status: str) -> None:
    refusal = [say.head(status, "application/json", "retry-after-ms: 1\r\n"), b'{"error":{"message":"busy"}}']
    async with serving(refusal, say.GOOD) as server:
        assert (await ask(server.base_url, retries=1)).text == "Hello"


async def test_a_refusal_that_stays_is_passed_on(serving: Any, say: Any) -> None:
    refusal = [
        say.head("500 Internal Server Error", "text/html", "retry-after-ms: 1\r\n"),
        b"<html>ouch</html>",
    ]
    async with serving(refusal) as server:
        said = await failing(EndpointRefused, server.base_url, retries=1)
    assert said == ": the server answered 500: Internal Server Error. The server's own log says why."


async def test_one_request_after_another_works_on_one_client(serving: Any, say: Any) -> None:
    async with (
        serving(say.GOOD) as server,
        OpenAIChat(Role(base_url=server.base_url, model="m", retries=0)) as chat,
    ):
        replies = [(await complete(chat, ASK)).text for _ in range(20)]
    assert replies == ["Hello"] * 20


async def test_a_cancelled_caller_returns_at_once_and_the_server_sees_it(serving: Any, say: Any) -> None:
    async with serving([say.head(), say.text("Hel"), 9.0]) as server:
        task = asyncio.create_task(ask(server.base_url))
        await asyncio.sleep(0.2)
        start = time.perf_counter()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        took = time.perf_counter() - start
        await asyncio.wait_for(server.left_early.wait(), 1)
    assert took < 0.1


async def test_a_caller_who_leaves_closes_the_connection(serving: Any, say: Any) -> None:
    async with (
        serving([say.head(), say.text("Hel"), 9.0]) as server,
        OpenAIChat(Role(base_url=server.base_url, model="m")) as chat,
    ):
        async with aclosing(chat.stream(ASK)) as deltas:
            async for _ in deltas:
                break
        await asyncio.wait_for(server.left_early.wait(), 1)
