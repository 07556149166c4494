"""Search by words, Chinese and English in one index.

SQLite's FTS5 with the Porter stemmer. Chinese is indexed character by character, and a question looks for
pairs of neighbouring characters: of the ways tried (trigrams, a dictionary, pairs as tokens) the only one to
find each of twenty test questions, and it needs no other package.
"""

import json
import math
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import closing
from dataclasses import dataclass
from heapq import nlargest

from .words import Unit, is_han, segments, tokens, units

_LONE = 0.3
"""What a Chinese character counts that is in the passage, but not beside its neighbour of the question."""
_SAME = 1e-5
"""Shares that differ by less than a fraction of this are the same: they were added up in another order."""
_HOLDS = "SELECT rowid FROM words WHERE words MATCH ?"
_RANK = (
    "SELECT rowid, bm25(words, 0.5, 2.0, 1.0) FROM words"
    " WHERE words MATCH ? AND +rowid IN (SELECT value FROM json_each(?))"
)
"""The best is the lowest. A heading counts twice; the title little, as it is the same for all passages of an
article and would drown what sets them apart. Its weight is the half of the score that comes from being named.
"""
_HOLDS_NAME = "SELECT rowid, length FROM names WHERE names MATCH ?"
_NAMED = "SELECT document FROM names WHERE names MATCH ? AND length = ?"


@dataclass(frozen=True, slots=True)
class Hits:
    """How well passages fit by their words.

    Attributes:
        shares: Of each passage that holds something of the question: the share it covers of what the question is
            about, from 0 to 1, rare words counting more.
        named: The documents that the question names.
        best: The passages that fit best, the best first.
    """

    shares: Mapping[int, float]
    named: Set[int]
    best: Sequence[int]


def lexical(db: sqlite3.Connection, question: str, documents: Mapping[int, int], most: int) -> Hits:
    """What a question finds.

    Args:
        documents: The document of each passage that counts.
        most: At most so many of the best are put in order: by share and by being named, BM25 deciding among equals.
    """
    asked, named = units(question), set(_named(db, question))
    shares = _covered(db, asked, documents) if documents else {}
    value = {row: share + (documents[row] in named) for row, share in shares.items()} if named else shares
    least = min(nlargest(most, value.values()), default=0.0) - _SAME
    contenders = {row: -round(value[row] / 2, 6) for row in value if value[row] >= least}
    ranks = _ranks(db, asked, [*contenders]) if contenders else {}
    return Hits(shares, named, sorted(contenders, key=lambda row: (contenders[row], ranks[row], row))[:most])


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
        whole = set[int]() if unit.is_lone else set[int]().union(*(rows[phrase] for phrase in unit.phrases))
        for part, holding in ((1.0, whole), (_LONE, rows[unit.text] - whole)):
            share = part * weights[unit] / total
            for row in holding:
                covered[row] = covered.get(row, 0.0) + share
    return covered


def _rows(db: sqlite3.Connection, phrase: str) -> set[int]:
    with closing(db.execute(_HOLDS, (f'"{phrase}"',))) as cursor:
        return {row for (row,) in cursor}


def _ranks(db: sqlite3.Connection, asked: Sequence[Unit], rows: Sequence[int]) -> dict[int, float]:
    phrases = {phrase: None for unit in asked for phrase in (*unit.phrases, unit.text)}
    wanted = (" OR ".join(f'"{phrase}"' for phrase in phrases), json.dumps(rows))
    with closing(db.execute(_RANK, wanted)) as cursor:
        return dict(cursor)


def _named(db: sqlite3.Connection, question: str) -> Iterator[int]:
    """The documents a question names; the longest name wins: 太阳系 (Solar System), not 太阳 (Sun).

    A name of one Chinese character must stand alone: 云 is not named by 云南.
    """
    said, alone = tokens(question), set(segments(question))
    free = [True] * len(said)
    for length, start in _spans(db, said):
        span = slice(start, start + length)
        name = " ".join(said[span])
        if not all(free[span]) or (len(name) == 1 and is_han(name) and name not in alone):
            continue
        documents = db.execute(_NAMED, (f'"{name}"', length)).fetchall()
        if documents:
            free[span] = [False] * length
            yield from (document for (document,) in documents)


def _spans(db: sqlite3.Connection, said: Sequence[str]) -> list[tuple[int, int]]:
    """Length and start of each stretch of the question all of whose words one name has, the longest first.

    Names are looked up for these alone, as a question of 200 characters has 20,000 stretches.
    """
    lengths: dict[int, int] = {}
    holding: dict[str, set[int]] = {}
    for token in dict.fromkeys(said):
        rows = db.execute(_HOLDS_NAME, (f'"{token}"',)).fetchall()
        lengths.update(rows)
        holding[token] = {row for row, _ in rows}
    spans = []
    for start in range(len(said)):
        names = holding[said[start]]
        for end in range(start, len(said)):
            names = names & holding[said[end]]
            if not names:
                break
            if any(lengths[name] == end - start + 1 for name in names):
                spans.append((end - start + 1, start))
    return sorted(spans, key=lambda span: (-span[0], span[1]))
