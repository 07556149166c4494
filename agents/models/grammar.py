"""A JSON schema as an llguidance grammar without white space: about half the tokens of pretty-printed JSON.

llama.cpp silently ignores a grammar it cannot compile, so only schemas made of the keywords below go this way
(https://github.com/guidance-ai/llguidance/blob/main/docs/json_schema.md).
"""

import json
from collections.abc import Mapping
from typing import Any

_PLAIN = {
    "type", "enum", "const", "required", "$ref", "title", "description", "default",
    "minItems", "maxItems", "minLength", "maxLength", "minimum", "maximum",
}  # fmt: skip
_ONE = {"items", "additionalProperties"}
_MANY = {"anyOf", "oneOf"}
_NAMED = {"properties", "$defs"}


def compact(schema: Any) -> bool:
    """Whether the schema consists of keywords known to work."""
    if isinstance(schema, bool):
        return True
    if not isinstance(schema, Mapping):
        return False
    return all(_keyword(key, value) for key, value in schema.items())


def _keyword(key: str, value: Any) -> bool:
    if key in _ONE:
        return compact(value)
    if key in _MANY:
        return isinstance(value, list) and all(map(compact, value))
    if key in _NAMED:
        return isinstance(value, Mapping) and all(map(compact, value.values()))
    return key in _PLAIN


def guided(schema: Mapping[str, Any]) -> str:
    """The grammar, for the `grammar` field of llama.cpp's server built with llguidance."""
    tight = {**schema, "x-guidance": {"whitespace_flexible": False}}
    return "%llguidance {}\nstart: %json " + json.dumps(tight, ensure_ascii=False)
