"""Voices turn words into sound; each engine is a row of a table."""

from collections.abc import AsyncIterator
from typing import Protocol

from ...tools.base.engines import Engine
from ..sound import Sound


class Voice(Protocol):
    """A speech synthesiser."""

    def say(self, text: str, *, language: str) -> AsyncIterator[Sound]:
        """Speak one clause or more, piece by piece, as soon as each piece is ready.

        Args:
            text: Plain words, numbers already written out (see `reading.py`); empty text gives no sound.
            language: Two-letter code.
        Raises:
            EngineError: the engine failed; the cause is chained.
        """
        ...


VOICES = {
    "auto": Engine("agents.speech.by_language:ByLanguage", extra="voice"),
    "hibari": Engine("agents.speech.hibari_voice:HibariVoice", extra="voice"),
    "pyttsx3": Engine("agents.speech.pyttsx3_voice:Pyttsx3Voice", extra="voice"),
    "openai": Engine("agents.speech.http_voice:HttpVoice", extra="voice"),
}
