"""kind: listen - a recording becomes words."""

from dataclasses import dataclass

from ....agents.events import Heard
from ....agents.sound import Sound
from ....tools.base.errors import InputError
from ...spec.kinds.voice import Listen
from ..step import Bench, Compiled, Outcome, Step


@dataclass(frozen=True, slots=True)
class ListenRunner:
    audio: Compiled
    text: Compiled
    language: Compiled

    async def run(self, step: Step) -> Outcome:
        text, language = step.value(self.text), step.value(self.language)
        heard = _typed(text, language) if text else await self._hear(step, language)
        step.emit(heard)
        result = {
            "text": heard.text,
            "language": heard.language,
            "confidence": float(heard.confidence),
            "seconds": heard.sound_s,
        }
        return Outcome(heard.text, result)

    async def _hear(self, step: Step, language: str) -> Heard:
        from ....agents.perception.hearing import hear_utterance

        sound: Sound | None = step.value(self.audio)
        if sound is None:
            raise InputError("there is no question", hint="Give a text or a recording")
        heard = await hear_utterance(step.turn.engines.ear(), sound, language=language or None)
        return Heard(
            text=heard.text,
            language=heard.language,
            confidence=heard.confidence,
            sound_s=round(sound.seconds, 3),
        )


def _typed(text: str, language: str) -> Heard:
    from ....tools.base.language import language_of

    return Heard(text=text.strip(), language=language or language_of(text), confidence=1.0, typed=True)


def compile_listen(node: Listen, bench: Bench) -> ListenRunner:
    value = bench.value
    return ListenRunner(value(node.audio), value(node.text), value(node.language))
