"""A server with /v1/audio/transcriptions: what is sent, what is made of its answers, and of its failures."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from antiphon.agents.perception.decoding import RATE, decode
from antiphon.agents.perception.hearing import hear_utterance
from antiphon.agents.perception.http_ear import HttpEar, as_flac
from antiphon.agents.roles.types import HttpEndpoint
from antiphon.agents.sound import Sound
from antiphon.tools.base.errors import (
    EndpointBrokeOff,
    EndpointRefused,
    EndpointTimeout,
    EndpointUnreachable,
)

VERBOSE = {
    "text": "In being. Comparatively modern.",
    "language": "english",
    "segments": [
        {"start": 0.0, "end": 0.8, "text": " In being.", "avg_logprob": -0.1},
        {"start": 0.8, "end": 1.9, "text": " Comparatively modern.", "avg_logprob": -0.3},
    ],
}


@dataclass
class Server:
    """A small HTTP server: `answer` makes status, content type and body of the request's form."""

    answer: Callable[[dict[str, bytes]], tuple[int, str, bytes]]
    url: str = ""
    forms: list[dict[str, bytes]] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        body = await reader.readexactly(int(re.search(r"(?i)content-length: (\d+)", head)[1]))  # type: ignore[index]
        self.heads.append(head)
        self.forms.append(form_of(body))
        status, kind, said = self.answer(self.forms[-1])
        if status:
            writer.write(
                f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(said)}\r\n"
                "connection: close\r\n\r\n".encode()
                + said
            )
            await writer.drain()
        else:
            await reader.read()  # says nothing until the client leaves
        writer.close()
        await writer.wait_closed()


def form_of(body: bytes) -> dict[str, bytes]:
    """The fields of a multipart form."""
    boundary = body.split(b"\r\n", 1)[0]
    parts = (part.split(b"\r\n\r\n", 1) for part in body.split(boundary)[1:-1])
    return {re.search(rb'name="(\w+)"', head)[1].decode(): content[:-2] for head, content in parts}  # type: ignore[index]


def as_json(value: object, status: int = 200) -> tuple[int, str, bytes]:
    return status, "application/json", json.dumps(value).encode()


@asynccontextmanager
async def serving(answer: Callable[[dict[str, bytes]], tuple[int, str, bytes]]) -> AsyncIterator[Server]:
    ours = Server(answer)
    server = await asyncio.start_server(ours.serve, "127.0.0.1", 0)
    async with server:
        ours.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        yield ours
        await asyncio.sleep(0.01)  # the last handler ends


def ear(url: str, **more: object) -> HttpEar:
    return HttpEar(HttpEndpoint.model_validate({"base_url": url, "model": "whisper-1", "timeout_s": 1, **more}))


@pytest.fixture
def clip(speech: Path) -> Sound:
    return decode(speech / "LJ001-0002.flac")


async def test_segments_come_with_times_and_confidence(clip: Sound) -> None:
    async with serving(lambda form: as_json(VERBOSE)) as server:
        heard = await hear_utterance(ear(server.url), clip)
    assert (heard.text, heard.language) == ("In being. Comparatively modern.", "en")
    assert [round(part.confidence, 2) for part in heard.segments] == [0.9, 0.74]
    assert heard.segments[1].start_s == pytest.approx(0.8, abs=0.05)


async def test_what_is_sent_is_the_speech_the_model_and_the_language(clip: Sound, tmp_path: Path) -> None:
    async with serving(lambda form: as_json(VERBOSE)) as server:
        await hear_utterance(ear(server.url), clip, "en")
    sent = server.forms[0]
    assert (sent["model"], sent["language"], sent["response_format"]) == (
        b"whisper-1",
        b"en",
        b"verbose_json",
    )
    (tmp_path / "sent.flac").write_bytes(sent["file"])
    assert decode(tmp_path / "sent.flac").seconds == pytest.approx(clip.seconds, abs=0.1)


async def test_the_key_comes_from_the_environment(clip: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EAR_KEY", "secret")
    async with serving(lambda form: as_json(VERBOSE)) as server:
        await hear_utterance(ear(server.url, api_key_env="EAR_KEY"), clip)
    assert "Bearer secret" in server.heads[0]


async def test_a_server_without_verbose_json_is_asked_for_json(clip: Sound) -> None:
    def answer(form: dict[str, bytes]) -> tuple[int, str, bytes]:
        if form["response_format"] == b"verbose_json":
            return as_json({"error": {"message": "response_format 'verbose_json' is not supported"}}, 400)
        return as_json({"text": "天空是藍色的"})

    async with serving(answer) as server:
        heard = await hear_utterance(ear(server.url), clip)
    assert (heard.text, heard.language, len(heard.segments)) == ("天空是蓝色的", "zh", 1)


async def test_silence_is_not_sent() -> None:
    async with serving(lambda form: as_json({"text": "Thank you."})) as server:
        heard = await hear_utterance(ear(server.url), Sound(np.zeros(3 * RATE, np.float32), RATE))
    assert (heard.text, server.forms) == ("", [])


async def test_a_refused_key_is_named(clip: Sound) -> None:
    async with serving(lambda form: as_json({"error": {"message": "bad key"}}, 401)) as server:
        with pytest.raises(EndpointRefused, match="401: bad key"):
            await hear_utterance(ear(server.url), clip)


async def test_nothing_at_the_address_is_unreachable(clip: Sound) -> None:
    async with serving(lambda form: as_json({})) as server:
        pass
    with pytest.raises(EndpointUnreachable, match="nothing answers there"):
        await hear_utterance(ear(server.url, timeout_s=20), clip)


async def test_a_server_that_hangs_runs_into_the_time_limit(clip: Sound) -> None:
    async with serving(lambda form: (0, "", b"")) as server:
        with pytest.raises(EndpointTimeout):
            await hear_utterance(ear(server.url, timeout_s=0.1), clip)


@pytest.mark.parametrize("said", [b"<html>Welcome</html>", b'{"object": "list"}', b"[]"])
async def test_what_is_no_transcript_is_shown(clip: Sound, said: bytes) -> None:
    async with serving(lambda form: (200, "application/json", said)) as server:
        with pytest.raises(EndpointBrokeOff, match="what is no transcript"):
            await hear_utterance(ear(server.url), clip)


def test_flac_keeps_every_sample(clip: Sound, tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_bytes(as_flac(clip))
    assert np.abs(decode(tmp_path / "a.flac").samples - clip.samples).max() < 2 / 32768
