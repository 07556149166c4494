"""Segments become one text, and a recording of any length is heard window by window."""

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from antiphon.agents.perception.attention import attentive
from antiphon.agents.perception.decoding import RATE, decode
from antiphon.agents.perception.ears import Segment
from antiphon.agents.perception.hearing import Heard, hear_recording, hear_utterance, joined, put_together
from antiphon.agents.sound import Sound


class Parrot:
    """An ear that writes down how long each window of speech is."""

    def __init__(self, text: str = "{seconds:.0f} s", language: str = "en") -> None:
        self.text, self.language = text, language

    def hear(self, sound: Sound, *, language: str | None = None) -> AsyncIterator[Segment]:
        return attentive(self._say, sound, language)

    async def _say(self, sound: Sound, language: str | None) -> AsyncIterator[Segment]:
        text = self.text.format(seconds=sound.seconds)
        yield Segment(0, sound.seconds, text, language or self.language, 0.8)


def heard(*texts: str, language: str = "en") -> list[Segment]:
    return [Segment(i, i + 1, text, language, 0.5) for i, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("segments", "text"),
    [
        (heard("Hello", "world."), "Hello world."),
        (heard("你好，", "世界。"), "你好，世界。"),
        (heard("我用", "Python", "写程序"), "我用Python写程序"),
        (heard("안녕", "하세요"), "안녕 하세요"),
        ([], ""),
    ],
)
def test_segments_are_joined_as_they_are_written(segments: list[Segment], text: str) -> None:
    assert joined(segments) == text


def test_confidence_is_weighted_by_length() -> None:
    segments = [Segment(0, 3, "Hello", "en", 0.9), Segment(3, 4, "你好", "zh", 0.5)]
    whole = put_together(segments, 5.0)
    assert (whole.language, round(whole.confidence, 2), whole.seconds) == ("en", 0.8, 5.0)


@pytest.mark.parametrize(
    "samples", [np.zeros(0), np.zeros(3200), 0.05 * np.random.default_rng(1).standard_normal(80_000)]
)
async def test_nobody_speaks_in_silence_or_noise(samples: "np.ndarray") -> None:
    sound = Sound(samples.astype(np.float32), RATE)
    assert await hear_utterance(Parrot("Thank you."), sound) == Heard("", "", 0.0, sound.seconds)


async def test_a_recogniser_gets_speech_only_and_times_are_those_of_the_recording(speech: Path) -> None:
    clip = decode(speech / "LJ001-0002.flac").samples
    silence = np.zeros(5 * RATE, np.float32)
    result = await hear_utterance(Parrot(), Sound(np.concatenate([silence, clip, silence]), RATE))
    assert result.text == "2 s"
    assert (result.segments[0].start_s, result.segments[0].end_s) == pytest.approx((5.0, 6.9), abs=0.15)


async def test_what_is_heard_in_chinese_is_written_simplified(speech: Path) -> None:
    sound = decode(speech / "aishell-BAC009S0724W0121.wav")
    assert (await hear_utterance(Parrot("房地產", "zh"), sound)).text == "房地产"


async def test_any_rate_is_heard(speech: Path) -> None:
    clip = decode(speech / "LJ001-0002.flac")
    slower = Sound(clip.samples[::2], RATE // 2)
    assert (await hear_utterance(Parrot(), slower)).text == "2 s"


async def test_a_long_recording_is_heard_window_by_window(speech: Path, tmp_path: Path) -> None:
    from wave import open as open_wave

    clip = (decode(speech / "jfk.flac").samples * 32767).astype("<i2").tobytes()
    with open_wave(str(tmp_path / "long.wav"), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(clip * 7)
    done: list[float] = []
    segments = [part async for part in hear_recording(Parrot(), tmp_path / "long.wav", progress=done.append)]
    assert 3 <= len(segments) <= 4
    assert done == sorted(done)
    assert done[-1] == pytest.approx(77.0)
    assert [part.start_s for part in segments] == sorted(part.start_s for part in segments)
    assert segments[-1].end_s == pytest.approx(76.5, abs=0.5)
