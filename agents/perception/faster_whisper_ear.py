"""Whisper by faster-whisper (https://github.com/SYSTRAN/faster-whisper, MIT), on this machine's processor."""

import math
import os
from collections.abc import AsyncIterator, Generator
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from faster_whisper import WhisperModel

from ...tools.base.errors import EngineError, InputError, ModelFileError
from ..models.catalogue.store import require
from ..roles.types import LocalEar
from ..sound import Sound
from .attention import attentive
from .blocking import stepped
from .ears import Segment
from .languages import CHINESE, chosen

BEAM = 2
"""Hypotheses kept; 1, 2, 3 and 5 made the same word errors in benchmarks/hearing.py, 5 took longest."""

LEAST_FRAMES, PAD_FRAMES = 1000, 300
"""Frames of 10 ms that are encoded: at least 10 s, and 3 s more than there is sound. With that the errors of
benchmarks/hearing.py stay the same in half the time; with 2 s and 0.5 s Whisper repeats itself.
"""

MANDARIN = "你好！请问，今天星期几？今天星期一。"
"""Given as what was said before, it makes Whisper write simplified characters and all the punctuation."""

FILES = ("config.json", "model.bin", "tokenizer.json")
"""Without tokenizer.json faster-whisper would fetch one."""


class FasterWhisperEar:
    """Loads its model when it first hears something, and keeps it; it may hear several sounds at once."""

    def __init__(self, config: LocalEar, *, beam: int = BEAM) -> None:
        self._name, self._beam = config.model, beam
        self._lock = Lock()
        self._loaded: _Whisper | None = None

    def hear(self, sound: Sound, *, language: str | None = None) -> AsyncIterator[Segment]:
        """Transcribe speech, segment by segment; see `Ear`.

        Raises:
            InputError: the model does not know the language.
            ModelFileError: the model's files are missing or damaged.
            EngineError: the engine failed; the cause is chained.
        """
        return attentive(self._recognise, sound, language)

    def _recognise(self, sound: Sound, language: str | None) -> AsyncIterator[Segment]:
        return stepped(self._segments(sound, language))

    def _segments(self, sound: Sound, language: str | None) -> Generator[Segment, None, None]:
        model = self._model()
        known = model.supported_languages
        if language is not None and language not in known:
            raise InputError(f"the model {self._name!r} does not know the language {language!r}", at="language")
        try:
            language = language or model.language_of(sound.samples)
            segments, _ = model.transcribe(
                sound.samples,
                language=language,
                beam_size=self._beam,
                temperature=0.0,  # sampling anew, as Whisper does in doubt, is slow and never twice the same
                condition_on_previous_text=False,
                initial_prompt=MANDARIN if language == "zh" else None,
            )
            for segment in segments:
                yield _ours(segment, language)
        except RuntimeError as error:
            raise EngineError(f"faster-whisper failed: {error}", at=self._name) from error
        finally:
            model.forget()

    def _model(self) -> "_Whisper":
        with self._lock:
            if self._loaded is None:
                self._loaded = _loaded(self._name, require(self._name))
            return self._loaded


class _Whisper(WhisperModel):  # type: ignore[misc]
    """A model that encodes a window once, although both the language and the text are read from it, and
    only as far as there is sound: Whisper pads to 30 s. Encoding is most of the time of a short utterance.
    """

    _latest: tuple[Any, Any] | None = None

    def encode(self, features: Any) -> Any:
        latest = self._latest
        if latest is None or not np.array_equal(latest[0], features):
            latest = self._latest = (features, super().encode(_needed(features)))
        return latest[1]

    def forget(self) -> None:
        """Let go of the window."""
        self._latest = None

    def language_of(self, samples: Any) -> str:
        """The language of at most 30 s."""
        if not self.model.is_multilingual:
            return "en"
        # `transcribe` leaves out the last frame; so that both encode the same, it is left out here.
        features = self.feature_extractor(samples)[..., :-1]
        _, _, probabilities = self.detect_language(features=features)
        return chosen(dict(probabilities))


def _needed(features: Any) -> Any:
    """The frames that hold sound and PAD_FRAMES more, at least LEAST_FRAMES."""
    filled = np.flatnonzero(features.any(axis=0))
    frames = max(LEAST_FRAMES, (int(filled[-1]) + 1 if len(filled) else 0) + PAD_FRAMES)
    return np.ascontiguousarray(features[:, : frames + frames % 2])


def _loaded(name: str, folder: Path) -> _Whisper:
    way_out = f"Check it with: antiphon models verify {name}"
    for file in FILES:
        if not (folder / file).is_file():
            raise ModelFileError(f"the model {name!r} has no {file}", at=str(folder), hint=way_out)
    try:
        return _Whisper(str(folder), device="auto", compute_type="int8", cpu_threads=os.cpu_count() or 1)
    except Exception as error:  # CTranslate2 raises RuntimeError, tokenizers bare Exception
        raise ModelFileError(
            f"the model {name!r} cannot be loaded; its files are damaged or of another kind",
            at=str(folder),
            hint=way_out,
        ) from error


def _ours(segment: Any, language: str) -> Segment:
    confidence = math.exp(min(0.0, segment.avg_logprob))
    code = "zh" if language in CHINESE else language
    return Segment(segment.start, segment.end, segment.text.strip(), code, confidence)
