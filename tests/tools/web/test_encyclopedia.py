"""An encyclopedia is asked for key words and gives the beginnings of pages, with their addresses."""

from typing import Any

import pytest

from antiphon.tools.knowledge.passages import Passage
from antiphon.tools.web.encyclopedia import key_words, search_encyclopedia
from antiphon.tools.web.lookup import look_up_web
from antiphon.tools.web.settings import WebSettings

MOON = {"title": "Moon", "extract": "The Moon goes round the Earth.\nIt is 384,400 km away."}


async def search(server: Any, question: str = "Why does the Moon shine?", language: str = "en") -> list[Passage]:
    return await search_encyclopedia(question, language, WebSettings(encyclopedia=server.address))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Why is the sky blue?", "sky blue"),
        ("天空为什么是蓝色的？", "天空 蓝色"),
        ('insource:/.*/ incategory:"x" -moon~ prefix:y', "insource incategory x moon prefix y"),
        ("What is it?", ""),
        ("word " * 1000, "word word word word word word word word word word"),
    ],
)
def test_a_question_is_sent_as_its_key_words(question: str, words: str) -> None:
    assert key_words(question) == words


async def test_only_the_key_words_are_sent_and_who_asks(serving: Any, say: Any) -> None:
    async with serving(say.pages(MOON)) as server:
        await search(server)
        assert server.asked[0]["gsrsearch"] == "moon shine"
        assert {*server.headers[0]} <= {"host", "accept", "accept-encoding", "connection", "user-agent"}
        assert server.headers[0]["user-agent"].startswith("antiphon/0.")


async def test_a_question_about_nothing_is_not_sent(serving: Any, say: Any) -> None:
    async with serving(say.pages(MOON)) as server:
        assert await search(server, "What is it?") == []
        assert server.asked == []


async def test_pages_come_in_the_order_of_the_search(serving: Any, say: Any) -> None:
    async with serving(say.pages({**MOON, "index": 2}, {"title": "Sun", "extract": "A star.", "index": 1})) as server:
        assert [page.title for page in await search(server)] == ["Sun", "Moon"]


async def test_a_page_gives_its_title_text_and_address(serving: Any, say: Any) -> None:
    async with serving(say.pages(MOON)) as server:
        [page] = await search(server)
    assert (page.title, page.source) == ("Moon", "https://wiki.example/1")
    assert page.text == "The Moon goes round the Earth. It is 384,400 km away."


async def test_chinese_is_asked_for_and_named_in_simplified_script(serving: Any, say: Any) -> None:
    row = {"title": "月球", "extract": "月球是地球的卫星。", "varianttitles": {"zh-hans": "月球(简)"}}
    async with serving(say.pages(row)) as server:
        [page] = await search(server, "月亮为什么会发光？", "zh")
        assert (server.asked[0]["variant"], server.asked[0]["gsrsearch"]) == ("zh-hans", "月亮 发光")
    assert (page.title, page.text, page.language) == ("月球(简)", "月球是地球的卫星。", "zh")


async def test_a_missing_page_and_one_that_lists_meanings_are_left_out(serving: Any, say: Any) -> None:
    listing = {"title": "Moon (disambiguation)", "extract": "Moon may mean.", "pageprops": {"disambiguation": ""}}
    async with serving(say.pages(listing, {"title": "Mooon", "missing": True}, MOON)) as server:
        assert [page.title for page in await search(server)] == ["Moon"]


async def test_nothing_found_is_no_problem(serving: Any, say: Any) -> None:
    async with serving(say.answer({"batchcomplete": True})) as server:
        found = await look_up_web("The Moon", "en", WebSettings(encyclopedia=server.address), 400)
    assert (found.passages, found.problem) == ((), "")


async def test_a_wiki_without_extracts_is_asked_for_the_page(serving: Any, say: Any) -> None:
    html = "<table><tr><td>Mass</td></tr></table><p>The <b>Moon</b> shines.<sup class=reference>[1]</sup>"
    async with serving(say.pages({"title": "Moon"}), say.answer({"parse": {"title": "Moon", "text": html}})) as server:
        [page] = await search(server)
        assert (server.asked[1]["action"], server.asked[1]["pageid"], server.asked[1]["section"]) == ("parse", "1", "0")
    assert page.text == "The Moon shines."


async def test_a_page_with_a_bad_address_gets_one_of_the_wiki(serving: Any, say: Any) -> None:
    async with serving(say.pages({**MOON, "fullurl": "javascript:alert(1)"})) as server:
        [page] = await search(server)
    assert page.source == f"{server.address}?curid=1"


@pytest.mark.parametrize("language", ["", "en.evil.example/", "../x", "EN", "english-language-of-england"])
async def test_a_language_that_is_no_code_is_not_put_into_an_address(language: str) -> None:
    settings = WebSettings(encyclopedia="https://{language}.wiki.example/api")
    found = await look_up_web("The Moon", language, settings, 400)
    assert "is no language's code" in found.problem


async def test_the_best_sentences_fit_the_budget(serving: Any, say: Any) -> None:
    filler = " ".join(f"This is sentence {n} about nothing." for n in range(300))
    async with serving(say.pages({"title": "Moon", "extract": f"{MOON['extract']} {filler}"})) as server:
        settings = WebSettings(encyclopedia=server.address)
        found = await look_up_web("How far away is the Moon?", "en", settings, 120)
    [row] = found.passages
    assert "384,400 km" in row["text"]
    assert len(row["title"] + row["text"]) <= 120


async def test_without_an_address_nothing_is_asked_and_nothing_found() -> None:
    found = await look_up_web("The Moon", "en", WebSettings(), 400)
    assert (found.passages, found.problem) == ((), "")
