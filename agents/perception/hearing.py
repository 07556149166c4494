"""What callers use: one utterance to words, or a recording of any length to segments as they come."""

from collections.abc import AsyncIterator, Callable, Generator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from ..sound import Sound
from .attention import shifted
from .blocking import stepped
from .decoding import Note, decode_blocks
from .ears import Ear, Segment
from .windows import Window, quiet_windows


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said.

    Attributes:
        text: "" when nobody speaks.
        language: Two-letter code of most of it; "" when nobody speaks and none was given.
        confidence: 0 to 1, the mean over the segments, weighted by their length; 0 when nobody speaks.
        seconds: The length of the sound.
    """

    text: str
    language: str
    confidence: float
    seconds: float
    segments: tuple[Segment, ...] = ()


async def hear_utterance(ear: Ear, sound: Sound, language: str | None = None) -> Heard:
    """Transcribe what is in memory.

    Raises:
        EngineError, EndpointError, ModelFileError: as the ear does.
    """
    async with aclosing(ear.hear(sound, language=language)) as heard:  # type: ignore[type-var]
        segments = [segment async for segment in heard]
    return put_together(segments, sound.seconds, language or "")


async def hear_recording(
    ear: Ear,
    path: Path,
    *,
    language: str | None = None,
    note: Note | None = None,
    progress: Callable[[float], None] | None = None,
) -> AsyncIterator[Segment]:
    """Transcribe a recording of any length; memory stays that of one window.

    Args:
        path: A file, or `-` for standard input.
        note: Told when a part of the recording is damaged.
        progress: Told the seconds that are done.
    Raises:
        InputError: the file is not a recording that can be read.
        EngineError, EndpointError, ModelFileError: as the ear does.
    """
    tell = progress or (lambda seconds: None)
    async with aclosing(stepped(_windows(path, note))) as windows:
        async for window in windows:
            async with aclosing(ear.hear(window.sound, language=language)) as segments:  # type: ignore[type-var]
                async for segment in segments:
                    moved = shifted(segment, window.start_s)
                    yield moved
                    tell(moved.end_s)
            tell(window.start_s + window.sound.seconds)


def put_together(segments: Sequence[Segment], seconds: float, language: str = "") -> Heard:
    """One result from the segments of a sound of so many seconds."""
    if not segments:
        return Heard("", language, 0.0, seconds)
    lengths = [max(segment.end_s - segment.start_s, 0.01) for segment in segments]
    weighted = sum(length * segment.confidence for length, segment in zip(lengths, segments, strict=True))
    spoken: dict[str, float] = {}
    for length, segment in zip(lengths, segments, strict=True):
        spoken[segment.language] = spoken.get(segment.language, 0.0) + length
    language = max(spoken, key=spoken.__getitem__)
    return Heard(joined(segments), language, weighted / sum(lengths), seconds, tuple(segments))


def joined(segments: Sequence[Segment]) -> str:
    """The words of all segments as one text."""
    text = ""
    for segment in segments:
        text += separator(text, segment.text) + segment.text
    return text


def separator(before: str, after: str) -> str:
    """What stands between two pieces of text: nothing beside Chinese, else a space."""
    return "" if not before or not after or _is_wide(before[-1]) or _is_wide(after[0]) else " "


def _is_wide(letter: str) -> bool:
    """Han characters, kana and full-width punctuation; Hangul is written with spaces."""
    return "\u3000" <= letter <= "\u9fff" or "\uff00" <= letter <= "\uffef"


def _windows(path: Path, note: Note | None) -> Generator[Window, None, None]:
    yield from quiet_windows(decode_blocks(path, note=note))
