"""A rules file: what a child must be kept from, in words that parents and teams can read and change."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from ...tools.base.checked import Strict, checked
from ...tools.base.errors import FileError, InputError, Problem
from ...tools.base.yaml_reading import Document, Path_, read_yaml
from .matching import Lexicon, Pattern, Room, read_pattern
from .patterns import checked_regex

CHILD = Path(__file__).parent / "rules" / "child.yaml"
"""The rules that come with Antiphon."""

Side = Literal["question", "answer"]
Reaction = Literal["care", "grown_up", "refuse"]


class Both(Strict):
    """The same words in both languages."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)

    def said(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


class Rule(Strict):
    """One way to say it: a pattern, or a regular expression; `unless` lists patterns that make it harmless."""

    says: str = ""
    regex: str = ""
    unless: list[str] = []

    @model_validator(mode="after")
    def _one_of_two(self) -> "Rule":
        if bool(self.says) == bool(self.regex):
            raise ValueError("write one of 'says' and 'regex'")
        return self


def _from_text(value: Any) -> Any:
    return {"says": value} if isinstance(value, str) else value


OneRule = Annotated[Rule, BeforeValidator(_from_text)]


class Sayings(Strict):
    """Rules by language; `any` holds regular expressions for every language."""

    en: list[OneRule] = []
    zh: list[OneRule] = []
    any: list[OneRule] = []


class Unless(Strict):
    """Patterns that make every rule of the category harmless."""

    en: list[str] = []
    zh: list[str] = []


class Examples(Strict):
    """Sentences the tests try: the first must be caught as a question, the second must pass."""

    caught: list[str] = Field(min_length=2)
    passes: list[str] = Field(min_length=2)


class Category(Strict):
    """What a child must be kept from, how it may be said, and what is answered."""

    name: str = Field(pattern=r"^[a-z_]+$")
    means: Both
    reaction: Reaction
    reply: Both
    question: Sayings = Sayings()
    answer: Sayings = Sayings()
    unless: Unless = Unless()
    examples: Examples


class HelpLine(Strict):
    """A telephone number where help is given."""

    country: str = Field(pattern=r"^[A-Z]{2}$")
    languages: list[Literal["en", "zh"]]
    name: Both
    number: str = Field(pattern=r"^[0-9+][0-9 -]{1,20}$")
    source: str


class Gaps(Strict):
    """Other words that may stand at `..` and `...`."""

    little: int = Field(ge=0, le=20)
    much: int = Field(ge=0, le=40)


class Languages(Strict):
    """Room at the dots, for each language."""

    en: Gaps = Gaps(little=2, much=8)
    zh: Gaps = Gaps(little=4, much=12)


class WordGroups(Strict):
    """Named lists of words, used in patterns as {name}."""

    en: dict[str, list[str]] = {}
    zh: dict[str, list[str]] = {}


class RulesFile(Strict):
    """The schema `guards/v1`."""

    schema_: Literal["guards/v1"] = Field(validation_alias="schema")
    country: str = Field(default="", pattern=r"^([A-Z]{2})?$")
    help_lines: list[HelpLine] = Field(min_length=1)
    fillers: list[str] = []
    room: Languages = Languages()
    words: WordGroups = WordGroups()
    categories: list[Category] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Matcher:
    """One rule, ready: a pattern or a regular expression, and the patterns that excuse it."""

    said: str
    pattern: Pattern
    regex: re.Pattern[str] | None
    unless: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """A rules file, compiled: for each side, each category's name with its matchers in the order of the file."""

    file: RulesFile
    lexicon: Lexicon
    sides: Mapping[Side, tuple[tuple[Category, tuple[Matcher, ...]], ...]]

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
        return Rules(self.file, self.lexicon, sides)

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
