"""One clip as each chat would hand it over."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from antiphon.agents.perception.decoding import decode
from antiphon.agents.sound import Sound
from antiphon.agents.speech.wav import FORMATS, encoded


@pytest.fixture(scope="session")
def clip(speech: Path) -> Sound:
    return decode(speech / "LJ001-0008.flac")


def by_ffmpeg(sound: Sound, container: str, codec: str, rate: int, **options: str) -> bytes:
    frame = av.AudioFrame.from_ndarray(sound.samples[np.newaxis], format="flt", layout="mono")
    frame.sample_rate = sound.rate
    into = io.BytesIO()
    with av.open(into, "w", format=container, options=options) as file:
        stream: Any = file.add_stream(codec, rate=rate, layout="mono")
        resampler = av.AudioResampler(stream.format, "mono", rate, frame_size=stream.frame_size or 1024)
        for part in (frame, None):
            for piece in resampler.resample(part):
                file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return into.getvalue()


MAKERS: dict[str, Callable[[Sound], bytes]] = {
    "amr": lambda sound: encoded(sound, FORMATS[".amr"]),
    "silk of WeChat": lambda sound: encoded(sound, FORMATS[".silk"]),
    "silk of the SDK": lambda sound: encoded(sound, FORMATS[".silk"])[1:] + b"\xff\xff",
    "ogg opus": lambda sound: by_ffmpeg(sound, "ogg", "libopus", 48_000),
    "m4a": lambda sound: by_ffmpeg(sound, "ipod", "aac", 44_100),
    "m4a in fragments": lambda sound: by_ffmpeg(
        sound, "mp4", "aac", 48_000, movflags="frag_every_frame+empty_moov+default_base_moof"
    ),
    "webm of a browser": lambda sound: by_ffmpeg(sound, "webm", "libopus", 48_000, live="1"),
    "mp3": lambda sound: encoded(sound, FORMATS[".mp3"]),
}


@pytest.fixture(scope="session")
def notes(clip: Sound) -> dict[str, bytes]:
    """The clip in every form."""
    return {name: make(clip) for name, make in MAKERS.items()}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "form" in metafunc.fixturenames:
        metafunc.parametrize("form", MAKERS)
