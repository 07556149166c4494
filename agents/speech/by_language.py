"""The default voice: hibari for English, pyttsx3 for every other language and when hibari cannot speak."""

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Self

from ...tools.base.errors import EngineError
from ...tools.base.language import language_of
from ..roles.types import LocalVoice
from ..sound import Sound
from .hibari_voice import HibariVoice
from .pyttsx3_voice import Pyttsx3Voice
from .voices import Voice

_log = logging.getLogger(__name__)


class ByLanguage:
    """Mixed text is spoken by the voice of its main language. Close it, or use it in `async with`.

    Args:
        english, others: Other voices than these two, for a test or a better engine.
    """

    def __init__(
        self, role: LocalVoice | None = None, *, english: Voice | None = None, others: Voice | None = None
    ) -> None:
        self._english: Voice | None = english or HibariVoice(role)
        self._others: Voice = others or Pyttsx3Voice(role)

    async def say(self, text: str, *, language: str) -> AsyncGenerator[Sound, None]:
        """Speak; see `Voice.say`. A clause of an English answer in another script goes by that."""
        language = language_of(text, default=language) if language == "en" else language
        sounded = False
        if language == "en" and self._english is not None:
            try:
                async with aclosing(self._english.say(text, language=language)) as sounds:  # type: ignore[type-var]
                    async for sound in sounds:
                        sounded = True
                        yield sound
                return
            except EngineError as error:
                if sounded:
                    raise
                _log.warning("%s Speaking with pyttsx3 instead.", error)
                self._english = None
        async with aclosing(self._others.say(text, language=language)) as sounds:  # type: ignore[type-var]
            async for sound in sounds:
                yield sound

    async def aclose(self) -> None:
        """End the child process, if one is running."""
        for voice in (self._english, self._others):
            if isinstance(voice, HibariVoice | Pyttsx3Voice):
                await voice.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
