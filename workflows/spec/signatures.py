"""What a tool or a registered function takes and returns, as the checks compare it: read from its annotations."""

import dataclasses
import inspect
from collections.abc import Mapping
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints, is_typeddict

from pydantic import BaseModel

from ...tools.base.tool import KEY, Tool
from .shapes import ANY, BOOLEAN, INTEGER, LIST, NUMBER, OBJECT, STRING, Type, list_of, record

__all__ = ["Parameter", "Signature", "signature_of"]

_DEPTH = 8


class Parameter(NamedTuple):
    """One thing a function takes."""

    type: Type
    required: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes by name, and what it returns.

    Attributes:
        open: Whether it takes any name: **named.
    """

    parameters: Mapping[str, Parameter]
    returns: Type
    open: bool = False


@lru_cache(maxsize=256)
def signature_of(tool: Tool) -> Signature | None:
    """The signature of a tool's function; None where Python cannot tell."""
    if tool.parameters is not None:
        return _of_schema(tool.parameters)
    try:
        found = inspect.signature(tool.function)
    except (ValueError, TypeError):
        return None
    hints = _hints(tool.function)
    parameters = {
        name: Parameter(type_from(hints.get(name, Any)), one.default is one.empty)
        for name, one in found.parameters.items()
        if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY) and name != KEY  # the run gives that
    }
    open_ = any(one.kind is one.VAR_KEYWORD for one in found.parameters.values())
    return Signature(parameters, type_from(hints.get("return", Any)), open_)


def _of_schema(schema: Mapping[str, Any]) -> Signature:
    """What a tool with a JSON schema takes; the other side looks at what is inside of it."""
    required = schema.get("required", ())
    parameters = {
        name: Parameter(_SCHEMA.get(str(one.get("type")), ANY) if isinstance(one, Mapping) else ANY, name in required)
        for name, one in schema.get("properties", {}).items()
    }
    return Signature(parameters, ANY, bool(schema.get("additionalProperties", False)))


def _hints(function: Any) -> dict[str, Any]:
    """Annotations as types; none where one of them names what is not there."""
    try:
        return get_type_hints(function)
    except (NameError, TypeError, AttributeError, SyntaxError):
        return {}


def type_from(annotation: Any, depth: int = 0) -> Type:
    """The type an annotation stands for; any where ours have no word for it.

    >>> str(type_from(list[int])), str(type_from(int | None))
    ('list of integer', 'any')
    """
    origin, given = get_origin(annotation), get_args(annotation)
    if depth > _DEPTH or annotation in (Any, None, NoneType) or origin in (Union, UnionType):
        return ANY
    if origin is Literal:
        texts = all(isinstance(one, str) for one in given)
        return Type("string", enum=tuple(given)) if texts else ANY
    if origin is not None and hasattr(annotation, "__metadata__"):  # Annotated
        return type_from(given[0], depth)
    kind = origin if isinstance(origin, type) else annotation
    if not isinstance(kind, type):
        return ANY
    if is_typeddict(kind) or dataclasses.is_dataclass(kind) or issubclass(kind, BaseModel):
        return _record(kind, depth)
    return _plain(kind, given, depth)


def _plain(kind: type, given: tuple[Any, ...], depth: int) -> Type:
    for known, type_ in _PLAIN.items():
        if kind is known:
            return type_
    if kind.__name__ in ("list", "tuple", "Sequence", "Iterable"):
        same = given[:1] if len(given) == 1 or given[1:] == (...,) else ()
        return list_of(type_from(same[0], depth + 1)) if same else LIST
    return OBJECT if kind.__name__ in ("dict", "Mapping", "MutableMapping") else ANY


def _record(kind: type, depth: int) -> Type:
    hints = _hints(kind)
    if issubclass(kind, BaseModel):
        names = list(kind.model_fields)
    elif dataclasses.is_dataclass(kind):
        names = [one.name for one in dataclasses.fields(kind)]
    else:
        optional: frozenset[str] = getattr(kind, "__optional_keys__", frozenset())
        if optional:
            return OBJECT
        names = list(hints)
    return record(**{name: type_from(hints.get(name, Any), depth + 1) for name in names})


_SCHEMA: Mapping[str, Type] = {
    "string": STRING,
    "boolean": BOOLEAN,
    "integer": INTEGER,
    "number": NUMBER,
    "array": LIST,
    "object": OBJECT,
}
_PLAIN: Mapping[type, Type] = {str: STRING, bool: BOOLEAN, int: INTEGER, float: NUMBER}
