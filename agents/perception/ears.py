"""Ears turn sound into words; each engine is a row of a table."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from ...tools.base.engines import Engine
from ..sound import Sound


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech.

    Attributes:
        start_s, end_s: Seconds from the start of the recording.
        language: Two-letter code (ISO 639-1), "zh" for any Chinese.
        confidence: 0 to 1; the mean probability of a token where the engine gives it, else 1.
    """

    start_s: float
    end_s: float
    text: str
    language: str
    confidence: float = 1.0


class Ear(Protocol):
    """A speech recogniser."""

    def hear(self, sound: Sound, *, language: str | None = None) -> AsyncIterator[Segment]:
        """Transcribe speech, segment by segment, in order, as each becomes known; nothing when nobody spoke.

        Args:
            sound: Of any length; any rate.
            language: Two-letter code, or None to detect it.
        Raises:
            EngineError: the engine failed; the cause is chained.
        """
        ...


EARS = {
    "faster-whisper": Engine("agents.perception.faster_whisper_ear:FasterWhisperEar", extra="voice"),
    "openai-whisper": Engine("agents.perception.openai_whisper_ear:OpenAIWhisperEar", extra="whisper"),
    "openai": Engine("agents.perception.http_ear:HttpEar", extra="voice"),
}
