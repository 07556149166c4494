"""The English voice: hibari's "heart", which lies in its package."""

import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing
from typing import Any, Self

from ...tools.base.engines import missing
from ...tools.base.errors import EngineError
from ..perception.blocking import stepped
from ..roles.types import LocalVoice
from ..sound import Sound

_SEED = 0
"""Of the breath noise; fixed, so that the same words give the same sound."""


class HibariVoice:
    """Speaks English at 24 kHz, sentence by sentence; about 0.3 s to load, at the first words.

    It never fetches anything: only the voice in the package is used.
    """

    def __init__(self, role: LocalVoice | None = None) -> None:
        self._speed = (role or LocalVoice()).speed
        self._loading = threading.Lock()
        self._engine: Any = None

    async def say(self, text: str, *, language: str) -> AsyncGenerator[Sound, None]:
        """Speak English; see `Voice.say`.

        Raises:
            MissingExtra: hibari is not installed.
            EngineError: another language, or the engine failed.
        """
        if language != "en":
            raise EngineError(f"the voice 'hibari' speaks English only, not {language!r}", hint="Use the voice 'auto'")
        async with aclosing(stepped(self._sounds(text))) as sounds:
            async for sound in sounds:
                yield sound

    def _sounds(self, text: str) -> Generator[Sound, None, None]:
        try:
            engine = self._loaded()
            for samples in engine.stream(text, speed=self._speed, seed=_SEED):
                if len(samples):
                    yield Sound(samples, engine.sample_rate)
        except EngineError:
            raise
        except Exception as error:  # ONNX Runtime's errors have no common class but this
            raise EngineError(f"the voice 'hibari' failed: {error}") from error

    def _loaded(self) -> Any:
        with self._loading:
            if self._engine is None:
                try:
                    from hibari import Hibari
                except ModuleNotFoundError as error:
                    raise missing("the voice 'hibari'", error.name or "hibari", "voice") from error
                engine = Hibari(voice="heart")
                engine("Hello.")  # the first words cost it 0.3 s more
                self._engine = engine
            return self._engine

    async def aclose(self) -> None:
        """Forget the model; the next words load it again."""
        self._engine = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
