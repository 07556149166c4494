"""The tool `search_articles`: what a folder of articles says to a question, in a few sentences with their source."""

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field

from ..base.checked import Strict, settings
from ..base.tool import Tool
from .evidence import best_sentences
from .search import Search

BUDGET = {"en": 400, "zh": 150}
"""Characters of evidence: a small model on two cores reads about 100 tokens a second, and this is about 100."""


class Settings(Strict):
    """What a workflow file may say about the tool."""

    folder: str = Field(description="a folder of Markdown articles within the workflow's own")
    limit: int = Field(default=12, ge=1, le=50, description="passages looked through for the best sentences")


def search_articles(workflow_folder: Path, written: Mapping[str, Any]) -> Tool:
    """Make the tool for a workflow: question and language in, `[{title, text, source}]` out, the best last:
    a small model answers from what it read last.

    Raises:
        InputError, FileError: the folder is missing, leads outside, or an article in it is wrong.
    """
    chosen = settings(written, Settings, "tool search_articles")

    _index(workflow_folder / chosen.folder, workflow_folder)  # what is wrong with the folder is told now

    async def search(question: str, language: str) -> list[dict[str, str]]:
        """Find what the articles say to a question."""
        return await asyncio.to_thread(_find, workflow_folder, chosen, question, language)

    return Tool("search_articles", "Find what the articles say to a question.", search)


def _find(workflow_folder: Path, chosen: Settings, question: str, language: str) -> list[dict[str, str]]:
    index = _index(workflow_folder / chosen.folder, workflow_folder)
    found = index.find(question, language, chosen.limit)
    return [
        {"title": found[i].passage.title, "text": text, "source": f"{chosen.folder}/{found[i].passage.source}"}
        for i, text in reversed(best_sentences(found, question, BUDGET.get(language, BUDGET["en"])))
    ]


@lru_cache(maxsize=8)
def _index(folder: Path, within: Path) -> Search:
    """One index for each folder and process; it lies in memory and is made in a few hundredths of a second."""
    from .folder import read_folder
    from .passages import split

    return Search(passage for article in read_folder(folder, within=within) for passage in split(article))
