"""The arguments of one call, decoded against that tool's own parameters."""

from collections.abc import Mapping
from typing import Any

from ..models.chat import ChatRequest, Message, Reply
from .acting import json_in, offered, parameters
from .grounding import grounded
from .messages import said
from .types import Call, Task

HISTORY = 4
"""Messages of what was said before that a model reads for arguments: "and in Rome?"."""
_KEPT = {
    "type", "enum", "const", "required", "$ref", "title", "description", "minItems", "maxItems", "minLength",
    "maxLength", "minimum", "maximum", "items", "additionalProperties", "anyOf", "oneOf", "properties", "$defs",
}  # fmt: skip
_NAMED = {"properties", "$defs"}
_HOW = {
    "en": "Read the request and give the arguments of the function `{name}` as JSON. {description}\n{parameters}\n"
    "Copy names, numbers and words from the request as they stand there. Leave out what it does not say.",
    "zh": "阅读请求，用 JSON 给出函数 `{name}` 的参数。{description}\n{parameters}\n"
    "人名、数字和词语照抄请求里的原文；请求没有说到的不要写。",
}


def filling(task: Task, tool: str, seen: str) -> ChatRequest:
    """Ask for the arguments of a tool.

    Args:
        seen: Observations so far, framed as data.
    """
    one = next(each for each in task.tools if each.name == tool)
    how = said(_HOW, task.language).format(
        name=tool, description=" ".join(one.description.split()), parameters=_listed(one.parameters)
    )
    question = f"{task.question}\n\n{seen}" if seen else task.question
    messages = (Message("system", how), *task.history[-HISTORY:], Message("user", question))
    return ChatRequest(messages, schema=decodable(one.parameters, tool), max_tokens=task.max_tokens)


def filled(task: Task, request: ChatRequest, reply: Reply) -> Call | None:
    """The call whose arguments were asked for; None where they cannot be read."""
    tool = str((request.schema or {}).get("title", ""))
    value = json_in(reply.text)
    if not isinstance(value, dict):
        return None
    schema = offered(task, tool)
    given = {name: one for name, one in value.items() if name in parameters(schema)}
    said_before = (message.content for message in task.history[-HISTORY:])
    return Call(tool, grounded(given, schema, "\n".join((*said_before, task.question))))


def decodable(schema: Mapping[str, Any], title: str) -> dict[str, Any]:
    """A schema of a tool's arguments with the keywords that servers decode against, and no others.

    What a dropped keyword demands is checked when the tool is called, and told as an observation.
    """
    kept = _kept(schema)
    return {"type": "object", "properties": {}, **kept, "title": title, "additionalProperties": False}


def _kept(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_kept(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    kept: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _NAMED and isinstance(value, Mapping):
            kept[key] = {name: _kept(one) for name, one in value.items()}
        elif key in ("enum", "const"):
            kept[key] = value
        elif key in _KEPT:
            kept[key] = _kept(value)
    return kept


def _listed(schema: Mapping[str, Any]) -> str:
    return "\n".join(f"- {name}: {_meaning(one)}".rstrip(": ") for name, one in parameters(schema).items())


def _meaning(one: Mapping[str, Any]) -> str:
    described = str(one.get("description", ""))
    enum = one.get("enum")
    several = " | ".join(map(str, enum)) if isinstance(enum, list) else str(one.get("type", ""))
    return f"{described} ({several})" if described and several else described or several
