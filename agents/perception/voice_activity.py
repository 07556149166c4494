"""Where in a sound somebody speaks, by Silero VAD (https://github.com/snakers4/silero-vad, MIT)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..sound import Sound
from .decoding import RATE, resampled

FRAME = 512
"""Samples at 16 kHz in one decision of Silero: 32 ms."""

QUIETEST = 1e-4
"""Peak below which a recording is silent (-80 dB of full scale)."""

LARGEST_GAIN = 100.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of speech, in seconds from the start of the sound."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Hysteresis:
    """When speech begins and ends; the figures are those of Silero's own examples but for `silence_s`.

    Attributes:
        begin, end: Probability of speech at which it begins, and below which it ends.
        silence_s: Pauses shorter than this belong to the speech.
        speech_s: Speech shorter than this is a click or a cough.
    """

    begin: float = 0.5
    end: float = 0.35
    silence_s: float = 0.3
    speech_s: float = 0.1


def speech_stretches(sound: Sound, rule: Hysteresis | None = None) -> list[Stretch]:
    """The stretches in which somebody speaks, in order, apart from one another."""
    rule = rule or Hysteresis()
    return list(stretches(speech_probabilities(sound), FRAME / RATE, rule))


def has_speech(sound: Sound) -> bool:
    """Whether anybody speaks in it."""
    return bool(speech_stretches(sound))


def voiced_s(speech: Iterable[Stretch], start_s: float, end_s: float) -> float:
    """Seconds of speech between two moments."""
    return sum(max(0.0, min(end_s, one.end_s) - max(start_s, one.start_s)) for one in speech)


def speech_probabilities(sound: Sound) -> list[float]:
    """The probability of speech, from 0 to 1, for each frame of 32 ms; the last one is padded.

    The network comes with faster-whisper, which reads all frames at once: 2 ms a second of sound. The same
    network frame by frame, as a live microphone needs it, takes twenty times as long.
    """
    import numpy as np

    samples = resampled(sound).samples
    loudest = float(np.abs(samples).max(initial=0.0))
    if loudest < QUIETEST:
        return [0.0] * -(-len(samples) // FRAME)
    gain = min(LARGEST_GAIN, 0.5 / loudest)  # Silero misses speech that was recorded very faintly
    padded = np.pad(samples * np.float32(max(gain, 1.0)), (0, -len(samples) % FRAME))
    return [float(probability) for probability in np.ravel(_network()(padded))]


@cache
def _network() -> Any:
    from faster_whisper.vad import get_vad_model

    return get_vad_model()


def stretches(probabilities: Iterable[float], frame_s: float, rule: Hysteresis) -> Iterator[Stretch]:
    """Turn probabilities into stretches: pure, so that it is tested without a model."""
    begun: float | None = None
    last_voiced = now = 0.0
    for probability in probabilities:
        now += frame_s
        if probability >= (rule.begin if begun is None else rule.end):
            begun = now - frame_s if begun is None else begun
            last_voiced = now
        elif begun is not None and now - last_voiced >= rule.silence_s:
            yield from _long_enough(begun, last_voiced, rule)
            begun = None
    if begun is not None:
        yield from _long_enough(begun, last_voiced, rule)


def _long_enough(start_s: float, end_s: float, rule: Hysteresis) -> Sequence[Stretch]:
    return (Stretch(start_s, end_s),) if end_s - start_s >= rule.speech_s else ()
