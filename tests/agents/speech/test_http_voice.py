"""A voice behind `/v1/audio/speech`, played by a small real server."""

import asyncio
import io
import json
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import numpy as np
import pytest

from antiphon.agents.roles.types import HttpEndpoint
from antiphon.agents.speech.http_voice import HttpVoice
from antiphon.tools.base.errors import (
    EndpointBrokeOff,
    EndpointRefused,
    EndpointTimeout,
    EndpointUnreachable,
    InputError,
)

PCM = (np.sin(np.arange(24_000) / 10) * 9_000).astype("<i2").tobytes()
Answer = Callable[[dict[str, str], asyncio.StreamWriter], Awaitable[None]]


def head(status: str, kind: str, length: int) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n".encode()


async def pcm(request: dict[str, str], to: asyncio.StreamWriter) -> None:
    to.write(head("200 OK", "audio/pcm", len(PCM)) + PCM)


async def only_wav(request: dict[str, str], to: asyncio.StreamWriter) -> None:
    if request["response_format"] != "wav":
        body = b'{"error": {"message": "response_format must be wav"}}'
        to.write(head("400 Bad Request", "application/json", len(body)) + body)
        return
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, 16_000, 0, "NONE", ""))
        out.writeframes(PCM)
    to.write(head("200 OK", "audio/wav", len(file.getvalue())) + file.getvalue())


async def refuses(request: dict[str, str], to: asyncio.StreamWriter) -> None:
    body = b'{"error": {"message": "no such voice"}}'
    to.write(head("404 Not Found", "application/json", len(body)) + body)


async def page(request: dict[str, str], to: asyncio.StreamWriter) -> None:
    to.write(head("200 OK", "text/html", 6) + b"<html>")


async def nothing(request: dict[str, str], to: asyncio.StreamWriter) -> None:
    to.write(head("200 OK", "audio/pcm", 0))


async def breaks_off(request: dict[str, str], to: asyncio.StreamWriter) -> None:
    to.write(head("200 OK", "audio/pcm", len(PCM)) + PCM[:20_000])


async def hangs(request: dict[str, str], to: asyncio.StreamWriter) -> None:
    to.write(head("200 OK", "audio/pcm", len(PCM)) + PCM[:20_000])
    await to.drain()
    await asyncio.sleep(1)


@asynccontextmanager
async def speaking(answer: Answer) -> AsyncIterator[HttpVoice]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length" in line)
        try:
            await answer(json.loads(await reader.readexactly(length)), writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    role = HttpEndpoint(base_url=f"http://127.0.0.1:{port}/v1", model="tts", timeout_s=0.5)
    async with server, HttpVoice(role) as voice:
        yield voice
    while serving := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(serving)


async def seconds(voice: HttpVoice, text: str = "hello") -> list[float]:
    return [sound.seconds async for sound in voice.say(text, language="en")]


async def test_pcm_is_heard_as_it_comes() -> None:
    async with speaking(pcm) as voice:
        pieces = await seconds(voice)
    assert sum(pieces) == pytest.approx(1)
    assert len(pieces) > 1


async def test_a_server_without_pcm_is_asked_for_wav() -> None:
    async with speaking(only_wav) as voice:
        assert await seconds(voice) == [pytest.approx(1.5)]


async def test_empty_text_asks_nobody() -> None:
    voice = HttpVoice(HttpEndpoint(base_url="http://127.0.0.1:9/v1", model="tts"))
    assert await seconds(voice, " ") == []
    await voice.aclose()


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (refuses, EndpointRefused, "no such voice"),
        (page, EndpointBrokeOff, "it sent text/html"),
        (nothing, EndpointBrokeOff, "it sent nothing"),
        (breaks_off, EndpointBrokeOff, "in the middle"),
        (hangs, EndpointTimeout, r"silent for 0\.5 s"),
    ],
)
async def test_a_server_that_fails_is_a_sentence(answer: Answer, error: type[Exception], words: str) -> None:
    async with speaking(answer) as voice:
        with pytest.raises(error, match=words):
            await seconds(voice)


async def test_nobody_at_that_address_is_a_sentence() -> None:
    async with HttpVoice(HttpEndpoint(base_url="http://127.0.0.1:9/v1", model="tts")) as voice:
        with pytest.raises(EndpointUnreachable, match="nothing answers there"):
            await seconds(voice)


def test_a_key_that_is_not_set_is_named() -> None:
    with pytest.raises(InputError, match="NO_SUCH_KEY is not set"):
        HttpVoice(HttpEndpoint(base_url="http://127.0.0.1:9/v1", model="tts", api_key_env="NO_SUCH_KEY"))
