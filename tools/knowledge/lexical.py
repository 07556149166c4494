"""Search by words, Chinese and English in one index.

SQLite's FTS5 with the Porter stemmer. Chinese is indexed character by character, and a question looks for
pairs of neighbouring characters: of the ways tried (trigrams, a dictionary, pairs as tokens) the only one to
find each of twenty test questions, and it needs no other package.
"""

import math
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from .words import Unit, is_han, segments, tokens, units

_LONE = 0.3
"""What a Chinese character counts that is in the passage, but not beside its neighbour of the question."""
_HOLDS = "SELECT rowid FROM words WHERE words MATCH ?"
_RANK = "SELECT rowid, bm25(words, 0.5, 2.0, 1.0) FROM words WHERE words MATCH ?"
"""The best is the lowest. A heading counts twice; the title little, as it is the same for all passages of an
article and would drown what sets them apart. Its weight is the half of the score that comes from being named.
"""
_NAMED = "SELECT document FROM names WHERE names MATCH ? AND length = ?"


@dataclass(frozen=True, slots=True)
class Hit:
    """How well a passage fits by its words.

    Attributes:
        share: Of what the question is about, from 0 to 1, rare words counting more.
        named: Whether the question names its document.
        rank: BM25; the best is the lowest.
    """

    share: float
    named: bool
    rank: float

    @property
    def order(self) -> tuple[float, float]:
        """The best is the lowest."""
        return (-round((self.share + self.named) / 2, 6), self.rank)


def lexical(db: sqlite3.Connection, question: str, documents: Mapping[int, int]) -> dict[int, Hit]:
    """What a question finds, by passage.

    Args:
        documents: The document of each passage that counts.
    """
    asked, named = units(question), set(_named(db, question))
    covered = _covered(db, asked, documents)
    ranks = _ranks(db, asked) if covered else {}
    return {row: Hit(share, documents[row] in named, ranks[row]) for row, share in covered.items()}


def _covered(db: sqlite3.Connection, asked: Sequence[Unit], documents: Mapping[int, int]) -> dict[int, float]:
    """For each passage that holds something of the question, the share it covers, from 0 to 1."""
    many = len(set(documents.values()))

    def weight(rows: Iterable[int]) -> float:
        """Inverse document frequency of documents, as all passages of one have its title."""
        return math.log(1 + many / (len({documents[row] for row in rows}) + 0.5))

    phrases = dict.fromkeys(phrase for unit in asked for phrase in (unit.text, *unit.phrases))
    rows = {phrase: _rows(db, phrase) & documents.keys() for phrase in phrases}
    weights = {unit: weight(rows[unit.text]) for unit in asked}
    total = sum(weights.values())
    covered: dict[int, float] = {}
    for unit in asked:
        whole = set[int]().union(*(rows[phrase] for phrase in unit.phrases))
        for row in whole | rows[unit.text]:
            share = 1.0 if row in whole and not unit.is_lone else _LONE
            covered[row] = covered.get(row, 0.0) + share * weights[unit] / total
    return covered


def _rows(db: sqlite3.Connection, phrase: str) -> set[int]:
    with closing(db.execute(_HOLDS, (f'"{phrase}"',))) as cursor:
        return {row for (row,) in cursor}


def _ranks(db: sqlite3.Connection, asked: Sequence[Unit]) -> dict[int, float]:
    phrases = {phrase: None for unit in asked for phrase in (*unit.phrases, unit.text)}
    with closing(db.execute(_RANK, (" OR ".join(f'"{phrase}"' for phrase in phrases),))) as cursor:
        return dict(cursor)


def _named(db: sqlite3.Connection, question: str) -> Iterator[int]:
    """The documents a question names; the longest name wins: 太阳系 (Solar System), not 太阳 (Sun).

    A name of one Chinese character must stand alone: 云 is not named by 云南.
    """
    said, alone = tokens(question), set(segments(question))
    free = [True] * len(said)
    longest = db.execute("SELECT max(length) FROM names").fetchone()[0] or 0
    for length in range(min(longest, len(said)), 0, -1):
        for start in range(len(said) - length + 1):
            span = slice(start, start + length)
            name = " ".join(said[span])
            if not all(free[span]) or (len(name) == 1 and is_han(name) and name not in alone):
                continue
            documents = db.execute(_NAMED, (f'"{name}"', length)).fetchall()
            if documents:
                free[span] = [False] * length
                yield from (document for (document,) in documents)
