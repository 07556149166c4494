"""A web search through a SearXNG server: https://docs.searxng.org/dev/search_api.html."""

import re

from pydantic import BaseModel, ValidationError

from ..knowledge.passages import Passage
from ..knowledge.words import segments
from .fetching import no_answer, server
from .plain import as_data, readable, web_address
from .settings import WebSettings

RESULTS = 5
MAX_SNIPPET = 600
MAX_QUESTION = 200
_HINTS = {403: "SearXNG answers so while JSON is off: add `json` to `search.formats` in its settings.yml"}


class _Result(BaseModel):
    url: str | None = None
    title: str | None = None
    content: str | None = None


class _Answer(BaseModel):
    results: list[_Result]


async def search_web(question: str, language: str, settings: WebSettings) -> list[Passage]:
    """The snippets of the first results, the best first. Strict safe search is asked for.

    Raises:
        EndpointError: see `Server.ask`.
    """
    if not settings.search or not any(segments(question)):
        return []
    parameters = {"q": _plain_question(question), "format": "json", "language": language, "safesearch": "2"}
    async with server(settings.search, settings.max_bytes, _HINTS) as engine:
        given = await engine.ask(parameters)
    try:
        results = _Answer.model_validate(given).results
    except ValidationError:
        raise no_answer(settings.search, "it sent JSON that is no answer of SearXNG") from None
    found = [_passage(result, language) for result in results if web_address(result.url or "")]
    return [passage for passage in found if passage.text][:RESULTS]


def _plain_question(question: str) -> str:
    """The question without what SearXNG would take for a command: `!engine`, `:language`, `!!elsewhere`."""
    return as_data(re.sub(r"[!:?<>\\|\"]+", " ", question), MAX_QUESTION)


def _passage(result: _Result, language: str) -> Passage:
    source = result.url or ""
    title = as_data(result.title or source, 100)
    return Passage(source, title, "", readable(result.content or "", MAX_SNIPPET), language, source)
