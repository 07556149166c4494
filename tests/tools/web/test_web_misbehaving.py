"""However a server misbehaves, a look-up ends in time, with what the others found and a sentence about this one."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from antiphon.tools.web.lookup import WebFindings, look_up_web
from antiphon.tools.web.settings import WebSettings

MOON = {"title": "Moon", "extract": "The Moon goes round the Earth. It is 384,400 km away."}


async def look_up(address: str, question: str = "How far away is the Moon?", **limits: Any) -> WebFindings:
    settings = WebSettings(encyclopedia=address, **{"timeout_s": 0.3, **limits})
    return await look_up_web(question, "en", settings, 400)


async def problem_of(serving: Any, *plays: Any, **limits: Any) -> str:
    """What is told about a server that plays this."""
    async with serving(*plays) as server:
        began = time.perf_counter()
        found = await look_up(server.address, **limits)
        assert time.perf_counter() - began < 0.9
        assert found.passages == ()
        assert found.problem.startswith(f"{server.address}: ")
        return found.problem.removeprefix(f"{server.address}: ")


async def test_a_server_that_refuses_is_no_network(serving: Any) -> None:
    async with serving([]) as server:
        pass
    found = await look_up(server.address)
    assert found.passages == ()
    assert "no network, or nothing answers there" in found.problem
    assert found.problem.endswith("Without it, answers come from what this machine has.")


async def test_a_server_that_never_answers_is_left(serving: Any) -> None:
    assert (await problem_of(serving, [60.0])).startswith("no answer within 0.3 s.")


async def test_a_server_that_drips_is_left(serving: Any, say: Any) -> None:
    assert "no answer within" in await problem_of(serving, [say.head(), (b" ", 0.05)])


async def test_headers_that_never_end_are_left(serving: Any) -> None:
    problem = await problem_of(serving, [b"HTTP/1.1 200 OK\r\n", (b"X-More: " + b"x" * 1000 + b"\r\n", 0.0)])
    assert "broke off" in problem or "no answer within" in problem


async def test_a_body_that_never_ends_is_left(serving: Any, say: Any) -> None:
    problem = await problem_of(serving, [say.head(), (b"x" * 10_000, 0.0)], max_bytes=50_000)
    assert "its answer is larger than 50,000 bytes. Raise `max_bytes`" in problem


async def test_a_gzip_bomb_is_counted_unpacked(serving: Any, say: Any) -> None:
    bomb = say.gzip(b" " * 10_000_000)
    assert len(bomb) < 20_000
    head = say.head(extra="Content-Encoding: gzip\r\n")
    assert "larger than 1,000,000 bytes" in await problem_of(serving, [head, bomb])


async def test_gzip_that_is_cut_off_is_told(serving: Any, say: Any) -> None:
    acts = [say.head(extra="Content-Encoding: gzip\r\n"), say.gzip(b'{"query": {}}')[:-9]]
    assert "in the middle of its answer" in await problem_of(serving, acts)


async def test_gzip_that_is_none_is_told(serving: Any, say: Any) -> None:
    acts = [say.head(extra="Content-Encoding: gzip\r\n"), b"{}"]
    assert "it broke off, or does not speak HTTP" in await problem_of(serving, acts)


async def test_a_packing_nobody_asked_for_is_refused(serving: Any, say: Any) -> None:
    acts = [say.head(extra="Content-Encoding: br\r\n"), b"\x0b\x02\x80{}\x03"]
    assert "packed as 'br', not as asked" in await problem_of(serving, acts)


async def test_a_page_instead_of_json_is_told(serving: Any, say: Any) -> None:
    acts = [say.head(kind="text/html; charset=utf-8"), b"<html>Welcome"]
    assert "it sent text/html; charset=utf-8 that is no JSON. Check the address" in await problem_of(serving, acts)


@pytest.mark.parametrize("body", [b"", b'{"query": ', b'{"query": "\xc4\xe3\xba\xc3"}', b"[" * 200_000])
async def test_broken_json_is_told(body: bytes, serving: Any, say: Any) -> None:
    """Nothing, half of it, another charset than UTF-8, and lists in lists."""
    assert "that is no JSON" in await problem_of(serving, [say.head(kind="application/json"), body])


@pytest.mark.parametrize("data", [[], "moon", 7, None, {"query": []}, {"query": {"pages": {"1": {}}}}, {"error": "no"}])
async def test_json_of_another_shape_is_told(data: Any, serving: Any, say: Any) -> None:
    assert "it sent JSON that is no answer of MediaWiki" in await problem_of(serving, say.answer(data))


async def test_a_page_without_a_title_is_no_answer(serving: Any, say: Any) -> None:
    assert "no answer of MediaWiki" in await problem_of(serving, say.pages({"extract": "Text."}))


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("403 Forbidden", "it answered 403 Forbidden. Wikimedia and others refuse who asks too often"),
        ("404 Not Found", "it answered 404 Not Found. Is this the address of its API?"),
        ("429 Too Many Requests", "it answered 429 Too Many Requests. It is asked too often"),
        ("500 Internal Server Error", "it answered 500 Internal Server Error. Without it"),
        ("204 No Content", "it answered 204 No Content."),
        ("302 Found", "it answered 302 Found."),
    ],
)
async def test_a_status_that_is_no_answer_is_told(status: str, told: str, serving: Any, say: Any) -> None:
    assert (await problem_of(serving, [say.head(status)])).startswith(told)


async def test_an_error_of_the_encyclopedia_is_told(serving: Any, say: Any) -> None:
    data = {"error": {"code": "cirrussearch-too-busy-error", "info": "Try again."}}
    assert "the encyclopedia refused: cirrussearch-too-busy-error" in await problem_of(serving, say.answer(data))


async def test_a_server_that_closes_at_once_is_told(serving: Any) -> None:
    assert "it broke off" in await problem_of(serving, [])


async def test_a_server_that_closes_in_mid_body_is_told(serving: Any, say: Any) -> None:
    acts = [say.head(extra="Content-Length: 1000\r\n"), b'{"query":']
    assert "it broke off" in await problem_of(serving, acts)


async def test_a_server_that_speaks_tls_is_told(serving: Any) -> None:
    assert "does not speak HTTP" in await problem_of(serving, [b"\x15\x03\x01\x00\x02\x02\x46"])


async def test_a_server_that_speaks_no_tls_is_told(serving: Any, say: Any) -> None:
    async with serving(say.pages(MOON)) as server:
        found = await look_up(server.address.replace("http:", "https:"))
    assert "no network, or nothing answers there ([SSL" in found.problem


async def test_a_name_nobody_knows_is_no_network(monkeypatch: pytest.MonkeyPatch, internet: Any, serving: Any) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async with serving([]) as server:
        internet(server)
        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        found = await look_up("https://{language}.wiki.example/api")
    problem = "no network, or nothing answers there (Name or service not known)"
    assert found.problem.startswith(f"https://en.wiki.example/api: {problem}.")


@pytest.fixture
def silent_name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    over = threading.Event()

    def wait(*_: Any, **__: Any) -> Any:
        over.wait(30)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", wait)
    yield
    over.set()


@pytest.mark.usefixtures("silent_name_server")
def test_a_silent_name_server_holds_up_neither_the_answer_nor_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("urllib.request.getproxies_environment", dict)
    began = time.perf_counter()
    found = asyncio.run(look_up("http://wiki.example/api", timeout_s=0.1))
    assert time.perf_counter() - began < 0.9
    assert "no answer within 0.1 s" in found.problem


async def test_cancelling_closes_the_connection(serving: Any) -> None:
    async with serving([60.0]) as server:
        task = asyncio.ensure_future(look_up(server.address, timeout_s=30))
        await server.came.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.left.wait(), 1)


async def test_a_server_that_fails_takes_nothing_from_the_other(serving: Any, say: Any) -> None:
    row = {"url": "https://moon.example/", "title": "Moon", "content": "The Moon is 384,400 km away."}
    async with serving([60.0]) as silent, serving(say.results(row)) as engine:
        settings = WebSettings(encyclopedia=silent.address, search=engine.address, timeout_s=0.3)
        found = await look_up_web("How far away is the Moon?", "en", settings, 400)
    assert [row["source"] for row in found.passages] == ["https://moon.example/"]
    assert found.problem.startswith(silent.address)


async def test_both_are_asked_at_once(serving: Any, say: Any) -> None:
    """Each answers only when the other has been asked too."""
    async with serving([]) as wiki, serving([]) as engine:
        wiki.plays, engine.plays = [[engine.came, *say.pages(MOON)]], [[wiki.came, *say.results()]]
        settings = WebSettings(encyclopedia=wiki.address, search=engine.address, timeout_s=5)
        found = await look_up_web("The Moon", "en", settings, 400)
    assert found.problem == ""


async def test_the_question_stands_in_no_message(serving: Any, say: Any) -> None:
    async with serving([say.head("500 Oh")]) as server:
        found = await look_up(server.address, "Why does Rumpelstiltskin dance?")
    assert "rumpelstiltskin" not in found.problem.lower()


async def test_a_good_answer_in_gzip_is_read(serving: Any, say: Any) -> None:
    body = json.dumps({"query": {"pages": [{**MOON, "fullurl": "https://wiki.example/Moon"}]}}).encode()
    async with serving([say.head(extra="Content-Encoding: gzip\r\n"), say.gzip(body)]) as server:
        found = await look_up(server.address)
    assert found.problem == ""
    assert [row["title"] for row in found.passages] == ["Moon"]
