"""JSON schemas of a tool's parameters: made small and whole for a model, and arguments held against them."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from .errors import InputError
from .suggest import did_you_mean

MAX_SIZE = 12_000
"""Characters of JSON of one tool's parameters: about 3,000 tokens, most of what a small model reads at once."""
MAX_TEXT = 300
"""Characters of one description inside of it."""
_DEPTHS = (8, 5, 4, 3, 2, 1)
_MAX_PARTS = 2_000
_KEPT = frozenset(
    "type enum const format default description required minimum maximum exclusiveMinimum exclusiveMaximum multipleOf "
    "minLength maxLength pattern minItems maxItems uniqueItems minProperties maxProperties".split()
)
"""What says which values are right; examples, titles and markup are left out."""
_MAPS, _LISTS, _SINGLE = ("properties", "patternProperties"), ("anyOf", "oneOf", "prefixItems"), ("items", "not")


class _TooLarge(Exception):
    pass


def whole(schema: Mapping[str, Any], document: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The schema with every `$ref` replaced by what it names, `allOf` joined, and `nullable` of OpenAPI 3.0 as a type.

    What goes deeper than a model can use, or round in a circle, becomes a schema of its type that allows anything.

    Args:
        document: What `#/...` is looked for in; the schema itself by default.
    Raises:
        InputError: a `$ref` leads out of the document, or to nothing.
    """
    found: dict[str, Any] = {}
    for depth in _DEPTHS:
        try:
            found = _Whole(schema if document is None else document).of(schema, depth, ())
        except (_TooLarge, RecursionError):
            continue
        if len(json.dumps(found, default=str)) <= MAX_SIZE:
            return found
    if not found:
        return {"type": "object"}
    properties = {name: _outline(one) for name, one in found.get("properties", {}).items()}
    return {key: value for key, value in found.items() if key in ("type", "required")} | {"properties": properties}


def looked_up(ref: Any, document: Mapping[str, Any]) -> Any:
    """What a `$ref` names (https://www.rfc-editor.org/rfc/rfc6901).

    Raises:
        InputError: it leads out of the document, or to nothing.
    """
    if not isinstance(ref, str) or not ref.startswith("#"):
        hint = "Write what it names into the document itself: nothing is fetched from elsewhere"
        raise InputError(f"$ref {str(ref)[:120]!r} leads out of the document", hint=hint)
    value: Any = document
    for part in ref[1:].split("/")[1:]:
        name = unquote(part).replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            raise InputError(f"$ref {ref[:120]!r} leads to nothing")
    return value


class _Whole:
    """One try with a depth; `_parts` counts, as a schema may double and double."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document, self._parts = document, 0

    def of(self, schema: Any, depth: int, inside: tuple[str, ...]) -> dict[str, Any]:
        self._parts += 1
        if self._parts > _MAX_PARTS:
            raise _TooLarge
        if not isinstance(schema, Mapping):  # true and false are schemas, too
            return {}
        if "$ref" in schema:
            return self._named(schema, depth, inside)
        if depth <= 0:
            return _outline(schema)
        kept = {key: value for key, value in schema.items() if key in _KEPT}
        kept |= self._nested(schema, depth - 1, inside)
        for part in _list(schema.get("allOf")):
            _join(kept, self.of(part, depth, inside))
        _shorten(kept)
        return _nullable(kept) if schema.get("nullable") is True else kept

    def _named(self, schema: Mapping[str, Any], depth: int, inside: tuple[str, ...]) -> dict[str, Any]:
        ref = schema["$ref"]
        named = looked_up(ref, self._document)
        if ref in inside or len(inside) > 32:
            return _outline(named) if isinstance(named, Mapping) else {}
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        found = self.of(named, depth, (*inside, ref))
        return {**found, **self.of(beside, depth, inside)} if beside else found

    def _nested(self, schema: Mapping[str, Any], depth: int, inside: tuple[str, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key in _MAPS:
            if isinstance(schema.get(key), Mapping):
                given = {str(name): one for name, one in schema[key].items() if not _is_read_only(one)}
                found[key] = {name: self.of(one, depth, inside) for name, one in given.items()}
                if len(given) < len(schema[key]):
                    found["required"] = [name for name in _list(schema.get("required")) if name in given]
        for key in _LISTS:
            if isinstance(schema.get(key), list):
                found[key] = [self.of(one, depth, inside) for one in schema[key]]
        for key in _SINGLE:
            if isinstance(schema.get(key), Mapping):
                found[key] = self.of(schema[key], depth, inside)
        more = schema.get("additionalProperties")
        if more is not None:
            found["additionalProperties"] = self.of(more, depth, inside) if isinstance(more, Mapping) else more
        return found


def _is_read_only(schema: Any) -> bool:
    """Whether only the other side writes it."""
    return isinstance(schema, Mapping) and schema.get("readOnly") is True


def _outline(schema: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: schema[key] for key in ("type", "description", "enum") if key in schema}
    if "type" not in kept and ("properties" in schema or "allOf" in schema):
        kept["type"] = "object"
    return _shorten(kept)


def _shorten(schema: dict[str, Any]) -> dict[str, Any]:
    text = schema.get("description")
    if text is not None:
        schema["description"] = shortened(str(text), MAX_TEXT)
    return schema


def shortened(text: str, most: int) -> str:
    """On one line, and not longer."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 3] + "..."


def _join(base: dict[str, Any], part: Mapping[str, Any]) -> None:
    """Join what `allOf` asks for, too, in place."""
    for key, value in part.items():
        if key in ("properties", "patternProperties"):
            base[key] = {**base.get(key, {}), **value}
        elif key == "required":
            base[key] = [*dict.fromkeys([*_list(base.get(key)), *_list(value)])]
        else:
            base.setdefault(key, value)


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    return schema


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def held_against(arguments: Mapping[str, Any], schema: Mapping[str, Any], at: str) -> None:
    """Look at the names of arguments and the types of their values; what is inside of them the other side looks at.

    A name that the schema does not have is refused, unless it says that others are welcome.

    Raises:
        InputError: one is missing, unknown or of another type; the message names what is right.
    """
    properties = schema.get("properties")
    known: Mapping[str, Any] = properties if isinstance(properties, Mapping) else {}
    for name in arguments:
        if name not in known and not _is_open(schema):
            hint = did_you_mean(name, known) or "It takes no arguments"
            raise InputError(f"argument {name!r}: there is none of that name", at=at, hint=hint)
    for name in _list(schema.get("required")):
        if name not in arguments:
            wanted = _wanted(known.get(name))
            raise InputError(f"argument {name!r}: it is missing{f', give {wanted}' if wanted else ''}", at=at)
    for name, value in arguments.items():
        one = known.get(name)
        if isinstance(one, Mapping) and not _fits(value, one):
            raise InputError(f"argument {name!r}: give {_wanted(one)}, not {told(value)}", at=at)


def _is_open(schema: Mapping[str, Any]) -> bool:
    more = schema.get("additionalProperties", False)
    return more is not False or any(key in schema for key in ("patternProperties", "anyOf", "oneOf", "allOf", "$ref"))


_IS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list, tuple),
    "object": (Mapping,),
    "null": (type(None),),
}
_CALLED = {
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def _fits(value: Any, schema: Mapping[str, Any]) -> bool:
    for key in ("anyOf", "oneOf"):
        if _list(schema.get(key)) and not any(
            one is True or (isinstance(one, Mapping) and _fits(value, one)) for one in schema[key]
        ):
            return False
    if "const" in schema and not _same(value, schema["const"]):
        return False
    if _list(schema.get("enum")) and not any(_same(value, one) for one in schema["enum"]):
        return False
    types = _types(schema)
    return not types or any(_is(value, type_) for type_ in types)


def _same(value: Any, other: Any) -> bool:
    return bool(value == other) and isinstance(value, bool) == isinstance(other, bool)


def _is(value: Any, type_: str) -> bool:
    if isinstance(value, bool):
        return type_ == "boolean"
    if type_ == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _IS[type_])


def _types(schema: Mapping[str, Any]) -> list[str]:
    given = schema.get("type")
    names: Iterable[Any] = given if isinstance(given, list) else [given]
    known = [name for name in names if isinstance(name, str) and name in _IS]
    return known if given is not None and len(known) == len([*names]) else []


def _wanted(schema: Any) -> str:
    """What is right, in words; "" where anything is."""
    if not isinstance(schema, Mapping):
        return ""
    if "const" in schema:
        return told(schema["const"])
    if _list(schema.get("enum")):
        some = [told(one) for one in schema["enum"][:12]]
        return "one of " + ", ".join(some) + (", ..." if len(schema["enum"]) > len(some) else "")
    either = [*_list(schema.get("anyOf")), *_list(schema.get("oneOf"))]
    if either:
        return " or ".join(dict.fromkeys(filter(None, map(_wanted, either))))
    return " or ".join(_CALLED[name] for name in _types(schema))


def told(value: Any) -> str:
    """A value in a message, on one line and not long."""
    return shortened(json.dumps(value, ensure_ascii=False, default=str), 60)
