"""Operations as tools, called through the service: its address, its keys and its limits count, not the document's."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ..base.errors import InputError
from ..base.tool import KEY, Tool
from ..base.toolset import chosen
from ..services.service import Service
from .operations import Operation, Place, listed, operation

_HARMLESS = ("GET", "HEAD")
_IDEMPOTENT = ("PUT", "DELETE")
"""Sent twice they do no more than once: https://www.rfc-editor.org/rfc/rfc9110#name-idempotent-methods"""


def tools_of(document: Mapping[str, Any], service: Service, only: Sequence[str] = ()) -> tuple[Tool, ...]:
    """The operations of a document as tools; `servers` in it count for nothing.

    Args:
        only: The names of those that are meant; all that can be called by default.
    Raises:
        InputError: there is none of such a name, one of them cannot be called, or there are too many.
    """
    at = f"the OpenAPI document of service {service.name}"
    found = chosen(listed(document), only, at)
    made = []
    for name, one in found.items():
        try:
            made.append(_tool(operation(name, one, document), service))
        except InputError as error:
            if only or "$ref" in error.problem:
                error.at = f"{at}, {error.at}"
                raise
    if not made:
        raise InputError("there is no operation in it that can be called", at=at)
    return tuple(made)


def _tool(one: Operation, service: Service) -> Tool:
    async def plain(**arguments: Any) -> Any:
        return await _asked(one, service, arguments)

    async def keyed(*, idempotency_key: str = "", **arguments: Any) -> Any:
        return await _asked(one, service, arguments, idempotency_key)

    effects = one.method not in _HARMLESS
    is_keyed = effects and (one.method in _IDEMPOTENT or service.is_keyed) and KEY not in one.places
    function = keyed if is_keyed else plain
    return Tool(one.name, one.description, function, effects, one.parameters)


async def _asked(one: Operation, service: Service, arguments: Mapping[str, Any], key: str = "") -> Any:
    path, body = one.path, None
    query: dict[str, Any] = {}
    headers: dict[str, str] = {}
    for name, value in arguments.items():
        place = one.places[name]
        match place.where:
            case "path":
                path = path.replace(f"{{{place.name}}}", _in_path(name, value))
            case "query":
                query |= _in_query(place, value)
            case "header":
                headers[place.name] = _in_header(name, value)
            case "whole body":
                body = value
            case "body":
                body = {**(body or {}), place.name: value}
    answer = await service.ask(one.method, path, query, body, key=key, headers=headers)
    if answer.json is not None or answer.text.strip() == "null":
        return answer.json
    return answer.text or f"(done: {answer.status})"


def _in_path(name: str, value: Any) -> str:
    text = ",".join(map(_written, value)) if isinstance(value, list | tuple) else _written(value)
    if not text:
        raise InputError(f"argument {name!r}: it is part of an address and cannot be empty")
    return quote(text, safe=",")


def _in_query(place: Place, value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        deep = place.style == "deepObject"
        return {f"{place.name}[{key}]" if deep else str(key): one for key, one in value.items()}
    if isinstance(value, list | tuple) and not place.explode:
        separator = {"spaceDelimited": " ", "pipeDelimited": "|"}.get(place.style, ",")
        return {place.name: separator.join(map(_written, value))}
    return {place.name: value}


def _in_header(name: str, value: Any) -> str:
    text = _written(value)
    if not text.isascii() or not text.isprintable():
        raise InputError(f"argument {name!r}: a header holds plain ASCII letters, digits and signs")
    return text


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
