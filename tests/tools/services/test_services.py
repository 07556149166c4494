"""Services asked over real HTTP: keys, errors, redirects, limits."""

import gzip
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from antiphon.tools.base.errors import InputError, ServiceError, ServiceTimeout
from antiphon.tools.services.service import Answer, Service
from antiphon.tools.services.settings import ServiceSettings

from .conftest import Served, status


@asynccontextmanager
async def service(served: Served, **settings: Any) -> AsyncIterator[Service]:
    one = Service("weather", ServiceSettings.model_validate({"base_url": served.address} | settings))
    try:
        yield one
    finally:
        await one.aclose()


async def asked(served: Served, method: str = "GET", path: str = "/x", /, **more: Any) -> Answer:
    settings = more.pop("settings", {})
    async with service(served, **settings) as one:
        return await one.ask(method, path, **more)


async def problem(served: Served, answer: Any, **settings: Any) -> str:
    served.answers["/x"] = answer
    with pytest.raises(ServiceError) as caught:
        await asked(served, settings=settings)
    return str(caught.value)


async def test_json_is_parsed_and_text_stays(served: Served) -> None:
    served.answers = {"/x": {"temp": 21}, "/y": "晴天".encode()}
    assert await asked(served) == Answer(200, '{"temp": 21}', {"temp": 21})
    assert await asked(served, "GET", "/y") == Answer(200, "晴天", None)


async def test_a_query_and_a_body_arrive(served: Served) -> None:
    await asked(served, "POST", "/x", query={"city": "北京 & co"}, body={"days": 3})
    request = served.asked[0]
    assert (request["method"], request["body"]) == ("POST", '{"days": 3}')
    assert request["path"] == "/x?city=%E5%8C%97%E4%BA%AC+%26+co"
    assert request["headers"]["content-type"] == "application/json"


async def test_keys_come_from_the_environment(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEATHER_KEY", "abc")
    headers = {"headers": {"X-Unit": "metric"}, "headers_env": {"Authorization": "WEATHER_KEY", "X-Key": "WEATHER_KEY"}}
    await asked(served, settings=headers)
    sent = served.asked[0]["headers"]
    assert (sent["authorization"], sent["x-key"], sent["x-unit"]) == ("Bearer abc", "abc", "metric")


async def test_a_scheme_before_a_key_stays(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEATHER_KEY", "Basic YTpi")
    await asked(served, settings={"headers_env": {"Authorization": "WEATHER_KEY"}})
    assert served.asked[0]["headers"]["authorization"] == "Basic YTpi"


async def test_a_key_that_is_missing_names_its_variable(served: Served) -> None:
    with pytest.raises(InputError, match=r"service weather: the environment variable NO_KEY, .* export NO_KEY="):
        await asked(served, settings={"headers_env": {"Authorization": "NO_KEY"}})


async def test_a_key_is_never_in_a_message(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEATHER_KEY", "geheim\x07")
    with pytest.raises(InputError) as caught:
        await asked(served, settings={"headers_env": {"Authorization": "WEATHER_KEY"}})
    assert "geheim" not in str(caught.value)


async def test_an_error_has_its_status_and_the_beginning_of_what_was_said(served: Served) -> None:
    said = await problem(served, status(503, b"\x1b[31mdown\n for now " + b"x" * 500))
    assert said.startswith("service weather: it answered 503 Service Unavailable: [31mdown for now xxx")
    assert len(said) < 300


async def test_a_key_that_is_refused_has_a_way_out(served: Served) -> None:
    assert "headers_env" in await problem(served, status(401))


async def test_an_answer_that_is_too_large_is_refused(served: Served) -> None:
    said = await problem(served, b"x" * 3000, max_bytes=2000)
    assert said == (
        "service weather: its answer is larger than 2,000 bytes. Raise its `max_bytes` in app.yaml if this is meant."
    )


async def test_an_answer_nobody_asked_to_be_packed_is_refused(served: Served) -> None:
    bomb = status(200, gzip.compress(b"0" * 10_000_000), Content_Encoding="gzip")
    assert "packed as 'gzip'" in await problem(served, bomb)


async def test_a_server_that_is_too_slow_is_a_timeout(served: Served) -> None:
    served.answers["/x"] = lambda _: served.stop.wait(10)
    began = time.monotonic()
    with pytest.raises(ServiceTimeout, match=r"service weather: it took longer than 0.2 s"):
        await asked(served, settings={"timeout_s": 0.2})
    assert time.monotonic() - began < 2


async def test_a_server_that_is_not_there_is_said(served: Served) -> None:
    with pytest.raises(ServiceError, match="service weather: nothing answers there"):
        await asked(served, settings={"base_url": "http://127.0.0.1:9"})


async def test_what_is_no_http_is_said(served: Served) -> None:
    def rubbish(handler: Any) -> None:
        handler.wfile.write(b"hello\r\n\r\n")

    assert "broke off, or does not speak HTTP" in await problem(served, rubbish)


async def test_a_redirect_on_the_same_host_is_followed(served: Served) -> None:
    served.answers = {"/x": status(302, Location="/y"), "/y": {"here": True}}
    assert (await asked(served)).json == {"here": True}


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:1/x", "http://localhost/", "https://127.0.0.1/x", "ftp://127.0.0.1/"]
)
async def test_a_redirect_elsewhere_is_refused(served: Served, target: str) -> None:
    said = await problem(served, status(307, Location=target))
    assert "redirects to another server" in said or "does not speak HTTP" in said


async def test_what_has_effects_is_not_sent_again_by_a_redirect(served: Served) -> None:
    served.answers["/x"] = status(307, Location="/y")
    with pytest.raises(ServiceError, match="it redirects a POST request"):
        await asked(served, "POST", body={})
    assert len(served.asked) == 1


async def test_redirects_in_a_circle_end(served: Served) -> None:
    assert "more than 3 times" in await problem(served, status(302, Location="/x"))


async def test_a_body_that_is_no_json_is_refused(served: Served) -> None:
    with pytest.raises(InputError, match="the body has no form in JSON"):
        await asked(served, "POST", body={"x": float("nan")})


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"headers": {"Authorization": "Bearer x"}}, "headers_env"),
    ({"headers": {"X-Api-Key": "x"}}, "headers_env"),
    ({"headers": {"x-access-token": "x"}}, "headers_env"),
    ({"headers": {"X-Custom": "Bearer abc"}}, "headers_env"),
    ({"headers": {"a b": "x"}}, "no name of a header"),
    ({"headers": {"X-A": "a\nb"}}, "plain ASCII"),
    ({"headers_env": {"Authorization": "Bearer sk-123"}}, "is no name of an environment variable"),
    ({"base_url": "https://me:secret@x.org"}, "headers_env"),
    ({"base_url": "https://x.org/?key=1"}, "headers_env"),
    ({"base_url": "x.org"}, "https://api.example.org"),
]


@pytest.mark.parametrize(("settings", "said"), WRONG, ids=[str(one[0]) for one in WRONG])
def test_a_key_in_the_file_and_other_mistakes_are_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ServiceSettings.model_validate({"base_url": "https://x.org"} | settings)
