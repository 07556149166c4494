"""Any tool as ours: one of ours, a typed function, or one of LangChain's (https://docs.langchain.com/oss/python).

LangChain is not imported for it: whoever brings one of its tools has imported it.
"""

import sys
from collections.abc import Mapping
from dataclasses import replace
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any

from .errors import InputError, ToolFailed
from .functions import named
from .ids import short_id
from .json_schema import whole
from .plain import NotPlain, plain
from .tool import Tool
from .toolset import valid_name

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool


def as_tool(given: Any, *, effects: bool | None = None) -> Tool:
    """A tool of ours, a typed function or a LangChain tool as a Tool.

    A LangChain tool keeps its name where that is one of ours, too, its description and its schema without what is
    injected; one with `**more` is given arguments of any name. What it returns is the result, as a text where it is no
    plain data (a date); of `content_and_artifact` the content. LangChain does not say whether a
    tool changes something outside, so that counts as no unless `effects` says so.

    Args:
        effects: Whether a call changes something outside; None leaves it as it is.
    Raises:
        InputError: it is nothing of these, or a LangChain tool that needs the state of a graph of its own.
    """
    if isinstance(given, Tool):
        made = given
    elif _is_langchain(given):
        made = _made_of(given)
    elif callable(given) and not isinstance(given, type):
        made = named(given)
    else:
        hint = "Give a typed function, a tool made with @tool, or a LangChain tool"
        raise InputError(f"{type(given).__name__} is no tool", hint=hint)
    return made if effects is None or effects == made.effects else replace(made, effects=effects)


def _is_langchain(given: Any) -> bool:
    module = sys.modules.get("langchain_core.tools")
    return module is not None and isinstance(given, module.BaseTool)


def _made_of(given: "BaseTool") -> Tool:
    given = _open(given)
    injected = _injected(given)
    wants_message = "tool_call_id" in injected or bool(given.handle_tool_error or given.handle_validation_error)

    async def function(**arguments: Any) -> Any:
        if wants_message:  # a handled error is only told from a result in a message
            call = {"name": given.name, "args": arguments, "id": short_id(), "type": "tool_call"}
            return await _called(given, call)
        return await _called(given, arguments)

    return Tool(valid_name(given.name), given.description or "", function, parameters=_parameters(given))


async def _called(given: "BaseTool", call: Mapping[str, Any]) -> Any:
    from langchain_core.messages import ToolMessage
    from langchain_core.tools import ToolException
    from pydantic import ValidationError

    at = f"tool {given.name}"
    try:
        result = await given.ainvoke(dict(call))
    except ToolException as error:
        raise ToolFailed(str(error) or "it failed", at=at) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(f"argument {where!r}: {first['msg']}", at=at) from error
    if not isinstance(result, ToolMessage):
        return _as_text(result)
    if result.status == "error":
        raise ToolFailed(str(_as_text(result.content)), at=at)
    return _as_text(result.content)


def _as_text(content: Any) -> Any:
    """The blocks of a message as text, and what is no plain data as LangChain tells it a model; all else as it is."""
    if not (isinstance(content, list) and content and all(isinstance(one, dict) and "type" in one for one in content)):
        try:
            return plain(content)
        except NotPlain:
            return str(content)
    return "\n".join(str(one["text"]) if "text" in one else f"(a {one['type']})" for one in content)


def _open(given: "BaseTool") -> "BaseTool":
    """The tool with a schema that takes arguments of any name, where its function does (`**more`).

    In LangChain's own schema that is one argument called `more`, and what else is given is left out.
    """
    from pydantic import ConfigDict, create_model

    function = getattr(given, "func", None) or getattr(given, "coroutine", None)
    several = signature(function).parameters.values() if callable(function) else ()
    rest = next((one.name for one in several if one.kind is Parameter.VAR_KEYWORD), "")
    fields: Mapping[str, Any] = getattr(given.args_schema, "model_fields", {})
    if rest not in fields or fields[rest].is_required():
        return given
    kept: dict[str, Any] = {name: (one.annotation, one) for name, one in fields.items() if name != rest}
    config = ConfigDict(extra="allow", arbitrary_types_allowed=True)
    return given.model_copy(update={"args_schema": create_model(given.name, __config__=config, **kept)})


def _injected(given: "BaseTool") -> frozenset[str]:
    """The arguments that no model gives; `tool_call_id` is the only one we have.

    Raises:
        InputError: it cannot be called without another one.
    """
    schema, offered = given.args_schema, given.tool_call_schema
    fields: Mapping[str, Any] = getattr(schema, "model_fields", {})
    left = frozenset(fields) - frozenset(getattr(offered, "model_fields", {})) if fields else frozenset()
    directly: frozenset[str] = getattr(given, "_injected_args_keys", frozenset())  # a ToolRuntime is in no schema
    needed = {name for name in left if fields[name].is_required() and not _is_call_id(fields[name])} | {
        name for name in directly if name not in fields and name != "tool_call_id"
    }
    if needed:
        names = ", ".join(sorted(needed))
        problem = f"it is given {names} by a graph of its own, which there is none of here"
        hint = "Wrap it in a typed function that gives it what it needs"
        raise InputError(problem, at=f"LangChain tool {given.name}", hint=hint)
    ids = {name for name in left if _is_call_id(fields[name])} | (directly & {"tool_call_id"})
    return frozenset({"tool_call_id"} if ids else ())


def _is_call_id(field: Any) -> bool:
    from langchain_core.tools import InjectedToolCallId

    return any(one is InjectedToolCallId or isinstance(one, InjectedToolCallId) for one in field.metadata)


def _parameters(given: "BaseTool") -> dict[str, Any]:
    schema: Any = given.tool_call_schema
    if not isinstance(schema, Mapping):
        schema = schema.model_json_schema() if hasattr(schema, "model_json_schema") else schema.schema()
    made = whole(schema)
    made.pop("description", None)
    if getattr(given.args_schema, "model_config", {}).get("extra") == "allow":  # the schema for models leaves it out
        made["additionalProperties"] = True
    return {"type": "object", "properties": {}, **made}
