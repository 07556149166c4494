"""An OpenAPI document from a file or from its service: plain data, of a version we know.

The parts that are needed are read leniently, each by itself: documents in the wild often have a flaw somewhere
(a response without its description, a schema with `required: true`) that has nothing to do with what is called.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..base.errors import InputError

if TYPE_CHECKING:
    from ..services.service import Service

MAX_BYTES = 20_000_000
MAX_DEPTH = 100
MAX_VALUES = 1_000_000
_VERSIONS = ("3.0", "3.1")


def read_document(file: Path) -> dict[str, Any]:
    """The document in a JSON or YAML file.

    Raises:
        InputError: it cannot be read, or is no OpenAPI document of version 3.0 or 3.1.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"the OpenAPI document cannot be read: {error.strerror or error}", at=str(file)) from error
    if len(data) > MAX_BYTES:
        raise InputError(f"the OpenAPI document is larger than {MAX_BYTES:,} bytes", at=str(file))
    return parsed(data, str(file))


async def fetch_document(service: "Service", path: str) -> dict[str, Any]:
    """The document as the service itself has it, at a path of its own.

    Raises:
        InputError: it is no OpenAPI document of version 3.0 or 3.1.
        ServiceError: it cannot be had.
    """
    answer = await service.ask("GET", path)
    return parsed(answer.text.encode(), f"service {service.name}, {path}")


def parsed(data: bytes, at: str) -> dict[str, Any]:
    """The document in JSON or YAML text.

    Raises:
        InputError: it is neither, or no OpenAPI document of version 3.0 or 3.1.
    """
    try:
        document = _loaded(data)
    except (ValueError, RecursionError) as error:
        problem = f"it is neither JSON nor YAML: {' '.join(str(error).split())[:200]}"
        raise InputError(problem, at=at) from error
    version = document.get("openapi") if isinstance(document, Mapping) else None
    if not isinstance(document, dict) or version is None:
        swagger = isinstance(document, Mapping) and "swagger" in document
        hint = "Convert it from Swagger 2.0, for example with npx swagger2openapi" if swagger else ""
        raise InputError("it is no OpenAPI document: it does not begin with openapi: 3.1.0", at=at, hint=hint)
    if not str(version).startswith(_VERSIONS):
        raise InputError(f"it is an OpenAPI document of version {version}, and 3.0 and 3.1 are known", at=at)
    return document


def _loaded(data: bytes) -> Any:
    text = data.decode("utf-8-sig")
    if text.lstrip()[:1] == "{":
        try:
            return json.loads(text)
        except ValueError:  # YAML may begin like that, too
            pass
    return _of_yaml(text)


def _of_yaml(text: str) -> Any:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    depth = 0
    try:
        for event in yaml.parse(text, loader):  # libyaml builds by recursion in C, which nothing stops
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise ValueError(f"it is nested deeper than {MAX_DEPTH} levels")
        return _plain(yaml.load(text, loader), 0, [MAX_VALUES])
    except (yaml.YAMLError, TypeError) as error:
        raise ValueError(str(error)) from error


def _plain(value: Any, depth: int, left: list[int]) -> Any:
    """As JSON has it: dates become text, and keys; aliases of aliases must not double without end, or hold themselves.

    Raises:
        ValueError: they do.
    """
    left[0] -= 1
    if left[0] < 0 or depth > MAX_DEPTH:
        raise ValueError("its aliases lead to too much, or round in a circle")
    match value:
        case Mapping():
            return {str(key): _plain(one, depth + 1, left) for key, one in value.items()}
        case list() | tuple() | set():
            return [_plain(one, depth + 1, left) for one in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)
