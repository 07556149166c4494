"""A document held against a Pydantic type: every complaint at once, each with its place in the file."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from .errors import FileError, InputError, Problem
from .suggest import did_you_mean
from .yaml_reading import Document, Path_


class Strict(BaseModel):
    """What files are read into: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


T = TypeVar("T", bound=BaseModel)


def checked(document: Document, type_: type[T]) -> T:
    """Make a `type_` of a document.

    Raises:
        FileError: with one problem for each thing that is wrong.
    """
    if not isinstance(document.value, dict):
        raise FileError([Problem(document.at(()), f"expected keys and values, found {_plain(document.value)}")])
    try:
        return type_.model_validate(document.value, by_alias=True, by_name=False)
    except ValidationError as error:
        raise FileError([_problem(dict(item), document, type_) for item in error.errors(include_url=False)]) from None


def settings(values: Mapping[str, Any], type_: type[T], at: str) -> T:
    """Make a `type_` of values that are no longer in a document.

    Args:
        at: What they belong to, for the message.
    Raises:
        InputError: with the first thing that is wrong.
    """
    try:
        return type_.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(f"{where!r}: {first['msg'][0].lower()}{first['msg'][1:]}", at=at) from None


def _problem(error: dict[str, Any], document: Document, type_: type[BaseModel]) -> Problem:
    path = _written_path(error["loc"], document)
    name = ".".join(map(str, path)) or "the file"
    match error["type"]:
        case "extra_forbidden":
            known = _fields_at(type_, path[:-1], document)
            hint = did_you_mean(str(path[-1]), known) if known else "Remove it"
            return Problem(document.at(path), f"unknown key {path[-1]!r}", hint)
        case "missing":
            return Problem(document.at(path), f"{_join(path, error['loc'][-1])!r} is missing")
        case "union_tag_invalid":
            tag, expected = error["ctx"]["tag"], error["ctx"]["expected_tags"].replace("'", "").split(", ")
            key = error["ctx"]["discriminator"].strip("'")
            return Problem(document.at((*path, key), value=True), f"unknown {key} {tag!r}", did_you_mean(tag, expected))
        case "union_tag_not_found":
            return Problem(document.at(path), f"{name!r} has no {error['ctx']['discriminator'].strip(chr(39))!r}")
        case "literal_error":
            expected = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
            hint = did_you_mean(str(error["input"]), expected)
            return Problem(document.at(path, value=True), f"{name!r} cannot be {error['input']!r}", hint)
        case _:
            message = error["msg"].removeprefix("Value error, ").removeprefix("Input ")
            message = f"{name!r} {message}" if message.startswith("should") else f"{name!r}: {message}"
            if isinstance(error["input"], dict | list):  # what is wrong is how its parts go together
                return Problem(document.at(path), message)
            return Problem(document.at(path, value=True), f"{message}, found {_plain(error['input'])}")


def _written_path(loc: tuple[str | int, ...], document: Document) -> Path_:
    """Pydantic's location without the union tags it adds, which the file does not have."""
    path: Path_ = ()
    for part in loc:
        if (*path, part) in document.positions:
            path = (*path, part)
    return path


def _fields_at(type_: type[BaseModel], path: Path_, document: Document) -> list[str]:
    """The keys allowed at `path`: walk the JSON schema, taking the branch of a union its tag selects."""
    schema = type_.model_json_schema()
    definitions = schema.get("$defs", {})
    value: Any = document.value

    def resolve(schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            schema = definitions[schema["$ref"].rsplit("/", 1)[1]]
        if "discriminator" in schema and isinstance(value, dict):
            chosen = schema["discriminator"]["mapping"].get(value.get(schema["discriminator"]["propertyName"]))
            return resolve({"$ref": chosen}) if chosen else {}
        for option in schema.get("anyOf", []):
            if resolve(option).get("type") == ("array" if isinstance(value, list) else "object"):
                return resolve(option)
        return schema

    here = resolve(schema)
    for part in path:
        value = value[part]
        properties = here.get("properties", {})
        others = here.get("additionalProperties") or next(iter(here.get("patternProperties", {}).values()), None)
        below = here.get("items", {}) if isinstance(part, int) else properties.get(part, others)
        if not isinstance(below, dict):
            return []
        here = resolve(below)
    return list(here.get("properties", {}))


def _join(path: Path_, last: Any) -> str:
    parts = [*path] if path and path[-1] == last else [*path, last]
    return ".".join(map(str, parts))


def _plain(value: Any) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
