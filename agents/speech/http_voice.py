"""Any server with `/v1/audio/speech` (https://platform.openai.com/docs/api-reference/audio/createSpeech)."""

import os
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Literal, Self

import httpx2
import numpy as np
import openai

from ...tools.base.errors import EndpointBrokeOff, InputError
from ..models.failures import FAILURES, failure, is_loopback
from ..roles.types import HttpEndpoint, OpenAIChat
from ..sound import Sound

if TYPE_CHECKING:
    import numpy.typing as npt

PCM_RATE = 24_000
"""Of `response_format: pcm`: 16 bit, little endian, mono."""
_PIECE_BYTES = PCM_RATE // 5 * 2
"""0.2 s: sound starts soon, and a piece is worth its handling."""
_USUAL_VOICE = "alloy"


class HttpVoice:
    """Speaks through a server: PCM as it comes, or WAV where it has no PCM.

    Close it, or use it in `async with`.
    """

    def __init__(self, role: HttpEndpoint) -> None:
        self._role = role
        self._format: Literal["pcm", "wav"] = "pcm"
        # No connection is used twice: servers close them. What is on this machine needs no proxy.
        transport = openai.DefaultAsyncHttpxClient(
            limits=httpx2.Limits(max_keepalive_connections=0), trust_env=not is_loopback(role.base_url)
        )
        self._client = openai.AsyncOpenAI(
            base_url=role.base_url, api_key=_key(role), timeout=role.timeout_s, http_client=transport
        )
        # The SDK reads these from the environment; they are meant for one company's service.
        self._client.organization = self._client.project = None

    async def say(self, text: str, *, language: str) -> AsyncGenerator[Sound, None]:
        """Speak; see `Voice.say`. The server tells the language from the text.

        Raises:
            EndpointError: the server cannot be reached, refuses, hangs, breaks off or sends what is no sound.
        """
        if not text.strip():
            return
        began = False
        try:
            async with aclosing(self._sounds(text)) as sounds:
                async for sound in sounds:
                    began = True
                    yield sound
        except FAILURES as error:
            raise failure(error, _as_chat(self._role), began=began) from error

    async def _sounds(self, text: str) -> AsyncGenerator[Sound, None]:
        try:
            async with self._request(text) as response:
                async for sound in self._decoded(response):
                    yield sound
        except (openai.BadRequestError, openai.UnprocessableEntityError):
            if self._format == "wav":
                raise
            self._format = "wav"  # it may not know PCM; if that was not the reason it will say so again
            async with aclosing(self._sounds(text)) as sounds:
                async for sound in sounds:
                    yield sound

    def _request(self, text: str) -> Any:
        return self._client.audio.speech.with_streaming_response.create(
            model=self._role.model,
            voice=self._role.voice or _USUAL_VOICE,
            input=text,
            response_format=self._format,
        )

    async def _decoded(self, response: Any) -> AsyncGenerator[Sound, None]:
        kind = response.headers.get("content-type", "").split(";")[0]
        if kind.startswith("text/") or kind == "application/json":
            raise self._no_sound(f"it sent {kind}")
        rest, heard = b"", False
        async for piece in response.iter_bytes(_PIECE_BYTES):
            rest += piece
            if self._format == "pcm" and not rest.startswith(b"RIFF") and len(rest) > 1:
                whole = len(rest) // 2 * 2
                yield Sound(_floats(rest[:whole]), PCM_RATE)
                rest, heard = rest[whole:], True
        if not heard and not rest:
            raise self._no_sound("it sent nothing")
        if not heard:
            yield self._unwrapped(rest)

    def _unwrapped(self, body: bytes) -> Sound:
        """A whole WAV file."""
        import io

        import av
        from av.error import FFmpegError

        try:
            with av.open(io.BytesIO(body), mode="r", format="wav") as container:
                rate = container.streams.audio[0].rate
                resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
                frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
                return Sound(np.concatenate([frame.to_ndarray()[0] for frame in frames]), rate)
        except (FFmpegError, IndexError, ValueError) as error:
            raise self._no_sound(f"{len(body):,} bytes that are no WAV file") from error

    def _no_sound(self, reason: str) -> EndpointBrokeOff:
        return EndpointBrokeOff(
            f"the server sent no sound: {reason}",
            at=self._role.base_url,
            hint="Check `base_url` and `model` in app.yaml",
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _key(role: HttpEndpoint) -> str:
    if not role.api_key_env:
        return "none"  # the SDK demands one, and servers without keys ignore it
    if key := os.environ.get(role.api_key_env):
        return key
    raise InputError(
        f"the environment variable {role.api_key_env} is not set",
        at=role.base_url,
        hint="Set it to the server's key",
    )


def _as_chat(role: HttpEndpoint) -> OpenAIChat:
    """What the messages about a failed server are made from."""
    return OpenAIChat(base_url=role.base_url, model=role.model, api_key_env=role.api_key_env, timeout_s=role.timeout_s)


def _floats(pcm: bytes) -> "npt.NDArray[np.float32]":
    return np.frombuffer(pcm, dtype="<i2").astype(np.float32) / np.float32(32768)
