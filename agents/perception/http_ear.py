"""Any server with /v1/audio/transcriptions: vLLM, Speaches, LocalAI.

https://platform.openai.com/docs/api-reference/audio
"""

import asyncio
import io
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any, Literal

import av
import numpy as np
import openai

from ...tools.base.errors import EndpointBrokeOff
from ..models.failures import FAILURES, failure
from ..models.openai_chat import OpenAIChat
from ..roles.types import HttpEndpoint
from ..roles.types import OpenAIChat as Server
from ..sound import Sound
from .attention import attentive
from .ears import Segment
from .language_names import code_of

NO_SUCH_FORMAT = (400, 404, 415, 422)
"""What servers answer that do not know `verbose_json`."""


class HttpEar:
    """Sends speech to a server, a window of at most 30 s at a time; silence stays here."""

    def __init__(self, endpoint: HttpEndpoint) -> None:
        self._server = Server(
            base_url=endpoint.base_url,
            model=endpoint.model,
            api_key_env=endpoint.api_key_env,
            timeout_s=endpoint.timeout_s,
        )
        self._format: Literal["verbose_json", "json"] = "verbose_json"

    async def hear(self, sound: Sound, *, language: str | None = None) -> AsyncIterator[Segment]:
        """Transcribe speech; see `Ear`. A server that sends no segments gives one for each window.

        Raises:
            EndpointError: the server is unreachable, refuses, is too slow, or sends what is no transcript.
        """
        # The client of the chat models: the same keys, time limits and retries.
        async with OpenAIChat(self._server) as server:

            async def recognise(window: Sound, language: str | None) -> AsyncIterator[Segment]:
                answer = await self._transcript(server.client, window, language)
                for segment in segments_of(answer, window.seconds, language):
                    yield segment

            async with aclosing(attentive(recognise, sound, language)) as segments:  # type: ignore[type-var]
                async for segment in segments:
                    yield segment

    async def _transcript(self, client: openai.AsyncOpenAI, window: Sound, language: str | None) -> Mapping[str, Any]:
        file = ("speech.flac", as_flac(window), "audio/flac")
        try:
            async with asyncio.timeout(self._server.timeout_s):  # all attempts together
                return await self._in_its_format(client, file, language)
        except FAILURES as error:
            raise failure(error, self._server, began=False) from error

    async def _in_its_format(self, client: openai.AsyncOpenAI, file: Any, language: str | None) -> Mapping[str, Any]:
        try:
            return await self._ask(client, file, language)
        except openai.APIStatusError as error:
            if self._format == "json" or error.status_code not in NO_SUCH_FORMAT:
                raise
            self._format = "json"
            return await self._ask(client, file, language)

    async def _ask(self, client: openai.AsyncOpenAI, file: Any, language: str | None) -> Mapping[str, Any]:
        response = await client.audio.transcriptions.with_raw_response.create(
            file=file,
            model=self._server.model,
            language=language or openai.omit,
            response_format=self._format,
        )
        try:
            answer = response.http_response.json()
        except ValueError as error:
            raise self._no_transcript(response.http_response.text) from error
        if not isinstance(answer, dict) or not isinstance(answer.get("text"), str):
            raise self._no_transcript(response.http_response.text)
        return answer

    def _no_transcript(self, sent: str) -> EndpointBrokeOff:
        shown = " ".join(sent.split())[:200]
        return EndpointBrokeOff(
            f"the server sent what is no transcript: {shown}",
            at=self._server.base_url,
            hint="Is this the address of a speech server? Most want a base_url that ends in /v1",
        )


def segments_of(answer: Mapping[str, Any], seconds: float, language: str | None) -> list[Segment]:
    """The segments of an answer in the format `verbose_json`, or one of the whole text for `json`. Pure."""
    code = code_of(str(answer.get("language") or language or ""), answer["text"])
    parts = answer.get("segments")
    if not isinstance(parts, list) or not all(_is_segment(part) for part in parts):
        return [Segment(0.0, seconds, answer["text"].strip(), code)] if answer["text"].strip() else []
    return [
        Segment(float(part["start"]), float(part["end"]), part["text"].strip(), code, _confidence(part))
        for part in parts
    ]


def as_flac(sound: Sound) -> bytes:
    """A FLAC file of 16 bits: half the size of WAV, and nothing is lost."""
    file = io.BytesIO()
    with av.open(file, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=sound.rate, layout="mono")
        samples = np.round(np.clip(sound.samples, -1, 1) * 32767).astype(np.int16)[np.newaxis]
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = sound.rate
        for part in (frame, None):
            container.mux(stream.encode(part))
    return file.getvalue()


def _is_segment(part: Any) -> bool:
    return (
        isinstance(part, dict)
        and isinstance(part.get("text"), str)
        and all(isinstance(part.get(key), int | float) for key in ("start", "end"))
    )


def _confidence(part: Mapping[str, Any]) -> float:
    value = part.get("avg_logprob")
    return math.exp(min(0.0, value)) if isinstance(value, int | float) else 1.0
