"""The answer's side: each sentence is looked at before it is said."""

import re
from dataclasses import dataclass, field

from .guard import RulesGuard, Verdict
from .normalise import units

WORDS_IN_A_ROW = 9
CHARACTERS_IN_A_ROW = 16
"""So many of the instructions' words, or Chinese characters, in a row are a leak; honest answers share fewer."""


@dataclass(frozen=True, slots=True)
class AnswerGuard:
    """Rules for answers, and a watch on the model's instructions.

    Attributes:
        instructions: The system prompt; a sentence that recites it is not said.
    """

    rules: RulesGuard
    instructions: str = ""
    _runs: frozenset[tuple[str, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_runs", frozenset(_runs(self.instructions)))

    def check(self, sentence: str, *, language: str) -> Verdict:
        """Decide whether a sentence of the answer may be said. Help lines of the rules file may always be named."""
        if self._runs and not self._runs.isdisjoint(_runs(sentence)):
            return self._leak(language)
        return self.rules.check(self._without_help_lines(sentence), side="answer", language=language)

    def _without_help_lines(self, sentence: str) -> str:
        for line in self.rules.rules.file.help_lines:
            digits = r"[ -]?".join(re.findall(r"[0-9]", line.number))
            sentence = re.sub(rf"(?<![0-9]){digits}(?![0-9])", "", sentence)
        return sentence

    def _leak(self, language: str) -> Verdict:
        for category in self.rules.rules.file.categories:
            if category.name == "injected_instruction":
                return self.rules.refusal(category, "it recites the model's instructions", language)
        return Verdict(False, "leak", "refuse", "", "it recites the model's instructions")


def _runs(text: str) -> set[tuple[str, ...]]:
    found = units(text)
    size = CHARACTERS_IN_A_ROW if sum(not unit.isascii() for unit in found) * 2 > len(found) else WORDS_IN_A_ROW
    return {found[i : i + size] for i in range(len(found) - size + 1)}
