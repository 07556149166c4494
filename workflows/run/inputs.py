"""What a run is given, held against what the workflow declares."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...agents.sound import Sound
from ...tools.base.errors import InputError
from ...tools.base.suggest import did_you_mean
from ..spec.shapes import holds
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
            bounds = f"from {low:g} to {high:g}" if low is not None and high is not None else "within its bounds"
            raise InputError(f"{name} is {value:g}", hint=f"It must be {bounds}")
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
        parsed = _structure(given) if field.type in ("list", "object") else _PARSED[field.type](given)
        if (isinstance(given, float) and parsed != given) or not holds(parsed, field.as_type):
            raise ValueError(given)
        return parsed
    except (ValueError, TypeError):
        raise InputError(f"{name} is {given!r}", hint=f"It must be {_KINDS[field.type]}") from None


def _structure(given: Any) -> Any:
    """A list or an object; on the command line it comes as JSON."""
    return json.loads(given) if isinstance(given, str) else given


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
