"""Hybrid search: passages found by their words and by their meaning, put into one order.

Reciprocal rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009): a passage's score is the sum of 1 / (60 + rank)
over both lists, so that neither's scale matters.
"""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..base.errors import InputError
from .embedding import Embed
from .lexical import Hits, lexical
from .passages import Passage, in_context, sentences
from .specifics import asks_for_more
from .store import Store
from .vectors import unpacked

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

MAX_QUESTION = 200
"""Of a question so many characters are read."""
ENOUGH = 0.65
"""Without vectors: the share of a question that a passage must cover to be evidence, unless the question names its
document. Of 0.45 to 0.7 tried: at 0.6 questions about other things begin to find something, at 0.7 questions without
the document's name begin to find nothing.
"""
NEAR = {"en": 0.877, "zh": 0.9}
"""With vectors of multilingual-e5-small: the cosine a sentence must have to be evidence; other languages take English.

Chosen on the 220 questions of benchmarks/data/tutor/development.jsonl: 79 of 80 English and 77 of 80 Chinese questions
with an answer find evidence, and 0 of 30 and 7 of 30 without one. Another model's cosines lie elsewhere: for it words
decide, as without vectors.
"""
CALIBRATED = "multilingual-e5-small"
NAMED, SPECIFIC = 0.02, 0.03
"""What it adds to a cosine that the question names the document, and takes from it that the question asks about a
moment or a number that the passage does not have.
"""
MAX_SENTENCES = 12
"""Of a passage from elsewhere so many sentences get a vector, at about 10 ms each."""
_K = 60
_DEPTH = 50
"""Of each list so many passages are fused."""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage and how well it fits.

    Attributes:
        score: From 0 to 1: 1 when it is the first by words and the first by meaning.
        is_evidence: Whether it is about what is asked; a question that nothing is evidence for has no answer here.
        share: Of the question's words, from 0 to 1.
        named: Whether the question names its document.
        near: The cosine of each of its sentences with the question; () without an embedding model.
    """

    passage: Passage
    score: float
    is_evidence: bool = True
    share: float = 0.0
    named: bool = False
    near: tuple[float, ...] = ()


class Search:
    """Search over some bases of a store, as they are now. Any thread may ask.

    Args:
        embed: Without it, words alone count.
    """

    def __init__(self, store: Store, bases: Sequence[str], embed: Embed | None = None) -> None:
        self._store, self._embed = store, embed
        marks = ",".join("?" * len(bases))
        with store.asking() as db:
            rows = db.execute(
                "SELECT p.id, d.id, d.language, p.model, p.vectors FROM passages p"
                f" JOIN documents d ON d.id = p.document WHERE d.base IN ({marks}) ORDER BY p.id",
                tuple(bases),
            ).fetchall()
        self._documents = {row: document for row, document, *_ in rows}
        self._languages = {row: language for row, _, language, *_ in rows}
        self._vectors, self._owners = _matrix(rows, embed)

    def __len__(self) -> int:
        return len(self._documents)

    def find(self, question: str, language: str, limit: int = 3) -> list[Found]:
        """The passages that fit a question best, the best first; those that are evidence before the others.

        Args:
            question: Any text.
            language: Two-letter code. Passages in another language are found only where this one has no evidence.
            limit: At most so many, 1 or more.
        """
        if limit < 1:
            raise InputError(f"at least 1 passage must be asked for, not {limit}")
        question = question[:MAX_QUESTION]
        with ThreadPoolExecutor(1) as beside:  # the model and SQLite let each other run
            meaning = beside.submit(self._near, question)
            with self._store.asking() as db:
                hits = lexical(db, question, self._documents, _DEPTH)
            near = meaning.result()
        found = self._read(question, _fused(hits, near), hits, near)
        mine = [one for one in found if one.passage.language == language]
        chosen = mine if any(one.is_evidence for one in mine) else [*mine, *found]
        return sorted(dict.fromkeys(chosen), key=lambda one: not one.is_evidence)[:limit]

    def _near(self, question: str) -> dict[int, tuple[float, ...]]:
        """The cosines of each passage's sentences, of the passages that come nearest."""
        if self._embed is None or self._vectors is None or not question.strip():
            return {}
        import numpy as np

        cosines = self._vectors @ self._embed([question], "query")[0]
        best = np.argpartition(-cosines, min(_DEPTH * 3, len(cosines) - 1))[: _DEPTH * 3]
        rows = dict.fromkeys(int(self._owners[i]) for i in best[np.argsort(-cosines[best])])
        edges = {row: np.searchsorted(self._owners, [row, row + 1]) for row in rows}
        return {row: tuple(map(float, cosines[first:last])) for row, (first, last) in edges.items()}

    def _read(
        self,
        question: str,
        scores: Mapping[int, float],
        hits: Hits,
        near: Mapping[int, tuple[float, ...]],
    ) -> list[Found]:
        rows = sorted(scores, key=lambda row: (-scores[row], row))[:_DEPTH]
        passages = _passages(self._store, rows)
        return [self._found(question, passages[row], row, scores[row], hits, near.get(row, ())) for row in rows]

    def _found(
        self, question: str, passage: Passage, row: int, score: float, hits: Hits, near: tuple[float, ...]
    ) -> Found:
        share, named = hits.shares.get(row, 0.0), row in hits.shares and self._documents[row] in hits.named
        if self._vectors is None or self._embed is None or self._embed.name != CALIBRATED:
            good = named or share >= ENOUGH
        else:
            good = _is_near(question, passage, near, named)
        return Found(passage, score, good, share, named, near)


