"""One client for every server that speaks the chat completions API.

The SDK does retries with backoff, keys and addresses; the stream is read raw, since its typed objects cost
fifteen times as much for each token.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from types import TracebackType
from typing import Any, Self

import httpx2
import openai

from ...tools.base.errors import EndpointBrokeOff, EndpointError, InputError
from ..roles.types import OpenAIChat as Role
from .chat import ChatRequest, Delta, Finish, TextDelta, ToolCallDelta
from .failures import FAILURES, failure, is_loopback, no_answer, past_deadline, with_models
from .sse import Payloads
from .thinking import Thinking
from .tool_calls import CallNumbers
from .wire import body, deltas

CONNECT_S = 5.0


class OpenAIChat:
    """A chat model behind HTTP; use it as `async with OpenAIChat(role) as chat`, or close it with `aclose`.

    Args:
        role: Address, model and limits.
        key: The key, when it does not come from the environment variable the role names.
        compact_json: Whether the server compiles llguidance grammars.
    Raises:
        InputError: the environment variable that should hold the key is not set.
    """

    def __init__(self, role: Role, *, key: str | None = None, compact_json: bool = False) -> None:
        self.role = role
        self._compact_json = compact_json
        self._key = key_of(role) if key is None else key
        self._client: openai.AsyncOpenAI | None = None

    @property
    def client(self) -> openai.AsyncOpenAI:
        """The SDK's client, opened at first use."""
        if self._client is None:
            timeout = httpx2.Timeout(self.role.timeout_s, connect=min(CONNECT_S, self.role.timeout_s))
            transport = openai.DefaultAsyncHttpxClient(timeout=timeout, trust_env=not is_loopback(self.role.base_url))
            client = openai.AsyncOpenAI(
                api_key=self._key or "none",  # the SDK demands one, and servers without keys ignore it
                base_url=self.role.base_url,
                timeout=timeout,
                max_retries=self.role.retries,
                http_client=transport,
            )
            # the SDK reads these from the environment; they are meant for one company's service
            client.organization = client.project = None
            self._client = client
        return self._client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections; the next request opens them again."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        """Answer piece by piece; closing the generator or cancelling its task cancels the request.

        Raises:
            EndpointError: unreachable, refused, too slow, or broken off in the middle.
        """
        deadline = asyncio.get_running_loop().time() + self.role.deadline_s
        began = False
        try:
            async with (
                self._opened(request, deadline) as response,
                aclosing(_Answer(response, self.role).read(deadline)) as parts,
            ):
                async for part in parts:
                    began = True
                    yield part
        except EndpointError as error:
            error.at = error.at or self.role.base_url
            raise
        except FAILURES as error:
            known = failure(error, self.role, began=began)
            raise await with_models(known, self.client, self.role) from error

    @asynccontextmanager
    async def _opened(self, request: ChatRequest, deadline: float) -> AsyncIterator[httpx2.Response]:
        sent = body(request, self.role.model, compact_json=self._compact_json)
        loop = asyncio.get_running_loop()
        opening = self.client.chat.completions.with_streaming_response.create(**_known(sent))
        # all attempts together may be silent as long as one: retries follow refusals, not silence
        until = min(deadline, loop.time() + self.role.timeout_s)
        async with asyncio.timeout_at(until):
            response = await opening.__aenter__()
        try:
            yield response.http_response
        finally:
            await opening.__aexit__(None, None, None)


class _Answer:
    """One streamed response on its way to deltas."""

    def __init__(self, response: httpx2.Response, role: Role) -> None:
        self.response, self.role = response, role
        self.thinking, self.calls = Thinking(), CallNumbers()
        self.finished = False

    async def read(self, deadline: float) -> AsyncGenerator[Delta, None]:
        async with aclosing(self._payloads(deadline)) as payloads:
            async for payload in payloads:
                for delta in deltas(payload):
                    for part in self._parts(delta):
                        yield part
        if not self.finished:
            raise EndpointBrokeOff(
                "the stream ended before the answer did: no finish_reason came",
                hint="The server's log says why",
            )

    async def _payloads(self, deadline: float) -> AsyncGenerator[bytes, None]:
        """Up to `[DONE]` and no further: llama.cpp closes the connection then, so it cannot be used again."""
        kind = self.response.headers.get("content-type", "")
        chunks = self.response.aiter_bytes()
        if "text/event-stream" not in kind:
            whole = await self._whole(chunks, deadline)
            if "json" not in kind:
                raise no_answer(self.role, kind, whole[:400])
            yield whole
            return
        payloads = Payloads()
        while (chunk := await self._next(chunks, deadline)) is not None:
            for payload in payloads.feed(chunk):
                if payload == b"[DONE]":
                    return
                yield payload
        for payload in payloads.end():
            if payload != b"[DONE]":
                yield payload

    async def _whole(self, chunks: AsyncIterator[bytes], deadline: float) -> bytes:
        whole = b""
        while (chunk := await self._next(chunks, deadline)) is not None and len(whole) < 8_000_000:
            whole += chunk
        return whole

    async def _next(self, chunks: AsyncIterator[bytes], deadline: float) -> bytes | None:
        try:
            async with asyncio.timeout_at(deadline):
                return await anext(chunks, None)
        except TimeoutError as error:
            raise past_deadline(self.role) from error

    def _parts(self, delta: Delta) -> list[Delta]:
        match delta:
            case TextDelta(text):
                return list(self.thinking.feed(text))
            case ToolCallDelta():
                return [self.calls.number(delta)]
            case Finish() if self.finished:
                return []
            case Finish():
                self.finished = True
                return [*self.thinking.end(), delta]
            case _:
                return [delta]


def _known(sent: dict[str, Any]) -> dict[str, Any]:
    """`grammar` is no argument of the SDK and goes in as an extra field."""
    grammar = sent.pop("grammar", None)
    return sent if grammar is None else {**sent, "extra_body": {"grammar": grammar}}


def key_of(role: Role) -> str:
    """The key of a server, from the environment; "" when it needs none.

    Raises:
        InputError: the variable that should hold it is not set.
    """
    if not role.api_key_env:
        return ""
    key = os.environ.get(role.api_key_env, "").strip()
    if not key:
        raise InputError(
            f"the key belongs in the environment variable {role.api_key_env}, which is not set",
            at=role.base_url,
            hint=f"Set it: export {role.api_key_env}=...",
        )
    return key
