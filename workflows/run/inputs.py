"""What a run is given, held against what the workflow declares."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...tools.base.errors import InputError
from ...tools.base.suggest import did_you_mean
from ..spec.types import InputField, WorkflowSpec

_PARSED = {"integer": int, "number": float, "string": str, "audio": Path}
_KINDS = {"integer": "a whole number", "number": "a number", "string": "text", "audio": "the path of a recording"}


def checked_input(spec: WorkflowSpec, given: Mapping[str, Any]) -> dict[str, Any]:
    """Every declared input with its value: given, parsed if it came as text, or the default.

    Raises:
        InputError: an unknown name, a value of the wrong type, outside its bounds, or missing.
    """
    for name in given:
        if name not in spec.input:
            raise InputError(f"{spec.name} has no input {name!r}", hint=did_you_mean(name, spec.input))
    values = {name: _value(name, field, given.get(name)) for name, field in spec.input.items()}
    for name, field in spec.input.items():
        if values[name] is not None and field.type == "audio" and field.max_seconds:
            _not_longer(values[name], field.max_seconds)
    return values


def _value(name: str, field: InputField, given: Any) -> Any:
    if given is None:
        return field.default if field.default is not None or field.type == "audio" else _empty(name, field)
    value = _parsed(name, field, given)
    if field.enum and value not in field.enum:
        raise InputError(f"{name} cannot be {value!r}", hint=did_you_mean(str(value), field.enum))
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = field.minimum, field.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            bounds = f"from {low:g} to {high:g}" if low is not None and high is not None else "within its bounds"
            raise InputError(f"{name} is {value:g}", hint=f"It must be {bounds}")
    return value


def _parsed(name: str, field: InputField, given: Any) -> Any:
    if field.type == "audio" and not isinstance(given, str | Path):
        return given
    if field.type == "boolean":
        if isinstance(given, bool):
            return given
        if str(given).lower() in ("true", "false"):
            return str(given).lower() == "true"
        raise InputError(f"{name} is {given!r}", hint="It must be true or false")
    try:
        return _PARSED[field.type](given)
    except ValueError:
        raise InputError(f"{name} is {given!r}", hint=f"It must be {_KINDS[field.type]}") from None


def _empty(name: str, field: InputField) -> Any:
    if field.type == "string":
        return ""
    raise InputError(f"the input {name!r} is missing", hint=field.about)


def _not_longer(audio: Any, max_seconds: float) -> None:
    """Refuse a long recording before it is decoded."""
    if isinstance(audio, Path):
        from ...agents.perception.decoding import duration_s

        seconds = duration_s(audio)
    else:
        seconds = audio.seconds
    if seconds > max_seconds:
        raise InputError(
            f"the recording is {seconds:.0f} seconds long, and at most {max_seconds:.0f} are taken here",
            at=str(audio) if isinstance(audio, Path) else "",
            hint="Ask one question at a time; antiphon hear writes down recordings of any length",
        )
