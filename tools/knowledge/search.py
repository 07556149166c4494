"""Plain search: passages found by their words, Chinese and English in one index in memory.

SQLite's FTS5 with the Porter stemmer. Chinese is indexed character by character, and a question looks for
pairs of neighbouring characters: of the ways tried (trigrams, a dictionary, pairs as tokens) the only one to
find each of twenty test questions, and it needs no other package.
"""

import math
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from ..base.errors import EngineError, InputError
from .passages import Passage
from .words import Unit, is_han, segments, tokens, units

MAX_QUESTION = 200
"""Of a question so many characters are read."""
ENOUGH = 0.65
"""The share of a question that a passage must cover to be evidence, unless the question names its article.

Of 0.45 to 0.7, tried on the questions of the tests and 62 more: at 0.6 questions about other things begin
to find something, at 0.7 questions without the article's name begin to find nothing.
"""
_LONE = 0.3
"""What a Chinese character counts that is in the passage, but not beside its neighbour of the question."""
_TABLES = (
    "passages USING fts5(title, heading, text, tokenize='porter unicode61')",
    "names USING fts5(name, article UNINDEXED, length UNINDEXED, tokenize='porter unicode61')",
)
_HOLDS = "SELECT rowid FROM passages WHERE passages MATCH ?"
_RANK = "SELECT rowid, bm25(passages, 0.5, 2.0, 1.0) FROM passages WHERE passages MATCH ?"
"""The best is the lowest. A heading counts twice; the title little, as it is the same for all passages of an
article and would drown what sets them apart. Its weight is the half of the score that comes from being named.
"""
_NAMED = "SELECT article FROM names WHERE names MATCH ? AND length = ?"


@dataclass(frozen=True, slots=True)
class Found:
    """A passage and how well it fits.

    Attributes:
        score: From 0 to 1, comparable between questions: half for the article being named, half for the share
            of the question that the passage covers.
    """

    passage: Passage
    score: float


class Search:
    """An index of passages. Close it, or use it in a `with` block. Any thread may ask.

    Raises:
        EngineError: this Python's SQLite was built without FTS5.
    """

    def __init__(self, passages: Iterable[Passage]) -> None:
        self.passages: Sequence[Passage] = tuple(passages)
        self._articles = len({passage.article for passage in self.passages})
        self._longest_name = 0
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        try:
            self._fill()
        except sqlite3.OperationalError as error:
            self._db.close()
            hint = "Use a Python whose sqlite3 has it, such as the one from python.org"
            raise EngineError("full-text search (FTS5) is missing from SQLite", hint=hint) from error

    def find(self, question: str, language: str, limit: int = 3) -> list[Found]:
        """The passages that answer a question, the best first; none when the knowledge holds no answer.

        A passage counts when the question names its article (by its title or another of its names), or when
        it covers `ENOUGH` of what the question is about: of its words less those any question may have, each
        weighing more the fewer articles have it.

        Args:
            question: Any text.
            language: Two-letter code. Passages in another language are found only where this one has none.
            limit: At most so many, 1 or more.
        """
        if limit < 1:
            raise InputError(f"at least 1 passage must be asked for, not {limit}")
        question = question[:MAX_QUESTION]
        asked, named = units(question), set(self._named(question))
        scores = {
            row: (share + (self.passages[row].article in named)) / 2
            for row, share in self._covered(asked).items()
            if share >= ENOUGH or self.passages[row].article in named
        }
        ranks = self._ranks(asked) if scores else {}
        best = sorted(scores, key=lambda row: (-round(scores[row], 6), ranks[row], row))
        found = [Found(self.passages[row], scores[row]) for row in best]
        return ([one for one in found if one.passage.language == language] or found)[:limit]

    def close(self) -> None:
        """Let the index go."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _fill(self) -> None:
        for table in _TABLES:
            self._db.execute(f"CREATE VIRTUAL TABLE {table}")
        names: dict[tuple[str, str], int] = {}
        for row, passage in enumerate(self.passages):
            called = [tokens(name) for name in (passage.title, *passage.also)]
            names |= {(" ".join(name), passage.article): len(name) for name in called}
            title = " ".join(token for name in called for token in name)
            parts = (row, title, " ".join(tokens(passage.heading)), " ".join(tokens(passage.text)))
            self._db.execute("INSERT INTO passages(rowid, title, heading, text) VALUES (?, ?, ?, ?)", parts)
        for (name, article), length in names.items():
            self._db.execute("INSERT INTO names(name, article, length) VALUES (?, ?, ?)", (name, article, length))
        self._longest_name = max(names.values(), default=0)

    def _covered(self, asked: Sequence[Unit]) -> dict[int, float]:
        """For each passage that holds something of the question, the share it covers, from 0 to 1."""
        rows = {phrase: self._rows(phrase) for unit in asked for phrase in (unit.text, *unit.phrases)}
        weights = {unit: self._weight(rows[unit.text]) for unit in asked}
        total = sum(weights.values())
        covered: dict[int, float] = {}
        for unit in asked:
            whole = set[int]().union(*(rows[phrase] for phrase in unit.phrases))
            for row in whole | rows[unit.text]:
                share = 1.0 if row in whole and not unit.is_lone else _LONE
                covered[row] = covered.get(row, 0.0) + share * weights[unit] / total
        return covered

    def _rows(self, phrase: str) -> set[int]:
        with closing(self._db.execute(_HOLDS, (f'"{phrase}"',))) as cursor:
            return {row for (row,) in cursor}

    def _weight(self, rows: Iterable[int]) -> float:
        """Inverse document frequency of articles, as all passages of an article have its title."""
        return math.log(1 + self._articles / (len({self.passages[row].article for row in rows}) + 0.5))

    def _ranks(self, asked: Sequence[Unit]) -> dict[int, float]:
        phrases = {phrase: None for unit in asked for phrase in (*unit.phrases, unit.text)}
        with closing(self._db.execute(_RANK, (" OR ".join(f'"{phrase}"' for phrase in phrases),))) as cursor:
            return dict(cursor)

    def _named(self, question: str) -> Iterator[str]:
        """The articles a question names; the longest name wins: 太阳系 (Solar System), not 太阳 (Sun).

        A name of one Chinese character must stand alone: 云 is not named by 云南.
        """
        said, alone = tokens(question), set(segments(question))
        free = [True] * len(said)
        for length in range(self._longest_name, 0, -1):
            for start in range(len(said) - length + 1):
                span = slice(start, start + length)
                name = " ".join(said[span])
                if not all(free[span]) or (len(name) == 1 and is_han(name) and name not in alone):
                    continue
                articles = self._db.execute(_NAMED, (f'"{name}"', length)).fetchall()
                if articles:
                    free[span] = [False] * length
                    yield from (article for (article,) in articles)
