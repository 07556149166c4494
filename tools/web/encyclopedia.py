"""Any encyclopedia with a MediaWiki Action API, such as Wikipedia: https://www.mediawiki.org/wiki/API:Main_page."""

import re
from typing import Any

from pydantic import BaseModel, ValidationError

from ..base.errors import EndpointRefused, InputError
from ..knowledge.passages import Passage
from ..knowledge.words import segments
from .fetching import Server, no_answer, server
from .plain import as_data, page_text, readable, web_address
from .settings import LANGUAGE, WebSettings

PAGES = 3
MAX_TEXT = 3_000
"""Characters of a page that are looked through for the best sentences."""
MAX_KEY_WORDS = 10
_VARIANTS = {"zh": "zh-hans"}
"""Languages that a wiki writes in more than one script, and the one that is read here."""
_HINTS = {403: "Wikimedia and others refuse who asks too often, or without saying who asks"}


class _Page(BaseModel):
    title: str
    pageid: int = 0
    index: int = 0
    fullurl: str = ""
    extract: str | None = None
    missing: bool = False
    pageprops: dict[str, Any] = {}
    varianttitles: dict[str, str] = {}

    def is_about_one_thing(self) -> bool:
        return not self.missing and "disambiguation" not in self.pageprops


class _Pages(BaseModel):
    pages: list[_Page] = []


class _Error(BaseModel):
    code: str


class _Parsed(BaseModel):
    text: str


class _Answer(BaseModel):
    query: _Pages = _Pages()
    parse: _Parsed | None = None
    error: _Error | None = None


async def search_encyclopedia(question: str, language: str, settings: WebSettings) -> list[Passage]:
    """The first paragraphs of the pages that an encyclopedia finds, the best first.

    Only the key words of the question are sent. One request where the wiki has the extension TextExtracts, else a
    second one for the best page. Pages that list what a word may mean are left out.

    Raises:
        EndpointError: see `Server.ask`.
        InputError: the language is no code that can stand in an address.
        MissingExtra: the wiki sends HTML, and what reads it is not installed.
    """
    if not re.fullmatch(r"[a-z]{2,3}(-[a-z]{2,8})?", language):
        raise InputError(f"{language!r} is no language's code", hint="It must be like en or zh")
    words = key_words(question)
    if not words or not settings.encyclopedia:
        return []
    address = settings.encyclopedia.replace(LANGUAGE, language)
    async with server(address, settings.max_bytes, _HINTS) as wiki:
        answer = await _ask(wiki, language, _query(words))
        pages = sorted((page for page in answer.query.pages if page.is_about_one_thing()), key=lambda page: page.index)
        if pages and all(page.extract is None for page in pages):
            pages = [await _with_text(wiki, language, pages[0])]
    found = (_passage(page, language, wiki) for page in pages[:PAGES])
    return [passage for passage in found if passage.text]


def key_words(question: str) -> str:
    """What a question is about: an encyclopedia finds only pages that hold every word it is given."""
    return " ".join(list(segments(question[:500]))[:MAX_KEY_WORDS])[:200]


def _query(words: str) -> dict[str, str]:
    return {
        "action": "query",
        "generator": "search",
        "gsrsearch": words,
        "gsrlimit": str(PAGES),
        "gsrnamespace": "0",
        "prop": "extracts|info|pageprops",
        "exintro": "1",
        "explaintext": "1",
        "exsectionformat": "plain",
        "exlimit": "max",
        "inprop": "url|varianttitles",
        "ppprop": "disambiguation",
    }


async def _with_text(wiki: Server, language: str, page: _Page) -> _Page:
    """The page with its beginning, which the wiki sends as HTML."""
    parameters = {"action": "parse", "pageid": str(page.pageid), "prop": "text", "section": "0", "redirects": "1"}
    tidy = {"disableeditsection": "1", "disablelimitreport": "1", "disabletoc": "1"}
    answer = await _ask(wiki, language, parameters | tidy)
    return page.model_copy(update={"extract": page_text(answer.parse.text) if answer.parse else ""})


async def _ask(wiki: Server, language: str, parameters: dict[str, str]) -> _Answer:
    variant = {"variant": _VARIANTS[language]} if language in _VARIANTS else {}
    given = await wiki.ask(parameters | variant | {"format": "json", "formatversion": "2"})
    try:
        answer = _Answer.model_validate(given)
    except ValidationError:
        raise no_answer(wiki.address, "it sent JSON that is no answer of MediaWiki") from None
    if answer.error:
        raise EndpointRefused(f"the encyclopedia refused: {as_data(answer.error.code, 60)}", at=wiki.address)
    return answer


def _passage(page: _Page, language: str, wiki: Server) -> Passage:
    title = as_data(page.varianttitles.get(_VARIANTS.get(language, ""), page.title), 100)
    source = web_address(page.fullurl) or f"{wiki.address}?curid={page.pageid}"
    return Passage(source, title, "", readable(page.extract or "", MAX_TEXT), language, source)
