"""The operations of an OpenAPI document, each with one flat schema of what it takes (https://spec.openapis.org/oas)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..base.errors import InputError
from ..base.json_schema import looked_up, shortened, whole
from ..base.toolset import distinct, valid_name

METHODS = ("get", "head", "post", "put", "patch", "delete")
MAX_DESCRIPTION = 600
_NEVER_SENT = frozenset({"accept", "content-type", "authorization"})
"""Headers that an OpenAPI document cannot ask for: they belong to other parts of it."""
In = Literal["path", "query", "header", "body", "whole body"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one argument goes.

    Attributes:
        name: As the service calls it.
        style: How a list or an object is written in an address, as in the document.
    """

    where: In
    name: str
    style: str = ""
    explode: bool = True


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing a service can do.

    Attributes:
        places: Where each argument goes.
        parameters: A JSON schema of all arguments, without references.
    """

    name: str
    description: str
    method: str
    path: str
    places: Mapping[str, Place]
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """An operation as the document has it."""

    method: str
    path: str
    raw: Mapping[str, Any]
    shared: tuple[Any, ...]

    @property
    def called(self) -> str:
        """The operation in words, for messages."""
        return f"{self.method.upper()} {self.path}"


def listed(document: Mapping[str, Any]) -> dict[str, Listed]:
    """Every operation by the name of its tool: its operationId, else its method and path."""
    found = [*_every(document)]
    ids = (one.raw.get("operationId") for one in found)
    names = distinct(
        valid_name(id_ if isinstance(id_, str) and id_ else f"{one.method} {one.path}")
        for id_, one in zip(ids, found, strict=True)
    )
    return dict(zip(names, found, strict=True))


def _every(document: Mapping[str, Any]) -> Iterator[Listed]:
    for path, item in _mapping(document.get("paths")).items():
        there = _mapping(_resolved(item, document))
        shared = tuple(_list(there.get("parameters")))
        for method in METHODS:
            if isinstance(there.get(method), Mapping) and isinstance(path, str):
                yield Listed(method, path, there[method], shared)


def operation(name: str, one: Listed, document: Mapping[str, Any]) -> Operation:
    """An operation with what it takes; the rest of the document may be wrong.

    What stands in path, query and body is one flat list of arguments; a body that is no object, or has a name that
    is taken, becomes the argument `body`. Headers are left out unless they are required, and cookies with them.

    Raises:
        InputError: a `$ref` leads out of the document or to nothing; or it needs what cannot be sent: a cookie, or
            a body that is no JSON.
    """
    try:
        return _operation(name, one, document)
    except InputError as error:
        error.at = error.at or one.called
        raise


def _operation(name: str, one: Listed, document: Mapping[str, Any]) -> Operation:
    places: dict[str, Place] = {}
    properties: dict[str, Any] = {}
    required: list[str] = []
    for given in _parameters(one, document):
        where = given["in"]
        argument = given["name"] if given["name"] not in places else f"{where}_{given['name']}"
        if where == "cookie":
            raise InputError(f"it needs the cookie {given['name']!r}, which no tool sends")
        explode = given.get("explode", given.get("style", "form") == "form")
        places[argument] = Place(where, given["name"], str(given.get("style", "")), bool(explode))
        properties[argument] = _schema_of(given, document)
        if given.get("required") is True or where == "path":
            required.append(argument)
    _add_body(one, document, places, properties, required)
    parameters = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    summary, more = (one.raw.get(key) for key in ("summary", "description"))
    description = ". ".join(dict.fromkeys(str(text).strip().rstrip(".") for text in (summary, more) if text))
    said = shortened(description or one.called, MAX_DESCRIPTION)
    return Operation(name, said, one.method.upper(), one.path, places, whole(parameters))


def _parameters(one: Listed, document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Those of the path and its own, which come in the place of the former; without what nobody has to send."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for given in (*one.shared, *_list(one.raw.get("parameters"))):
        there = _mapping(_resolved(given, document))
        where, name = there.get("in"), there.get("name")
        if where in ("path", "query", "header", "cookie") and isinstance(name, str) and name:
            found[where, name] = there
    needed = [one for (where, _), one in found.items() if where in ("path", "query") or one.get("required") is True]
    return [one for one in needed if one["in"] != "header" or one["name"].lower() not in _NEVER_SENT]


def _schema_of(given: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter's schema, described; some have it under `content`."""
    schema = given.get("schema")
    if schema is None:
        schema = next((_mapping(one).get("schema") for one in _mapping(given.get("content")).values()), {})
    made = whole(_mapping(schema), document)
    if given.get("description"):
        made["description"] = shortened(str(given["description"]), 300)
    return made


def _add_body(
    one: Listed, document: Mapping[str, Any], places: dict[str, Place], properties: dict[str, Any], required: list[str]
) -> None:
    body = _mapping(_resolved(one.raw.get("requestBody", {}), document))
    if not body:
        return
    schema = _json_of(_mapping(body.get("content")))
    must = body.get("required") is True
    if schema is None:
        if must:
            kinds = ", ".join(map(str, _mapping(body.get("content")))) or "of no kind"
            raise InputError(f"its body is {kinds}, and a tool sends JSON")
        return
    made = whole(_mapping(schema), document)
    inner = _mapping(made.get("properties"))
    if not inner or set(inner) & set(places) or made.get("type", "object") != "object":
        name = "body" if "body" not in places else "request_body"
        places[name], properties[name] = Place("whole body", name), made
        required += [name] if must else []
        return
    for name, part in inner.items():
        places[name], properties[name] = Place("body", name), part
    required += [name for name in _list(made.get("required")) if must and name in inner]


def _json_of(content: Mapping[str, Any]) -> Any:
    """The schema of the JSON among the kinds a body may have; None where it may be none."""
    for kind, there in content.items():
        bare = kind.partition(";")[0].strip().lower()
        if bare in ("application/json", "*/*", "application/*") or bare.endswith("+json"):
            return _mapping(there).get("schema", {})
    return None


def _resolved(value: Any, document: Mapping[str, Any]) -> Any:
    """What a `$ref` at the top of a value names, however many lead on."""
    for _ in range(8):
        if not (isinstance(value, Mapping) and "$ref" in value):
            return value
        value = looked_up(value["$ref"], document)
    raise InputError("a $ref leads round in a circle")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
