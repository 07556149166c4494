"""Text for people in a node: one, or one for each language, each a literal or an expression."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...spec.names import Words
from ..step import Bench, Compiled, Step, in_language


@dataclass(frozen=True, slots=True)
class CompiledWords:
    by_language: Mapping[str, Compiled]

    def __call__(self, step: Step, language: str) -> str:
        """In a language, with the values there are now."""
        value = step.value(in_language(self.by_language, language))
        return "" if value is None else str(value)


def compile_words(words: Words, bench: Bench) -> CompiledWords:
    """Compile each language's text."""
    texts = words if isinstance(words, dict) else {"en": words}
    return CompiledWords({language: bench.value(text) for language, text in texts.items()})
