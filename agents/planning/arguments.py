"""The arguments of one call, decoded against that tool's own parameters."""

import json
import re
from collections.abc import Mapping
from typing import Any

from ..models.chat import ChatRequest, Message, Reply
from .acting import json_in, offered, parameters
from .argument_words import worked
from .grounding import grounded
from .mentioned import mended
from .messages import turns
from .types import Call, Offered, Task

HISTORY = 4
"""Messages of what was said before that a model reads for arguments: "and in Rome?"."""
_KEPT = {
    "type", "enum", "const", "required", "$ref", "title", "description", "minItems", "maxItems", "minLength",
    "maxLength", "minimum", "maximum", "items", "additionalProperties", "anyOf", "oneOf", "properties", "$defs",
}  # fmt: skip
_SUCH_AS = re.compile(
    r"[,(，（]?\s*(?:such as|e\.g\.|for example|for instance|例如|比如)[,:：]?\s*"
    r"""(?:"[^"]*"|“[^”]*”|'[^']*'|[^.;。；)）"“])*[)）]?""",
    re.IGNORECASE,
)
_NAMED = {"properties", "$defs"}
_QUERIES, _QUERY = ("query", "question", "search_query", "keywords"), 200
"""A search is asked the question itself, up to so many characters: of what a tiny model makes of it the search knows
less."""
_HOW = (
    "Read the request and give the arguments of the function as JSON. Copy names and words from the request as they "
    "stand there. Leave out what it does not say."
)


def filling(task: Task, tool: str, seen: str) -> ChatRequest:
    """Ask for the arguments of a tool.

    Args:
        seen: Observations so far, framed as data.
    """
    one = next(each for each in task.tools if each.name == tool)
    shown = turns(
        (_posed(function, request), json.dumps(given, ensure_ascii=False))
        for function, request, given in worked(task.language)
    )
    question = f"{task.question}\n\n{seen}" if seen else task.question
    messages = (Message("system", _HOW), *shown, *task.history[-HISTORY:], Message("user", _posed(one, question)))
    return ChatRequest(messages, schema=decodable(one.parameters, tool), max_tokens=task.max_tokens)


def _posed(tool: Offered, request: str) -> str:
    about = f"Function {tool.name}: {' '.join(tool.description.split())}".rstrip(": ")
    return f"{about}\n{_listed(tool.parameters)}\nRequest: {request}"


def filled(task: Task, request: ChatRequest, reply: Reply) -> Call | None:
    """The call whose arguments were asked for; None where they cannot be read."""
    tool = str((request.schema or {}).get("title", ""))
    value = json_in(reply.text)
    if not isinstance(value, dict):
        return None
    schema = offered(task, tool)
    named = ((name, one) for name, one in value.items() if name in parameters(schema))
    given = {name: one.strip() if isinstance(one, str) else one for name, one in named}
    given = mended(given, parameters(schema), task.question)
    if not task.history and request.messages[-1].content.endswith(task.question):  # nothing was said or seen before
        given |= {name: task.question for name in given if name in _QUERIES and len(task.question) <= _QUERY}
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
    required = schema.get("required", ())
    return "\n".join(
        f"- {name} ({_type(one, name in required)}): {_bare(one)}".rstrip(": ")
        for name, one in parameters(schema).items()
    )


def _bare(one: Mapping[str, Any]) -> str:
    """A description without its examples: a tiny model would take them for what the request says."""
    return _SUCH_AS.sub("", str(one.get("description", "")))


def _type(one: Mapping[str, Any], required: bool) -> str:
    enum = one.get("enum")
    several = " | ".join(map(str, enum)) if isinstance(enum, list) else str(one.get("type", ""))
    return ", ".join(part for part in (several, "" if required else "optional") if part)
