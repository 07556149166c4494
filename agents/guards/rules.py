"""Rules files read and compiled into matchers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ...tools.base.checked import checked
from ...tools.base.errors import FileError, InputError, Problem
from ...tools.base.yaml_reading import Document, Path_, read_yaml
from .likeness import NONE, Likeness, features_of, learn
from .matching import Lexicon, Pattern, Room, expanded, read_pattern
from .normalise import filler_units, units
from .patterns import checked_regex
from .types import Category, ExamplesFile, Gaps, RulesFile, Sayings, Side, Unless

CHILD = Path(__file__).parent / "rules" / "child.yaml"
"""The rules that come with Antiphon."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """One rule, ready: a pattern or a regular expression, and the patterns that excuse it."""

    said: str
    pattern: Pattern
    regex: re.Pattern[str] | None
    unless: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """A rules file, compiled: for each side, each category with its matchers in the order of the file.

    `groups` gives the name of the word group that an element of the lexicon stands for.
    """

    file: RulesFile
    lexicon: Lexicon
    sides: Mapping[Side, tuple[tuple[Category, tuple[Matcher, ...]], ...]]
    groups: Mapping[int, str]
    likeness: Likeness | None

    def category(self, name: str) -> Category:
        """The category of that name, which must exist."""
        return next(category for category in self.file.categories if category.name == name)

    def help_lines(self, language: str) -> str:
        """The help lines of the file's country, or of the countries that speak the language, as one sentence."""
        code = "zh" if language.startswith("zh") else "en"
        lines = [line for line in self.file.help_lines if line.country == self.file.country]
        lines = lines or [line for line in self.file.help_lines if code in line.languages]
        comma = "，" if code == "zh" else ", "
        return comma.join(f"{line.name.said(code)} {line.number}" for line in lines)


def load_rules(path: Path = CHILD) -> Rules:
    """Read a rules file and compile it.

    Raises:
        InputError: there is no such file.
        FileError: it is wrong; each problem with its line and column.
    """
    document = read_yaml(path)
    return _Compiler(document, checked(document, RulesFile)).rules()


class _Compiler:
    """Gathers every problem of the file before it complains."""

    def __init__(self, document: Document, file: RulesFile) -> None:
        self.document, self.file = document, file
        self.lexicon = Lexicon()
        self.problems: list[Problem] = []

    def rules(self) -> Rules:
        self._names()
        sides: dict[Side, tuple[tuple[Category, tuple[Matcher, ...]], ...]] = {
            side: tuple((c, tuple(self._matchers(i, c, side))) for i, c in enumerate(self.file.categories))
            for side in ("question", "answer")
        }
        if self.problems:
            raise FileError(self.problems)
        groups = self._groups()
        return Rules(self.file, self.lexicon, sides, groups, self._likeness(groups))

    def _groups(self) -> dict[int, str]:
        found: dict[int, str] = {}
        for language in ("en", "zh"):
            names: dict[str, list[str]] = getattr(self.file.words, language)
            for name in names:
                found.setdefault(self.lexicon.element(expanded([f"{{{name}}}"], names)), name)
        return found

    def _likeness(self, groups: Mapping[int, str]) -> Likeness | None:
        """Learn from the examples file, and from the examples in the rules themselves."""
        wanted = self.file.likeness
        if wanted is None:
            return None
        beside = self.document.path.parent / wanted.examples
        document = read_yaml(beside if beside.is_file() else CHILD.parent / wanted.examples)
        sentences = {name: list(said) for name, said in checked(document, ExamplesFile).examples.items()}
        known = {category.name for category in self.file.categories}
        for category in self.file.categories:
            sentences.setdefault(category.name, []).extend(category.examples.caught)
            sentences.setdefault(NONE, []).extend(category.examples.passes)
        fillers = filler_units(self.file.fillers)
        return learn(
            (
                (name, self._features(sentence, fillers, groups))
                for name in sentences
                if name in known or name == NONE
                for sentence in sentences[name]
            ),
            wanted.certainty,
        )

    def _features(self, sentence: str, fillers: frozenset[str], groups: Mapping[int, str]) -> set[str]:
        text = units(sentence, fillers=fillers)
        return features_of(text, (groups[element] for element in self.lexicon.find(text) if element in groups))

    def _names(self) -> None:
        seen: set[str] = set()
        for i, category in enumerate(self.file.categories):
            if category.name in seen:
                self._problem(("categories", i, "name"), f"there are two categories called {category.name!r}")
            seen.add(category.name)

    def _matchers(self, i: int, category: Category, side: Side) -> Iterator[Matcher]:
        sayings: Sayings = getattr(category, side)
        general = tuple(self._excuses(("categories", i, "unless"), category.unless))
        for language in ("en", "zh", "any"):
            for j, rule in enumerate(getattr(sayings, language)):
                at: Path_ = ("categories", i, side, language, j)
                pattern = self._pattern(rule.says, language, at) if rule.says else ()
                unless = tuple(self._pattern(text, language, (*at, "unless")) for text in rule.unless)
                yield Matcher(rule.says or rule.regex, pattern, self._regex(rule.regex, at), general + unless)

    def _excuses(self, at: Path_, unless: Unless) -> Iterator[Pattern]:
        for language in ("en", "zh"):
            for j, text in enumerate(getattr(unless, language)):
                yield self._pattern(text, language, (*at, language, j))

    def _pattern(self, text: str, language: str, at: Path_) -> Pattern:
        """An excuse of a rule for every language may use either language's words."""
        groups = self.file.words
        names = {**groups.zh, **groups.en} if language == "any" else getattr(groups, language)
        gaps: Gaps = self.file.room.en if language == "any" else getattr(self.file.room, language)
        try:
            return read_pattern(text, self.lexicon, names, Room(gaps.little, gaps.much))
        except InputError as error:
            self._problem(at, error.problem, error.hint)
            return ()

    def _regex(self, text: str, at: Path_) -> re.Pattern[str] | None:
        if not text:
            return None
        try:
            return checked_regex(text)
        except InputError as error:
            self._problem((*at, "regex"), error.problem, error.hint)
            return None

    def _problem(self, at: Path_, problem: str, hint: str = "") -> None:
        self.problems.append(Problem(self.document.at(at, value=True), problem, hint))
