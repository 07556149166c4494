"""What a run is given, held against what the workflow declares."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...agents.sound import Sound
from ...tools.base.errors import InputError
from ...tools.base.printable import shortened
from ...tools.base.suggest import did_you_mean
from ..spec.cel_values import MAX_DEPTH, too_large
from ..spec.forms import WANTED as KINDS
from ..spec.shapes import Type, bounds, difference
from ..spec.types import InputField, WorkflowSpec

_PARSED = {"integer": int, "number": float, "string": str}
_KINDS = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "list": 'a list: ["a", "b"]',
    "object": 'an object: {"key": "value"}',
}


def checked_input(spec: WorkflowSpec, given: Mapping[str, Any]) -> dict[str, Any]:
    """Every declared input with its value: given, parsed if it came as text, or the default; audio as a Sound.

    Raises:
        InputError: an unknown name, a value of the wrong type, outside its bounds, or missing.
    """
    for name in given:
        if name not in spec.input:
            raise InputError(f"{spec.name} has no input {name!r}", hint=did_you_mean(name, spec.input))
    return {name: _value(name, field, given.get(name)) for name, field in spec.input.items()}


def _value(name: str, field: InputField, given: Any) -> Any:
    if given is None:
        return field.default if field.default is not None or field.type == "audio" else _empty(name, field)
    if field.enum and isinstance(given, str) and given not in field.enum:
        raise InputError(f"{name} cannot be {given!r}", hint=did_you_mean(given, field.enum))
    value = _parsed(name, field, given)
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = field.minimum, field.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            raise InputError(f"{name} is {value:g}", hint=f"It must be {bounds(field)}")
    return value


def _parsed(name: str, field: InputField, given: Any) -> Any:
    if field.type == "audio":
        return _sound(given, field.max_seconds)
    if field.type == "boolean":
        if isinstance(given, bool):
            return given
        if str(given).lower() in ("true", "false"):
            return str(given).lower() == "true"
        raise InputError(f"{name} is {given!r}", hint="It must be true or false")
    try:
        parsed = _structure(name, given) if field.type in ("list", "object") else _PARSED[field.type](given)
    except (ValueError, TypeError, OverflowError):
        raise InputError(f"{name} is {shortened(repr(given))}", hint=f"It must be {_KINDS[field.type]}") from None
    if isinstance(given, float) and parsed != given:
        raise InputError(f"{name} is {shortened(repr(given))}", hint=f"It must be {_KINDS[field.type]}")
    problem = too_large(parsed)
    if problem:
        raise InputError(f"{name} is too large: {problem}", hint="Give less of it")
    _refuse(name, field, parsed)
    return parsed


def _refuse(name: str, field: InputField, parsed: Any) -> None:
    """What is not as it is declared is told with its place within the value; the bounds of a whole number later."""
    whole = field.as_type
    found = difference(parsed, whole if field.type in ("list", "object") else Type(whole.name, enum=whole.enum))
    if found is None:
        return
    if found.is_missing:
        kind = KINDS.get(found.wanted.name, found.wanted.name)
        raise InputError(f"{name}{found.where} is missing", hint=f"It must be {kind}")
    said = found.allowed if found.is_outside else ""
    kind = KINDS.get(found.wanted.name, found.wanted.name) if found.where else _KINDS[field.type]
    raise InputError(f"{name}{found.where} is {shortened(repr(found.value))}", hint=f"It must be {said or kind}")


def _structure(name: str, given: Any) -> Any:
    """A list or an object; on the command line it comes as JSON."""
    try:
        return json.loads(given, parse_constant=_no_number) if isinstance(given, str) else given
    except RecursionError:
        raise InputError(f"{name} is nested too deeply", hint=f"At most {MAX_DEPTH} deep") from None


def _no_number(written: str) -> Any:
    raise ValueError(f"{written} is no number of JSON")


def _sound(given: Any, longest_s: float | None) -> Sound:
    """A recording is read here, so that a bad one is refused before anything is loaded."""
    from ...agents.perception.decoding import decode, refuse_long

    if isinstance(given, Sound):
        refuse_long(given.seconds, longest_s)
        return given
    if not isinstance(given, str | Path):
        raise InputError(f"{given!r} is no recording", hint="Give the path of one, or a Sound")
    return decode(Path(given), longest_s=longest_s)


def _empty(name: str, field: InputField) -> Any:
    if field.type == "string":
        return ""
    raise InputError(f"the input {name!r} is missing", hint=field.about)
