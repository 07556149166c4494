"""The chat completions API as pure functions: a request to JSON, one streamed payload to deltas.

Formats: the API reference of OpenAI, and what vLLM, SGLang, Ollama and llama.cpp add to it (reasoning fields,
tool calls without an index, errors in mid-stream). Unknown fields are ignored.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ...tools.base.errors import EndpointBrokeOff, EndpointRefused
from ...tools.base.plain import whole_text
from .chat import (
    ChatRequest,
    Delta,
    Finish,
    LogprobsDelta,
    Message,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from .grammar import compact, guided

NO_INDEX = -1
"""The index of a tool call's piece whose server gives none."""


def body(request: ChatRequest, model: str, *, compact_json: bool = False) -> dict[str, Any]:
    """The JSON body of a streamed chat completion.

    Args:
        compact_json: Whether the server knows llguidance grammars, which save the tokens of white space.
    """
    result: dict[str, Any] = {
        "model": model,
        "messages": [_message(message) for message in request.messages],
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.schema is not None and compact_json and compact(request.schema):
        result["grammar"] = guided(request.schema)
    elif request.schema is not None:
        schema = {"name": "answer", "schema": dict(request.schema)}
        result["response_format"] = {"type": "json_schema", "json_schema": schema}
    if request.tools:
        result["tools"] = [dict(tool) for tool in request.tools]
    if request.stop:
        result["stop"] = list(request.stop)
    if request.seed is not None:
        result["seed"] = request.seed
    if request.top_logprobs:
        result |= {"logprobs": True, "top_logprobs": request.top_logprobs}
    return result


def _message(message: Message) -> dict[str, Any]:
    sent: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.role == "tool":
        sent["tool_call_id"] = message.call_id
    if message.calls:
        sent["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in message.calls
        ]
    return sent


def deltas(payload: bytes | str) -> tuple[Delta, ...]:
    """What one payload says; a whole completion, as a server sends that does not stream, is read too.

    A piece of a tool call without an index gets `NO_INDEX`.

    Raises:
        EndpointRefused: the payload is an error, in mid-stream.
        EndpointBrokeOff: it is not a chunk of an answer.
    """
    try:
        text = payload.decode() if isinstance(payload, bytes) else payload
        chunk = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EndpointBrokeOff(f"the server sent what is no JSON: {shown(payload)}") from error
    if not isinstance(chunk, dict):
        raise EndpointBrokeOff(f"the server sent what is no part of an answer: {shown(payload)}")
    if chunk.get("error") or chunk.get("object") == "error":
        raise EndpointRefused(f"the server stopped with an error: {error_text(chunk)}")
    return (*_choice(chunk), *_usage(chunk.get("usage")))


def error_text(value: Any) -> str:
    """The message in an error object, whichever way a server nests it."""
    while isinstance(value, dict):
        inner = next((value[key] for key in ("error", "message", "detail") if value.get(key)), None)
        if inner is None:
            return shown(json.dumps(value, ensure_ascii=False))
        value = inner
    return shown(value) if isinstance(value, str) else shown(repr(value))


def shown(payload: bytes | str) -> str:
    """At most 300 characters of it, on one line."""
    text = payload.decode(errors="replace") if isinstance(payload, bytes) else payload
    text = " ".join(text.split())
    return text if len(text) <= 300 else text[:297] + "..."


def _choice(chunk: dict[str, Any]) -> Iterator[Delta]:
    choice = _first(chunk.get("choices"))
    delta = choice.get("delta") or choice.get("message")
    if isinstance(delta, dict):
        reasoning = _text(delta.get("reasoning_content")) or _text(delta.get("reasoning"))
        if reasoning:
            yield ReasoningDelta(reasoning)
        if text := _text(delta.get("content")):
            yield TextDelta(text)
        for call in _maps(delta.get("tool_calls")):
            yield _tool_call(call)
    yield from _logprobs(choice.get("logprobs"))
    if reason := _text(choice.get("finish_reason")):
        yield Finish(reason)


def _tool_call(call: Mapping[str, Any]) -> ToolCallDelta:
    function = _map(call.get("function"))
    arguments = function.get("arguments")
    if arguments is not None and not isinstance(arguments, str):
        arguments = json.dumps(arguments, ensure_ascii=False)
    index = call.get("index")
    return ToolCallDelta(
        index if isinstance(index, int) and index >= 0 else NO_INDEX,
        _text(call.get("id")),
        _text(function.get("name")),
        arguments or "",
    )


def _logprobs(value: Any) -> Iterator[LogprobsDelta]:
    for token in _maps(_map(value).get("content")):
        several = [item for item in _maps(token.get("top_logprobs")) if _is_logprob(item)]
        if not several and _is_logprob(token):
            several = [token]
        if several:
            own = float(token["logprob"]) if _is_logprob(token) else None
            yield LogprobsDelta({item["token"]: float(item["logprob"]) for item in several}, own)


def _is_logprob(item: Mapping[str, Any]) -> bool:
    value = item.get("logprob")
    return isinstance(item.get("token"), str) and isinstance(value, float | int) and abs(value) < 1e300


def _usage(value: Any) -> Iterator[Usage]:
    if isinstance(value, dict):
        cached = _map(value.get("prompt_tokens_details")).get("cached_tokens")
        counts = value.get("prompt_tokens"), value.get("completion_tokens"), cached
        yield Usage(*(count if isinstance(count, int) else 0 for count in counts))


def _first(value: Any) -> Mapping[str, Any]:
    return next(_maps(value), {})


def _maps(value: Any) -> Iterator[dict[str, Any]]:
    return (item for item in (value if isinstance(value, list) else ()) if isinstance(item, dict))


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return whole_text(value) if isinstance(value, str) else ""
