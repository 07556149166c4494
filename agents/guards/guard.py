"""The rules, held against a text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .matching import Hits, matches
from .normalise import filler_units, plain, units
from .rules import Rules
from .types import Category, Reaction, Side

WINDOW = 2_000
"""Characters looked at together; a longer text is looked at piece by piece."""
OVERLAP = 200
"""So that what lies across the end of a piece is seen whole in the next."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a guard says of a text.

    Attributes:
        category: The name of what was found, "" when the text may pass.
        reply: What to say instead, in the child's language.
        reason: For the log and for parents: which rule, or which model, and why.
        warning: A guard that could not do its work says so here; "" otherwise.
    """

    allowed: bool
    category: str = ""
    reaction: Reaction | None = None
    reply: str = ""
    reason: str = ""
    warning: str = ""


PASS = Verdict(True)


class RulesGuard:
    """Rules that need no model: pure, and well under two milliseconds for a sentence."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._fillers = filler_units(rules.file.fillers)

    def check(self, text: str, *, side: Side, language: str) -> Verdict:
        """Look for the first category of the file that fits.

        Args:
            language: Two-letter code; it chooses the language of the reply. The rules of both languages are tried.
        """
        for piece in _pieces(plain(text)):
            found = self._found(piece, side)
            if found is not None:
                return self.refusal(*found, language)
        return PASS

    def refusal(self, category: Category, reason: str, language: str) -> Verdict:
        """The verdict on a text that belongs to a category."""
        reply = category.reply.said(language).replace("{help_lines}", self.rules.help_lines(language))
        return Verdict(False, category.name, category.reaction, reply, reason)

    def _found(self, text: str, side: Side) -> tuple[Category, str] | None:
        words = units(text, fillers=self._fillers)
        hits = self.rules.lexicon.find(words)
        for category, matchers in self.rules.sides[side]:
            for matcher in matchers:
                said = matcher.regex.search(text) if matcher.regex else matches(matcher.pattern, hits)
                if said and not any(matches(excuse, hits) for excuse in matcher.unless):
                    return category, f"rule {matcher.said!r}"
        return self._alike(words, hits) if side == "question" else None

    def _alike(self, words: Sequence[str], hits: Hits) -> tuple[Category, str] | None:
        likeness, groups = self.rules.likeness, self.rules.groups
        if likeness is None:
            return None
        name, odds = likeness.category(words, (groups[element] for element in hits if element in groups))
        return (self.rules.category(name), f"like the examples, {odds:.1f}") if name else None


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, max(len(text) - OVERLAP, 1), WINDOW - OVERLAP):
        yield text[start : start + WINDOW]
