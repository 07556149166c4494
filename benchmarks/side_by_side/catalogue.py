"""The mistakes, in both languages: what each is, who has no such thing, and what a reader should know besides."""

from dataclasses import dataclass, field
from typing import Any

import yaml

from .frameworks import HERE

THREE = "11"
"""The file with three mistakes at once."""

Words = dict[str, str]
"""A text for each language: {en: ..., zh: ...}."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One row of the table.

    Attributes:
        absent: Framework to why its files cannot have this mistake.
        notes: Framework to what a fair reader should know besides what it says.
        words: Framework to the misspelt words of the file with three mistakes.
    """

    id: str
    name: str
    title: Words
    absent: dict[str, Words] = field(default_factory=dict)
    notes: dict[str, Words] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)

    @property
    def file(self) -> str:
        return f"{self.id}-{self.name}.yaml"


def read_mistakes() -> list[Mistake]:
    """In the order of the table."""
    rows: list[dict[str, Any]] = yaml.safe_load((HERE / "mistakes.yaml").read_text(encoding="utf-8"))
    return [Mistake(**row) for row in rows]
