"""A search server's snippets are passages with their addresses."""

from typing import Any

import pytest

from antiphon.tools.web.lookup import look_up_web
from antiphon.tools.web.search import search_web
from antiphon.tools.web.settings import WebSettings

MOON = {"url": "https://moon.example/a", "title": "The Moon", "content": "The Moon shines. It has no light of its ..."}


async def test_a_snippet_gives_its_whole_sentences(serving: Any, say: Any) -> None:
    async with serving(say.results(MOON)) as server:
        [page] = await search_web("Why does the Moon shine?", "en", WebSettings(search=server.address))
    assert (page.title, page.text, page.source) == ("The Moon", "The Moon shines.", "https://moon.example/a")


async def test_the_question_is_sent_without_commands_and_with_strict_safe_search(serving: Any, say: Any) -> None:
    async with serving(say.results(MOON)) as server:
        await search_web("!!g :fr Why does the Moon shine?", "en", WebSettings(search=server.address))
        assert server.asked == [
            {"q": "g fr Why does the Moon shine", "format": "json", "language": "en", "safesearch": "2"}
        ]


async def test_rows_without_an_address_or_a_text_are_left_out(serving: Any, say: Any) -> None:
    bad = [
        {"title": "x", "content": "Text."},
        {"url": "javascript:alert(1)", "content": "Text."},
        {"url": "https://moon.example/b", "content": None},
        {"url": "https://moon.example/c d", "content": "Text."},
    ]
    async with serving(say.results(*bad, MOON)) as server:
        found = await search_web("The Moon", "en", WebSettings(search=server.address))
    assert [page.source for page in found] == ["https://moon.example/a"]


async def test_json_that_is_off_is_told(serving: Any, say: Any) -> None:
    async with serving([say.head("403 Forbidden")]) as server:
        found = await look_up_web("The Moon", "en", WebSettings(search=server.address), 400)
    assert found.problem == (
        f"{server.address}: it answered 403 Forbidden. SearXNG answers so while JSON is off: "
        "add `json` to `search.formats` in its settings.yml."
    )


@pytest.mark.parametrize("data", [{}, {"results": {}}, {"results": ["x"]}, {"results": [{"url": 7}]}])
async def test_an_answer_of_another_shape_is_told(data: Any, serving: Any, say: Any) -> None:
    async with serving(say.answer(data)) as server:
        found = await look_up_web("The Moon", "en", WebSettings(search=server.address), 400)
    assert "no answer of SearXNG" in found.problem


async def test_the_same_page_is_there_once_and_the_best_is_last(serving: Any, say: Any) -> None:
    pages = [{"title": "Moon", "extract": "The Moon shines by the Sun's light.", "fullurl": "https://moon.example/a"}]
    other = {"url": "https://moon.example/b", "title": "Light", "content": "The Moon does shine with light of the Sun."}
    async with serving(say.pages(*pages)) as wiki, serving(say.results(MOON, other)) as engine:
        settings = WebSettings(encyclopedia=wiki.address, search=engine.address)
        found = await look_up_web("Why does the Moon shine?", "en", settings, 400)
    assert [row["source"] for row in found.passages] == ["https://moon.example/b", "https://moon.example/a"]
