"""Whisper by OpenAI's own package (https://github.com/openai/whisper, MIT), on PyTorch."""

import math
import os
from collections.abc import AsyncIterator, Generator
from pathlib import Path
from threading import Lock
from typing import Any

import whisper  # pyright: ignore[reportMissingImports] - an extra that brings PyTorch
from whisper.tokenizer import LANGUAGES  # pyright: ignore[reportMissingImports]

from ...tools.base.errors import EngineError, InputError, ModelFileError
from ..roles.types import LocalEar
from ..sound import Sound
from .attention import attentive
from .blocking import stepped
from .ears import Segment
from .languages import CHINESE

RENAMED = {"turbo": "large-v3-turbo", "large": "large-v3"}
"""Names whose file is called otherwise."""


class OpenAIWhisperEar:
    """Loads its model when it first hears something, and keeps it; it never downloads one."""

    def __init__(self, config: LocalEar) -> None:
        self._name = config.model
        self._lock = Lock()
        self._loaded: Any = None

    def hear(self, sound: Sound, *, language: str | None = None) -> AsyncIterator[Segment]:
        """Transcribe speech; see `Ear`. All segments of a window of 30 s come at once.

        Raises:
            InputError: the model does not know the language.
            ModelFileError: the model's file is not on this machine, or damaged.
            EngineError: the engine failed; the cause is chained.
        """
        return attentive(self._recognise, sound, language)

    def _recognise(self, sound: Sound, language: str | None) -> AsyncIterator[Segment]:
        return stepped(self._segments(sound, language))

    def _segments(self, sound: Sound, language: str | None) -> Generator[Segment, None, None]:
        if language is not None and language not in LANGUAGES:
            raise InputError(f"Whisper does not know the language {language!r}", at="language")
        with self._lock:  # PyTorch's attention hooks are not safe in several threads
            if self._loaded is None:
                self._loaded = _loaded(self._name)
            try:
                result = self._loaded.transcribe(
                    sound.samples,
                    language=language,
                    temperature=0.0,
                    condition_on_previous_text=False,
                    fp16=self._loaded.device.type == "cuda",
                )
            except (RuntimeError, ValueError) as error:
                raise EngineError(f"openai-whisper failed: {error}", at=self._name) from error
        yield from segments_of(result)


def segments_of(result: dict[str, Any]) -> list[Segment]:
    """What `transcribe` gives, as segments. Pure."""
    language = "zh" if result["language"] in CHINESE else result["language"]
    return [
        Segment(
            part["start"],
            part["end"],
            part["text"].strip(),
            language,
            math.exp(min(0.0, part["avg_logprob"])),
        )
        for part in result["segments"]
    ]


def model_file(name: str) -> Path:
    """The checkpoint of a model, by its name ("base", also written "whisper-base") or its path.

    Raises:
        ModelFileError: it is not on this machine.
    """
    own = Path(name).expanduser()
    if own.suffix == ".pt":
        if own.is_file():
            return own
        raise ModelFileError("there is no such file", at=name, hint="Check the path of the model")
    short = name.removeprefix("whisper-")
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "whisper"
    file = cache / f"{RENAMED.get(short, short)}.pt"
    if not file.is_file():
        fetch = f"""python -c 'import whisper; whisper.load_model("{short}")'"""
        hint = f"Fetch it with: {fetch} (models: {', '.join(whisper.available_models())})"
        raise ModelFileError(f"the openai-whisper model {short!r} is not on this machine", at=str(file), hint=hint)
    return file


def _loaded(name: str) -> Any:
    file = model_file(name)
    try:
        return whisper.load_model(str(file))  # by path: by name it would fetch a file that it finds damaged
    except Exception as error:  # torch raises RuntimeError, pickle and zip errors, KeyError
        raise ModelFileError(
            f"the model {name!r} cannot be loaded; its file is damaged or of another kind",
            at=str(file),
            hint="Delete the file and fetch it again",
        ) from error
