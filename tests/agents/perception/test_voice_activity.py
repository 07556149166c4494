"""Speech is found, however faint; noise, tones and silence are none."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.agents.perception.decoding import RATE, decode
from antiphon.agents.perception.voice_activity import (
    Hysteresis,
    Stretch,
    has_speech,
    speech_stretches,
    stretches,
    voiced_s,
)
from antiphon.agents.sound import Sound

SECONDS = np.arange(5 * RATE) / RATE
RANDOM = np.random.default_rng(0)
WANDERING = np.cumsum(RANDOM.standard_normal(5 * RATE))
SILENT = {
    "nothing": np.zeros(5 * RATE),
    "no samples": np.zeros(0),
    "white noise": 0.1 * RANDOM.standard_normal(5 * RATE).clip(-3, 3),
    "faint hiss": 0.001 * RANDOM.standard_normal(5 * RATE),
    "rumble": 0.3 * WANDERING / np.abs(WANDERING).max(),
    "a tone": 0.3 * np.sin(2 * np.pi * 440 * SECONDS),
    "mains hum": 0.1 * np.sin(2 * np.pi * 50 * SECONDS),
    "clicks": (np.arange(5 * RATE) % 8000 == 0).astype(float),
}


@pytest.mark.parametrize("name", SILENT)
def test_nobody_speaks_in(name: str) -> None:
    assert not has_speech(Sound(SILENT[name].astype(np.float32), RATE))


@pytest.mark.parametrize("gain", [1.0, 0.1, 0.01, 0.002])
def test_speech_is_found_however_faint(gain: float, speech: Path) -> None:
    sound = decode(speech / "jfk.flac")
    found = speech_stretches(Sound(sound.samples * np.float32(gain), RATE))
    assert voiced_s(found, 0, sound.seconds) == pytest.approx(7.5, abs=1)


def test_a_sound_is_left_as_it_was(speech: Path) -> None:
    sound = decode(speech / "LJ001-0002.flac")
    before = sound.samples.copy()
    speech_stretches(sound)
    assert np.array_equal(sound.samples, before)


def test_a_short_pause_belongs_to_the_speech() -> None:
    rule = Hysteresis(silence_s=0.3, speech_s=0.1)
    found = stretches([0, 0.9, 0.9, 0.1, 0.1, 0.9, 0, 0, 0, 0, 0.9, 0.9], 0.1, rule)
    assert [(round(one.start_s, 1), round(one.end_s, 1)) for one in found] == [(0.1, 0.6), (1.0, 1.2)]


def test_a_click_is_no_speech() -> None:
    assert list(stretches([0, 0.9, 0, 0, 0, 0], 0.032, Hysteresis(silence_s=0.06))) == []


@given(st.lists(st.floats(0, 1), max_size=200))
def test_stretches_are_ordered_apart_and_inside(probabilities: list[float]) -> None:
    rule = Hysteresis()
    ends = [0.0]
    for one in stretches(probabilities, 0.032, rule):
        assert ends[-1] <= one.start_s < one.end_s <= len(probabilities) * 0.032 + 1e-6
        ends.append(one.end_s)


def test_the_voice_between_two_moments_is_summed() -> None:
    assert voiced_s([Stretch(0, 2), Stretch(3, 5)], 1, 4) == 2
