"""What a model server can do, found out by asking: a few tokens for each question, and a time limit."""

import asyncio
import json
import time
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from typing import Any

import httpx2

from ...tools.base.errors import AntiphonError, EndpointRefused, EndpointTimeout
from .abilities import Abilities
from .chat import ChatRequest, Finish, Message, ReasoningDelta, TextDelta, ToolCallDelta, Usage, complete
from .failures import FAILURES, failure, is_loopback
from .openai_chat import OpenAIChat

QUESTION_S = 30.0
"""The time limit of one question; they are asked one after another, as small servers answer one at a time."""

_SCHEMA = {
    "type": "object",
    "properties": {"colour": {"enum": ["teal", "ochre"]}},
    "required": ["colour"],
    "additionalProperties": False,
}
_TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city, now.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


@dataclass(frozen=True, slots=True)
class Found:
    """What was found out; None means that the question got no answer, or was not asked.

    Attributes:
        problem: Why the server cannot be used, "" if it can.
        models: What `/v1/models` lists.
        context: Tokens of one conversation, where the server says so.
        streams: The answer came in more than one piece.
        schema: An answer against a JSON schema kept to it.
        tools: A request that needs a tool was answered with a call (streamed).
        reasoning: Thoughts came apart from the answer.
        first_s: Seconds until the first token of a short prompt.
    """

    reachable: bool = False
    problem: str = ""
    models: tuple[str, ...] = ()
    context: int | None = None
    streams: bool | None = None
    schema: bool | None = None
    tools: bool | None = None
    reasoning: bool | None = None
    tokens_per_s: float | None = None
    first_s: float | None = None
    notes: tuple[str, ...] = ()

    def told(self) -> str:
        """In one line."""
        answers = {
            "streams": self.streams,
            "schema": self.schema,
            "tools": self.tools,
            "reasoning": self.reasoning,
        }
        able = ", ".join(f"{name} {'yes' if can else 'no'}" for name, can in answers.items() if can is not None)
        size = f"context {self.context:,}" if self.context else ""
        speed = f"{self.tokens_per_s:.0f} tokens/s" if self.tokens_per_s else ""
        first = f"first token after {self.first_s:.2f} s" if self.first_s else ""
        return "; ".join(part for part in (size, able, speed, first, *self.notes) if part) or "answers"


async def glance(chat: OpenAIChat, timeout_s: float = 1.5) -> Found:
    """Only what costs no token: whether it is there, its models and its context."""
    role = chat.role
    try:
        async with asyncio.timeout(timeout_s):
            listed = await _get_json(chat, f"{role.base_url.rstrip('/')}/models")
    except AntiphonError as error:
        return Found(problem=str(error))
    except TimeoutError:
        return Found(problem=str(EndpointTimeout(f"no answer within {timeout_s:g} s", at=role.base_url)))
    cards = [card for card in _cards(listed) if isinstance(card.get("id"), str)]
    models = tuple(card["id"] for card in cards)
    found = Found(reachable=True, models=models, context=_context(cards, role.model))
    if models and role.model not in models and len(models) > 1:
        return replace(found, notes=(f"it does not list the model {role.model!r}",))
    return found


async def probe(chat: OpenAIChat) -> Found:
    """Ask everything; each question is bounded by `QUESTION_S`."""
    found = await glance(chat)
    if not found.reachable:
        return found
    for question in (_streaming, _schema, _tools):
        try:
            async with asyncio.timeout(QUESTION_S):
                found = await question(chat, found)
        except AntiphonError as error:
            if found.streams is None:
                return replace(found, problem=str(error))
            found = replace(found, notes=(*found.notes, str(error)))
        except TimeoutError:
            found = replace(found, notes=(*found.notes, f"a question got no answer within {QUESTION_S:g} s"))
    return found


async def abilities_found(chat: OpenAIChat) -> Abilities | None:
    """Only the two questions an agent depends on; None where the server answers neither."""
    found = Found()
    for question in (_schema, _tools):
        with suppress(AntiphonError, TimeoutError):
            async with asyncio.timeout(QUESTION_S):
                found = await question(chat, found)
    return abilities_in(found)


def abilities_in(found: Found) -> Abilities | None:
    """What an agent needs to know of what was found out; None where nothing was."""
    if found.schema is None and found.tools is None:
        return None
    return Abilities(schema=found.schema is True, tools=found.tools is True)


async def _streaming(chat: OpenAIChat, found: Found) -> Found:
    start = time.perf_counter()
    times: list[float] = []
    reasoning, tokens = False, 0
    request = ChatRequest((Message("user", "Count from one to twelve in words."),), max_tokens=32)
    async with aclosing(chat.stream(request)) as deltas:
        async for delta in deltas:
            match delta:
                case TextDelta() | ReasoningDelta():
                    times.append(time.perf_counter())
                    reasoning = reasoning or isinstance(delta, ReasoningDelta)
                case Usage():
                    tokens = delta.completion
                case Finish() | _:
                    pass
    spent = times[-1] - times[0] if times else 0
    speed = ((tokens or len(times)) - 1) / spent if spent > 0 else None
    return replace(
        found,
        streams=len(times) > 1,
        reasoning=reasoning,
        tokens_per_s=speed,
        first_s=times[0] - start if times else None,
    )


async def _schema(chat: OpenAIChat, found: Found) -> Found:
    """A question whose free answer would be another: a server that ignores the schema says blue."""
    asked = ChatRequest((Message("user", "What colour is the sky? Answer in one word."),), _SCHEMA, max_tokens=64)
    reply = await complete(chat, asked)
    with suppress(ValueError, TypeError, KeyError):
        return replace(found, schema=json.loads(reply.text)["colour"] in ("teal", "ochre"))
    return replace(found, schema=False)


async def _tools(chat: OpenAIChat, found: Found) -> Found:
    asked = ChatRequest(
        (Message("user", "What is the weather in Paris? Use the tool."),), tools=(_TOOL,), max_tokens=64
    )
    async with aclosing(chat.stream(asked)) as deltas:
        async for delta in deltas:
            if isinstance(delta, ToolCallDelta) and delta.name:
                return replace(found, tools=delta.name == "get_weather")
    return replace(found, tools=False)


async def _get_json(chat: OpenAIChat, url: str) -> Any:
    headers = {"Authorization": f"Bearer {chat.client.api_key}"}
    try:
        async with httpx2.AsyncClient(trust_env=not is_loopback(url), timeout=5) as client:
            answer = await client.get(url, headers=headers)
    except FAILURES as error:
        raise failure(error, chat.role, began=False) from error
    if answer.status_code in (401, 403):
        raise EndpointRefused(
            "the server wants a key",
            at=chat.role.base_url,
            hint=f"Check {chat.role.api_key_env or '`api_key_env` of the role in app.yaml'}",
            status=answer.status_code,
        )
    try:
        return answer.json()
    except ValueError:
        return {}


def _cards(listed: Any) -> list[dict[str, Any]]:
    data = listed.get("data") if isinstance(listed, dict) else None
    return [card for card in data if isinstance(card, dict)] if isinstance(data, list) else []


def _context(cards: list[dict[str, Any]], model: str) -> int | None:
    """vLLM and SGLang say `max_model_len`, llama.cpp `meta.n_ctx` or what it was trained with."""
    chosen = next((card for card in cards if card["id"] == model), cards[0] if len(cards) == 1 else {})
    meta = chosen.get("meta") or {}
    for size in (chosen.get("max_model_len"), meta.get("n_ctx"), meta.get("n_ctx_train")):
        if isinstance(size, int):
            return size
    return None
