"""kind: http - a service that app.yaml names is asked; the workflow knows neither its address nor its key."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from antiphon.agents.events import Called
from antiphon.tools.base.errors import InputError, ServiceError

ASKED: list[dict[str, Any]] = []


class _Weather(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        ASKED.append({"path": self.path, "key": self.headers.get("Authorization"), "body": body})
        lost = self.path.startswith("/lost")
        text = b"no such city" if lost else json.dumps({"path": self.path}).encode()
        self.send_response(404 if lost else 200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_GET  # noqa: N815 - so http.server calls it

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    monkeypatch.setenv("WEATHER_KEY", "abc")
    ASKED.clear()
    server = HTTPServer(("127.0.0.1", 0), _Weather)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    yield {"weather": {"base_url": address, "headers_env": {"Authorization": "WEATHER_KEY"}}}
    server.shutdown()
    server.server_close()


NODE = {"kind": "http", "service": "weather", "path": "${'/v1/' + input.city}", "query": {"days": 3}}


async def test_what_it_answers_is_the_value(ran: Any, services: Any) -> None:
    result = await ran(NODE, given={"city": "北京"}, services=services)
    assert result.output["value"] == {"path": "/v1/%E5%8C%97%E4%BA%AC?days=3"}
    assert ASKED[0]["key"] == "Bearer abc"


async def test_the_result_has_status_json_and_text(ran: Any, services: Any) -> None:
    result = await ran(NODE | {"into": {"value": "${result}"}}, given={"city": "x"}, services=services)
    answer = {"path": "/v1/x?days=3"}
    assert result.output["value"] == {"status": 200, "ok": True, "json": answer, "text": json.dumps(answer)}


async def test_a_body_is_sent_as_json(ran: Any, services: Any) -> None:
    node = {"kind": "http", "service": "weather", "method": "POST", "body": "${input.it}"}
    await ran(node, given={"it": {"a": [1, "二"]}}, services=services)
    assert json.loads(ASKED[0]["body"]) == {"a": [1, "二"]}


async def test_a_call_is_told_without_the_key(ran: Any, services: Any) -> None:
    result = await ran(NODE, given={"city": "x"}, services=services)
    call = next(one for one in result.events if isinstance(one, Called))
    assert (call.tool, call.arguments) == ("GET weather", {"path": "/v1/x", "query": {"days": 3}})


async def test_an_error_of_the_service_is_the_nodes(ran: Any, services: Any) -> None:
    with pytest.raises(ServiceError, match="service weather: it answered 404 Not Found: no such city"):
        await ran(NODE | {"path": "/lost"}, given={"city": "x"}, services=services)


async def test_an_error_of_the_service_can_be_handled(ran: Any, services: Any) -> None:
    handled = {"on_error": {"set": {"value": "${{'kind': error.kind}}"}, "to": "end"}}
    result = await ran(NODE | {"path": "/lost"} | handled, given={"city": "x"}, services=services)
    assert result.output["value"] == {"kind": "service"}


async def test_a_service_nobody_named_is_told(ran: Any, services: Any) -> None:
    with pytest.raises(InputError, match=r"it: app.yaml names no service 'wether'. Did you mean 'weather'"):
        await ran(NODE | {"service": "wether"}, given={"city": "x"}, services=services)
