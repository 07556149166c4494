"""Sound out of this machine's loudspeaker."""

import asyncio
import os
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, Self

from ...tools.base.engines import missing
from ...tools.base.errors import EngineError
from ..sound import Sound

RATE = 24_000
"""Samples per second (Hz) the device is opened with; miniaudio fits it to the hardware."""

_LATENCY_MS = 100
_POLL_S = 0.02


class Player:
    """The default output device.

    `async with Player() as player` plays to the end; cancelled or after an error it falls silent at once.

    Args:
        backends: miniaudio's backends to try, or None for those of this system.
    Raises:
        MissingExtra: miniaudio is not installed.
        EngineError: there is no loudspeaker.
    """

    def __init__(self, *, backends: list[Any] | None = None) -> None:
        try:
            import miniaudio
        except ModuleNotFoundError as error:
            raise missing("playing sound", error.name or "miniaudio", "voice") from error
        self._waiting = bytearray()
        self._lock = threading.Lock()
        try:
            with _quiet():
                self._device = miniaudio.PlaybackDevice(
                    output_format=miniaudio.SampleFormat.SIGNED16,
                    nchannels=1,
                    sample_rate=RATE,
                    buffersize_msec=_LATENCY_MS,
                    backends=backends,
                )
        except miniaudio.MiniaudioError as error:
            hint = "Write a file instead: --out a.wav"
            raise EngineError("this machine has no loudspeaker that can be used", hint=hint) from error

    def write(self, sound: Sound) -> None:
        """Add sound to what is being played; returns at once."""
        import numpy as np

        from ..perception.decoding import resampled

        samples = np.clip(resampled(sound, RATE).samples, -1, 1)
        with self._lock:
            self._waiting += (samples * 32767).astype("<i2").tobytes()

    @property
    def left_s(self) -> float:
        """Seconds of sound that have not been played yet."""
        return len(self._waiting) / (RATE * 2)

    def stop(self) -> None:
        """Throw away what has not been played yet."""
        with self._lock:
            self._waiting.clear()

    async def drain(self) -> None:
        """Wait until everything has been heard."""
        while self._waiting:  # noqa: ASYNC110 - the device's thread empties it
            await asyncio.sleep(_POLL_S)
        await asyncio.sleep(_LATENCY_MS / 1000)

    def _feed(self) -> Generator[bytes, int, None]:
        """What the device's own thread asks for: so many frames, silence where there is nothing."""
        frames = yield b""
        while True:
            with self._lock:
                piece = bytes(self._waiting[: frames * 2])
                del self._waiting[: frames * 2]
            frames = yield piece.ljust(frames * 2, b"\0")

    async def __aenter__(self) -> Self:
        feed = self._feed()
        next(feed)
        self._device.start(feed)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                await self.drain()
        finally:
            self._device.close()


@contextmanager
def _quiet() -> Iterator[None]:
    """ALSA writes its search for devices to stderr, past Python."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
