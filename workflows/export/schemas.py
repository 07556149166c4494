"""JSON Schema (2020-12) of the files people write, from the types: what an editor completes and underlines.

An editor needs more than Pydantic says: which keys go with which `kind` is written as if and then, so that only the
keys of that kind are offered, and a mistake is told once and not for each kind there is.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from ...agents.roles.types import App
from ..spec.types import WorkflowSpec
from ..testing.types import Suite

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILES: Mapping[str, type[BaseModel]] = {"workflow": WorkflowSpec, "app": App, "test": Suite}


def schema_of(file: str) -> dict[str, Any]:
    """The schema of a `workflow` file, an `app` file or a `test` file."""
    schema = FILES[file].model_json_schema(by_alias=True)
    found: dict[str, Any] = _for_editors(schema, schema["$defs"])
    return {"$schema": DIALECT, "title": f"{file}.yaml of Antiphon"} | found | {"required": _required(found)}


def _required(schema: Mapping[str, Any]) -> list[str]:
    """Every file says which format it has."""
    return ["schema", *(name for name in schema.get("required", ()) if name != "schema")]


def _for_editors(schema: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_for_editors(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "discriminator" in schema:
        return _by_tag(schema, definitions)
    kept = {key: value for key, value in schema.items() if not (key == "title" and isinstance(value, str))}
    if "patternProperties" in kept:
        kept.setdefault("additionalProperties", False)
    return {key: value if key == "default" else _for_editors(value, definitions) for key, value in kept.items()}


def _by_tag(schema: dict[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """A choice by tag, as one object whose tag decides what else it has."""
    tag, targets = schema["discriminator"]["propertyName"], schema["discriminator"]["mapping"]
    about = {value: definitions[target.rsplit("/", 1)[1]].get("description", "") for value, target in targets.items()}
    said = {key: schema[key] for key in ("description", "default") if key in schema}
    return said | {
        "type": "object",
        "required": [tag],
        "properties": {
            tag: {
                "oneOf": [{"const": value} | ({"description": text} if text else {}) for value, text in about.items()]
            }
        },
        "allOf": [
            {"if": {"properties": {tag: {"const": value}}, "required": [tag]}, "then": {"$ref": target}}
            for value, target in targets.items()
        ],
    }
