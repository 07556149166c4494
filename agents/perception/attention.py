"""What every ear does around its recogniser: windows, voice activity, hallucinations, one script, times."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol

from ..sound import Sound
from .blocking import in_thread
from .decoding import RATE, resampled
from .ears import Segment
from .hallucinations import is_hallucination, without_loops
from .script import simplified
from .voice_activity import Stretch, speech_stretches
from .windows import quiet_windows

MARGIN_S = 0.3
"""Kept before and after speech: Whisper mishears words that begin at once."""


class Recognise(Protocol):
    """A bare recogniser: at most 30 s of speech at 16 kHz, segments timed from its start."""

    def __call__(self, sound: Sound, language: str | None, /) -> AsyncIterator[Segment]: ...


async def attentive(recognise: Recognise, sound: Sound, language: str | None) -> AsyncIterator[Segment]:
    """Give a recogniser only what holds speech, and pass on only what was spoken."""
    for window in quiet_windows([await in_thread(resampled, sound)]):
        speech = await in_thread(speech_stretches, window.sound)
        if not speech:
            continue
        start_s = max(0.0, speech[0].start_s - MARGIN_S)
        end_s = speech[-1].end_s + MARGIN_S
        spoken = Sound(window.sound.samples[int(start_s * RATE) : int(end_s * RATE)], RATE)
        async with aclosing(recognise(spoken, language)) as segments:  # type: ignore[type-var]
            async for segment in segments:
                heard = _tidied(shifted(segment, start_s), speech)
                if heard is not None:
                    yield shifted(heard, window.start_s)


def shifted(segment: Segment, seconds: float) -> Segment:
    """The same segment, so much later."""
    return replace(segment, start_s=segment.start_s + seconds, end_s=segment.end_s + seconds)


def _tidied(segment: Segment, speech: Sequence[Stretch]) -> Segment | None:
    text = without_loops(segment.text.strip())
    if segment.language == "zh":
        text = simplified(text)
    tidy = replace(segment, text=text)
    return None if is_hallucination(tidy, speech) else _within_speech(tidy, speech)


def _within_speech(segment: Segment, speech: Sequence[Stretch]) -> Segment:
    """Recognisers begin and end segments in silence; put the ends where the voice is."""
    inside = [one for one in speech if one.end_s > segment.start_s and one.start_s < segment.end_s]
    if not inside:
        return segment
    start_s, end_s = max(segment.start_s, inside[0].start_s), min(segment.end_s, inside[-1].end_s)
    return replace(segment, start_s=start_s, end_s=end_s)
