"""Speech as the voice messages a chat takes: encoded, cut and measured by its rules."""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...tools.base.errors import InputError
from ..sound import Sound
from ..speech.wav import Format, encoded
from .channels import Channel, channel_of
from .splitting import split, waveform

if TYPE_CHECKING:
    import numpy.typing as npt

_SPARE_S = 0.1
"""Codecs fill their last packet and add some more."""

_SPARE_BYTES = 0.9
"""The share of the size that is planned for; containers need the rest."""


@dataclass(frozen=True, slots=True)
class VoiceNote:
    """One voice message, ready to be sent.

    Attributes:
        data: The file.
        seconds: Its length; most chats want to be told.
        waveform: Base64 of at most 256 loudness bytes for a chat that draws them (Discord), else "".
    """

    data: bytes
    mime: str
    file_name: str
    seconds: float
    codec: str
    waveform: str = ""


def write_note(sound: Sound | Iterable[Sound], channel: str | Channel, *, name: str = "reply") -> list[VoiceNote]:
    """Make the voice messages that say it, in order; more than one only where the chat limits a message.

    It computes for about a hundredth of the sound's length: call it in a thread where others wait.

    Args:
        sound: Speech of any rate, or the pieces of it as a voice gives them.
        channel: A row of CHANNELS by name, or one with rules of your own.
        name: Of the files, without suffix; several are numbered, `reply-1`, `reply-2`.
    Raises:
        InputError: no such channel, or no sound.
        MissingExtra: SILK without silk-python.
    """
    rules = channel_of(channel)
    whole = _joined([sound] if isinstance(sound, Sound) else sound)
    if not len(whole.samples):
        raise InputError("there is no sound to send", hint="Give some speech")
    made = list(_encoded(whole, rules))
    numbers = [f"-{number}" for number in range(1, len(made) + 1)] if len(made) > 1 else [""]
    return [
        VoiceNote(
            data=data,
            mime=rules.mime,
            file_name=f"{name}{number}{rules.suffix}",
            seconds=part.seconds,
            codec=rules.codec,
            waveform=base64.b64encode(waveform(part.samples, part.rate)).decode() if rules.waveform else "",
        )
        for number, (part, data) in zip(numbers, made, strict=True)
    ]


def _joined(sounds: Iterable[Sound]) -> Sound:
    import numpy as np

    from ..perception.decoding import resampled

    pieces = [each for each in sounds if len(each.samples)]
    rate = max((each.rate for each in pieces), default=1)
    samples: list[npt.NDArray[np.float32]] = [resampled(each, rate).samples for each in pieces]
    return Sound(np.concatenate(samples) if samples else np.zeros(0, np.float32), rate)


def _encoded(sound: Sound, rules: Channel) -> Iterator[tuple[Sound, bytes]]:
    """Each part of it with its file, which is within the rules."""
    at_lowest_s = _SPARE_BYTES * rules.largest_bytes * 8 / rules.lowest_bit_rate
    longest_s = min(at_lowest_s, (rules.longest_s or at_lowest_s) - _SPARE_S)
    for samples in split(sound.samples, sound.rate, longest_s):
        part = Sound(samples, sound.rate)
        data = encoded(part, _fitting(rules, part.seconds))
        if len(data) <= rules.largest_bytes:
            yield part, data
        elif part.seconds > 1:  # the encoder took more than it was told
            for half in split(samples, part.rate, 0.7 * part.seconds):
                yield from _encoded(Sound(half, part.rate), rules)
        else:
            raise InputError(
                f"{len(data)} bytes for {part.seconds:.1f} s are more than the channel takes",
                hint=f"It allows {rules.largest_bytes} bytes",
            )


def _fitting(rules: Channel, seconds: float) -> Format:
    """The format at the best bit rate that fits."""
    affordable = int(_SPARE_BYTES * rules.largest_bytes * 8 / seconds)
    best = rules.format.bit_rate
    return replace(rules.format, bit_rate=min(best, max(affordable, rules.lowest_bit_rate)))
