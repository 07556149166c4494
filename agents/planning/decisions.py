"""What a model wrote as a decision: calls in any of the forms models write, an answer, or one that was cut off."""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from ..models.chat import ChatRequest, Message, Reply
from .acting import arguments_in, is_whole, json_in
from .messages import said
from .types import Call

_NAME = ("tool", "name", "function", "action")
_GIVEN = ("arguments", "parameters", "args", "input", "action_input")
_DECISION = {"thought", "answer", "calls"}
_ENDED_EARLY = ("length", "content_filter")
_MAY_CALL = re.compile(r"\s*(?:<tool_call>|(?:```(?:json|tool_call)?\s*)?[\[{])")
_CUT = {
    "en": "That was cut off, as it was too long. Write it once more, shorter and whole, and nothing else.",
    "zh": "内容太长，被截断了。请重新写一遍，写短一些，写完整，不要写别的。",
}


def calls_in(value: Any, names: Collection[str]) -> Iterator[Call]:
    """Calls in any of the forms models write: a list, one alone, `tool` or `name`, `arguments` or `parameters`,
    `action` and `action_input`, or the tool's name as the only key.

    Args:
        names: Of the tools that are offered. Another name counts only where arguments stand beside it: a person has a
            name, too.
    """
    if isinstance(value, list):
        for one in value:
            if isinstance(one, dict):
                yield from calls_in(one, names)
    elif isinstance(value, dict):
        if isinstance(value.get("calls"), list | dict):
            yield from calls_in(value["calls"], names)
        elif (call := _call(value, names)) is not None:
            yield call


def _call(value: dict[str, Any], names: Collection[str]) -> Call | None:
    function = value.get("function")
    if isinstance(function, dict):
        value = function
    name = next((value[key] for key in _NAME if isinstance(value.get(key), str)), "")
    key = next((key for key in _GIVEN if key in value), None)
    if name and (key or name in names):
        given: Any = value[key] if key else {}
        given = arguments_in(given) if isinstance(given, str) else given
        return None if _is_final(value) else Call(name, given if isinstance(given, dict) else {})
    only = next(iter(value), "")
    return Call(only, value[only]) if len(value) == 1 and only in names and isinstance(value[only], dict) else None


def _is_final(value: dict[str, Any]) -> bool:
    """ReAct as some libraries write it: the answer is an action, too."""
    return str(value.get("action", "")).casefold() == "final answer"


def answer_in(value: Any) -> str | None:
    """The answer of a decision, numbers and truth values as text; None where it has none, or calls besides."""
    if not isinstance(value, dict) or value.get("calls"):
        return None
    answer = value.get("action_input") if _is_final(value) else value.get("answer")
    if isinstance(answer, bool | int | float):
        return json.dumps(answer)
    return answer.strip() if isinstance(answer, str) else None


def in_words(text: str, names: Collection[str]) -> str:
    """A reply that is to be an answer, without the JSON round it; "" where it is a call instead."""
    text = text.strip()
    if not _MAY_CALL.match(text):
        return text
    value = json_in(text)
    answer = answer_in(value)
    if answer is not None and (_is_final(value) or {*value} <= _DECISION):
        return answer
    is_call = text.startswith("<tool_call>") or (isinstance(value, dict) and "calls" in value)
    return "" if is_call or any(calls_in(value, names)) else text


def is_cut(reply: Reply) -> bool:
    """Whether its text ended before its end: of 1000 may be left 1, so nothing is mended into a call."""
    return reply.finish in _ENDED_EARLY and not is_whole(reply.text)


def is_call_cut(reply: Reply, names: Collection[str]) -> bool:
    """Whether native calls were cut off, or such as a server left in the text."""
    if reply.finish not in _ENDED_EARLY:
        return False
    if reply.calls:
        return not all(is_whole(call.arguments) for call in reply.calls)
    return is_cut(reply) and (bool(_MAY_CALL.match(reply.text)) or any(calls_in(json_in(reply.text), names)))


def shorter(request: ChatRequest, reply: Reply, language: str) -> ChatRequest:
    """Ask for what was cut off once more."""
    written = Message("assistant", reply.text or "...")
    return replace(request, messages=(*request.messages, written, Message("user", said(_CUT, language))))
