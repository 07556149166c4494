"""Everything the web says to a question, from all sources at once, within a deadline, and without ever failing."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

from ..base.errors import AntiphonError, EndpointTimeout
from ..knowledge.evidence import Sentence, best_sentences
from ..knowledge.passages import Passage
from ..knowledge.search import Found
from .settings import LANGUAGE, WebSettings

MOST = 12
"""Sentences that are looked at for a place in the budget."""
Source = Callable[[str, str, WebSettings], Awaitable[list[Passage]]]


@dataclass(frozen=True, slots=True)
class WebFindings:
    """What was found, and what stood in the way.

    Attributes:
        passages: One {title, text, source} for each page, the best last; `source` is its address.
        problem: Sentences for people: which source gave nothing, and why; "" when all did what they should.
    """

    passages: tuple[dict[str, str], ...] = ()
    problem: str = ""


async def look_up_web(question: str, language: str, settings: WebSettings, budget_chars: int) -> WebFindings:
    """Ask the encyclopedia and the search server at once, and choose the sentences that fit the question best.

    Without an address in the settings nothing is sent, and nothing found. What goes wrong with a server becomes a
    sentence, never an error; it takes `timeout_s` at most. Cancelling it closes the connections.

    Args:
        language: Two-letter code.
        budget_chars: Of all titles and texts together.
    """
    found, problem = await search_everywhere(question, language, settings)
    return WebFindings(tuple(_rows(found, question, budget_chars)), problem)


async def search_everywhere(question: str, language: str, settings: WebSettings) -> tuple[list[Found], str]:
    """The pages before sentences are chosen, the encyclopedia's first; and the problems, as in `WebFindings`."""
    asked: list[tuple[str, Source]] = []
    if settings.encyclopedia:
        from .encyclopedia import search_encyclopedia

        asked.append((settings.encyclopedia.replace(LANGUAGE, language), search_encyclopedia))
    if settings.search:
        from .search import search_web

        asked.append((settings.search, search_web))
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_within(settings.timeout_s, address, search(question, language, settings)))
            for address, search in asked
        ]
    answers = [task.result() for task in tasks]
    pages: dict[str, Found] = {}
    for pages_found, _ in answers:
        for rank, page in enumerate(pages_found, 1):
            pages.setdefault(page.source, Found(page, 1 / rank))
    return list(pages.values()), " ".join(problem for _, problem in answers if problem)


async def _within(timeout_s: float, address: str, search: Awaitable[list[Passage]]) -> tuple[list[Passage], str]:
    try:
        async with asyncio.timeout(timeout_s):
            return await search, ""
    except TimeoutError:
        hint = "Raise `timeout_s` of `web` in app.yaml if it may take longer"
        return [], str(EndpointTimeout(f"no answer within {timeout_s:g} s", at=address, hint=hint))
    except AntiphonError as error:
        return [], str(error)


def _rows(found: Sequence[Found], question: str, budget_chars: int) -> Iterator[dict[str, str]]:
    """The best sentences that fit into the budget, in their own order on each page; the page of the best is last."""
    kept: dict[int, list[Sentence]] = {}
    for sentence in best_sentences(found, question, MOST):
        title = found[sentence.source].passage.title if sentence.source not in kept else ""
        if len(title) + len(sentence.text) + 1 <= budget_chars:
            budget_chars -= len(title) + len(sentence.text) + 1
            kept.setdefault(sentence.source, []).append(sentence)
    for source, chosen in reversed(kept.items()):
        page = found[source].passage
        space = "" if page.language == "zh" else " "
        text = space.join(sentence.text for sentence in sorted(chosen, key=lambda one: one.place))
        yield {"title": page.title, "text": text, "source": page.source}