def judged(question: str, passages: Sequence[Passage], embed: Embed | None) -> list[Found]:
    """Passages from elsewhere, in the order they were found, each with whether it is evidence.

    Without vectors all count as evidence: whoever found them was asked this very question.
    """
    if embed is None or not passages:
        return [Found(passage, 1 / rank) for rank, passage in enumerate(passages, 1)]
    texts = [in_context(one.title, one.heading, one.text)[:MAX_SENTENCES] for one in passages]
    cosines = iter(
        map(float, embed([one for said in texts for one in said], "passage") @ embed([question], "query")[0])
    )
    found = []
    for rank, (passage, said) in enumerate(zip(passages, texts, strict=True), 1):
        near = tuple(next(cosines) for _ in said) + (0.0,) * (len(sentences(passage.text)) - len(said))
        good = embed.name != CALIBRATED or _is_near(question, passage, near, named=True)
        found.append(Found(passage, 1 / rank, good, near=near))
    return found


def _is_near(question: str, passage: Passage, near: Sequence[float], named: bool) -> bool:
    specific = asks_for_more(question, f"{passage.heading} {passage.text}")
    value = max(near, default=0.0) + NAMED * named - SPECIFIC * specific
    return value >= NEAR.get(passage.language, NEAR["en"])


def _fused(hits: Hits, near: Mapping[int, tuple[float, ...]]) -> dict[int, float]:
    meaning = sorted(near, key=lambda row: (-max(near[row]), row))[:_DEPTH]
    lists = [one for one in (hits.best, meaning) if one]
    scores: dict[int, float] = {}
    for ranked in lists:
        for rank, row in enumerate(ranked, 1):
            scores[row] = scores.get(row, 0.0) + (_K + 1) / (_K + rank) / len(lists)
    return scores


def _passages(store: Store, rows: Sequence[int]) -> dict[int, Passage]:
    marks = ",".join("?" * len(rows))
    with store.asking() as db:
        found = db.execute(
            "SELECT p.id, d.article, d.title, p.heading, p.text, d.language, p.source, d.also, d.further_reading"
            f" FROM passages p JOIN documents d ON d.id = p.document WHERE p.id IN ({marks})",
            tuple(rows),
        ).fetchall()
    return {
        row: Passage(article, title, heading, text, language, source, tuple(json.loads(also)), further_reading)
        for row, article, title, heading, text, language, source, also, further_reading in found
    }


def _matrix(
    rows: Sequence[tuple[int, int, str, str, bytes | None]], embed: Embed | None
) -> tuple["NDArray[float32] | None", "NDArray[float32]"]:
    """The vectors of all sentences, and the passage of each."""
    import numpy as np

    mine = [(row, vectors) for row, _, _, model, vectors in rows if embed and model == embed.name and vectors]
    if not mine or embed is None:
        return None, np.empty(0, np.float32)
    dimensions = embed.dimensions
    owners = np.repeat([row for row, _ in mine], [len(vectors) // dimensions for _, vectors in mine])
    return unpacked((vectors for _, vectors in mine), dimensions), owners
