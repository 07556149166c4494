"""A rules file as types: what a child must be kept from, in words that parents and teams can read and change."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from ...tools.base.checked import Strict

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


class LikenessTo(Strict):
    """A file of example sentences beside the rules, and how sure the guard must be: more refuses less."""

    examples: str = Field(pattern=r"^[\w.-]+$")
    certainty: float = Field(ge=0, le=1000)


class ExamplesFile(Strict):
    """The schema `guard-examples/v1`: sentences by category; `none` holds what may pass."""

    schema_: Literal["guard-examples/v1"] = Field(alias="schema")
    examples: dict[str, list[str]]


class RulesFile(Strict):
    """The schema `guards/v1`."""

    schema_: Literal["guards/v1"] = Field(validation_alias="schema")
    country: str = Field(default="", pattern=r"^([A-Z]{2})?$")
    help_lines: list[HelpLine] = Field(min_length=1)
    fillers: list[str] = []
    room: Languages = Languages()
    words: WordGroups = WordGroups()
    likeness: LikenessTo | None = None
    categories: list[Category] = Field(min_length=1)
