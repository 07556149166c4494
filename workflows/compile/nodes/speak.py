"""kind: speak - words are shown and, where a voice is wanted, spoken clause by clause."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from ....agents.events import Said, Sounded
from ...spec.kinds.voice import Speak
from ..step import Bench, Compiled, Step, in_language, in_one_piece


@dataclass(frozen=True, slots=True)
class SpeakStreamer:
    text: Mapping[str, Compiled]
    language: Compiled

    async def stream(self, step: Step, source: AsyncIterator[str] | None, notes: dict[str, Any]) -> AsyncIterator[str]:
        language = step.value(self.language)
        if source is None:
            source = in_one_piece(str(step.value(in_language(self.text, language))))
        shown: list[str] = []
        sentences = _shown(step, source, shown)
        if step.turn.spoken:
            await _speak(step, sentences, language)
        else:
            async for _ in sentences:
                pass
        yield "".join(shown)


async def _shown(step: Step, source: AsyncIterator[str], shown: list[str]) -> AsyncIterator[str]:
    async for sentence in source:
        if sentence:
            step.emit(Said(text=sentence))
            shown.append(sentence)
            yield sentence


async def _speak(step: Step, sentences: AsyncIterator[str], language: str) -> None:
    from ....agents.speech.speaking import speak

    async with aclosing(speak(sentences, step.turn.engines.voice(), language=language)) as clauses:
        async for clause in clauses:
            step.emit(Sounded(text=clause.text, sound=clause.sound))


def compile_speak(node: Speak, bench: Bench) -> SpeakStreamer:
    words = node.text if isinstance(node.text, dict) else {"en": node.text}
    text = {language: bench.value(value) for language, value in words.items()}
    return SpeakStreamer(text, bench.language(node.language))
