"""The wire: what is sent, and what must hold for whatever comes back."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.agents.models.chat import ChatRequest, Delta, Message, ReasoningDelta, TextDelta
from antiphon.agents.models.grammar import compact
from antiphon.agents.models.sse import Payloads
from antiphon.agents.models.thinking import Thinking
from antiphon.agents.models.wire import body, deltas
from antiphon.tools.base.errors import EndpointBrokeOff, EndpointError

RECORDED = [path.read_bytes() for path in sorted(Path(__file__).with_name("streams").glob("*.sse"))]
ANSWER = {"type": "object", "properties": {"dep": {"enum": ["呼吸内科", "other"]}}, "required": ["dep"]}


def read(*chunks: bytes) -> list[Delta]:
    payloads = Payloads()
    lines = [line for chunk in chunks for line in payloads.feed(chunk)]
    return [delta for line in lines if b'"error"' not in line and line != b"[DONE]" for delta in deltas(line)]


def test_a_request_becomes_the_body_of_the_api() -> None:
    request = ChatRequest(
        (Message("system", "Be short."), Message("tool", "12", "call_1")),
        schema={"type": "object"},
        max_tokens=9,
        stop=("\n",),
        seed=7,
        top_logprobs=2,
    )
    assert body(request, "m") == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be short."},
            {"role": "tool", "content": "12", "tool_call_id": "call_1"},
        ],
        "max_tokens": 9,
        "temperature": 0.0,
        "stream": True,
        "stream_options": {"include_usage": True},
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": {"type": "object"}},
        },
        "stop": ["\n"],
        "seed": 7,
        "logprobs": True,
        "top_logprobs": 2,
    }


def test_a_plain_schema_goes_as_a_grammar_where_that_is_understood() -> None:
    sent = body(ChatRequest((), schema=ANSWER), "m", compact_json=True)
    assert "response_format" not in sent
    start, _, schema = sent["grammar"].partition("%json ")
    assert start == "%llguidance {}\nstart: "
    assert json.loads(schema) == {**ANSWER, "x-guidance": {"whitespace_flexible": False}}


@pytest.mark.parametrize("schema", [{"not": {}}, {"anyOf": [{"if": {}}]}, {"properties": {"a": {"pattern": "\\d"}}}, 3])
def test_a_schema_that_a_grammar_might_not_hold_is_not_compact(schema: Any) -> None:
    assert not compact(schema)


@given(st.sampled_from(RECORDED), st.data())
def test_any_split_of_the_bytes_gives_the_same_deltas(recorded: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(recorded)), max_size=20)))
    pieces = [recorded[start:end] for start, end in pairwise([0, *cuts, len(recorded)])]
    assert read(*pieces) == read(recorded)


@given(st.binary())
def test_any_bytes_are_deltas_or_an_endpoint_error(noise: bytes) -> None:
    try:
        for payload in [noise, *Payloads().feed(b"data: " + noise + b"\n")]:
            deltas(payload)
    except EndpointError:
        pass


KEYS = st.sampled_from(
    [
        *(
            "choices",
            "delta",
            "message",
            "content",
            "reasoning",
            "tool_calls",
            "index",
            "id",
            "function",
            "name",
        ),
        *(
            "arguments",
            "logprobs",
            "token",
            "logprob",
            "top_logprobs",
            "finish_reason",
            "usage",
            "prompt_tokens",
        ),
        *("prompt_tokens_details", "cached_tokens", "object", "error"),
    ]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=30,
)


@given(JSON)
def test_any_json_is_deltas_or_an_endpoint_error(value: Any) -> None:
    try:
        deltas(json.dumps(value))
        deltas(json.dumps({"choices": [{"delta": value, "logprobs": {"content": value}}], "usage": value}))
    except EndpointError:
        pass


def test_what_is_no_json_is_shown() -> None:
    with pytest.raises(EndpointBrokeOff, match=r"^the server sent what is no JSON: \[\[\["):
        deltas("[" * 100_000)


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(EndpointBrokeOff, match="a line of more than 8,000,000 bytes"):
        list(Payloads().feed(b"x" * 8_000_001))


def split(*pieces: str) -> tuple[str, str]:
    thinking = Thinking()
    parts = [part for piece in pieces for part in thinking.feed(piece)] + list(thinking.end())
    said = "".join(part.text for part in parts if isinstance(part, TextDelta))
    return said, "".join(part.text for part in parts if isinstance(part, ReasoningDelta))


@pytest.mark.parametrize(
    ("text", "answer", "thought"),
    [
        ("plain", "plain", ""),
        ("<think>so</think>\n\nyes", "yes", "so"),
        ("\n<think>\n\n</think>\n\n好的", "好的", "\n\n"),
        ("use <think> to think", "use <think> to think", ""),
        ("<think>cut off </thi", "", "cut off </thi"),
        ("  <thin", "  <thin", ""),
        ("<think>a</think>b</think>", "b</think>", "a"),
    ],
)
def test_thoughts_are_kept_apart(text: str, answer: str, thought: str) -> None:
    assert split(text) == split(*text) == (answer, thought)


@given(st.lists(st.sampled_from(["<think>", "</think>", "<", "</th", "ink>", " ", "\n", "a", "好"]), max_size=12))
def test_any_split_of_a_text_gives_the_same_thoughts(pieces: list[str]) -> None:
    assert split(*pieces) == split("".join(pieces)) == split(*"".join(pieces))
