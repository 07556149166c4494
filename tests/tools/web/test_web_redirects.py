"""A redirect is followed a few times, to a web page, and never into this machine's network or out of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.tools.web.addresses import is_inside, is_outside, resolve
from antiphon.tools.web.lookup import WebFindings, look_up_web
from antiphon.tools.web.settings import WebSettings

MOON = {"title": "Moon", "extract": "The Moon goes round the Earth."}


async def look_up(address: str) -> WebFindings:
    return await look_up_web("The Moon", "en", WebSettings(encyclopedia=address, timeout_s=0.5), 400)


async def test_a_redirect_on_the_same_host_is_followed(serving: Any, say: Any) -> None:
    async with serving(say.to("/w/api.php?moved=1"), say.pages(MOON)) as server:
        found = await look_up(server.address)
        assert server.asked[1] == {"moved": "1"}
    assert found.problem == ""
    assert len(found.passages) == 1


async def test_redirects_in_a_circle_end(serving: Any, say: Any) -> None:
    async with serving(say.to("/api")) as server:
        found = await look_up(server.address)
        assert len(server.asked) == 4
    assert "it redirects more than 3 times" in found.problem


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://x", "javascript:alert(1)"])
async def test_a_redirect_to_what_is_no_web_page_is_refused(target: str, serving: Any, say: Any) -> None:
    async with serving(say.to(target), say.pages(MOON)) as server:
        found = await look_up(server.address)
        assert len(server.asked) == 1
    assert "it redirects to what is no web address" in found.problem


@pytest.mark.parametrize(
    "target", ["http://[::1", "http://" + "a" * 70 + ".example/", "http://a..b/", "http:///x", "//"]
)
async def test_a_redirect_to_nonsense_is_told(target: str, serving: Any, say: Any) -> None:
    async with serving(say.to(target), say.answer({"error": {"code": "again"}})) as server:
        found = await look_up(server.address)
    assert found.passages == ()
    assert found.problem.startswith(server.address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "192.168.1.1", "169.254.169.254"])
async def test_a_redirect_from_the_internet_into_this_network_is_refused(
    host: str, serving: Any, say: Any, internet: Any
) -> None:
    async with serving(say.to(f"http://{host}/"), say.pages(MOON)) as server:
        internet(server)
        found = await look_up("http://{language}.wiki.example/api")
        assert len(server.asked) == 1
    assert "it redirects between the internet and this machine's network" in found.problem


async def test_a_redirect_from_this_network_to_the_internet_is_refused(serving: Any, say: Any, internet: Any) -> None:
    """The question of somebody who asks only their own server stays with it."""
    async with serving(say.to("http://wiki.example/"), say.pages(MOON)) as server:
        internet(server)
        found = await look_up(server.address)
        assert len(server.asked) == 1
    assert "it redirects between" in found.problem


async def test_a_redirect_from_one_host_of_the_internet_to_another_is_followed(
    serving: Any, say: Any, internet: Any
) -> None:
    async with serving(say.to("http://no.wiki.example/api?q=1"), say.pages(MOON)) as server:
        internet(server)
        found = await look_up("http://nb.wiki.example/api")
        assert [headers["host"] for headers in server.headers] == ["nb.wiki.example", "no.wiki.example"]
    assert found.problem == ""
    assert len(found.passages) == 1


async def test_a_redirect_from_a_secret_connection_to_an_open_one_is_refused() -> None:
    import httpx2

    from antiphon.tools.base.errors import EndpointRefused
    from antiphon.tools.web.fetching import Server

    async with httpx2.AsyncClient() as client:
        wiki = Server(client, "https://wiki.example/api", 1_000)
        with pytest.raises(EndpointRefused, match="from https to http"):
            await wiki._redirected(httpx2.URL("https://wiki.example/api"), httpx2.URL("http://wiki.example/api"))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "::1",
        "10.1.2.3",
        "172.16.0.1",
        "169.254.169.254",
        "fe80::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "0.0.0.0",
    ],
)
async def test_addresses_of_this_network_are_inside(address: str) -> None:
    assert [is_outside(one) for one in await resolve(address)] == [False]
    assert is_inside(address)


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=6, network="fc00::/7"))
def test_no_private_address_is_outside(address: Any) -> None:
    assert not is_outside(address)
