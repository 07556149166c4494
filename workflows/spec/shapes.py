"""The types of values: as people declare them in a file, and as the checks compare them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from pydantic import Field

from .habits import SHAPE, TYPES
from .names import Many, Name
from .parts import Part


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a value. `any` fits everything: what a tool of no known type returns.

    Attributes:
        items: Of a list; `any` where nothing is declared.
        fields: Of an object; None where any key may be there.
        enum: The only texts a string may be; empty where any may.
        minimum: The least a number may be.
        maximum: The greatest.
    """

    name: Literal[
        "string", "integer", "number", "boolean", "list", "object", "audio", "any", "null", "time", "duration", "bytes"
    ]
    items: "Type | None" = None
    fields: "Mapping[str, Type] | None" = field(default=None, hash=False)
    enum: tuple[str, ...] = field(default=(), compare=False)
    minimum: float | None = field(default=None, compare=False)
    maximum: float | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"list of {self.items}" if self.items and self.items.name != "any" else self.name


STRING, INTEGER, NUMBER = Type("string"), Type("integer"), Type("number")
BOOLEAN, LIST, OBJECT, AUDIO, ANY = Type("boolean"), Type("list"), Type("object"), Type("audio"), Type("any")


def record(**fields: Type) -> Type:
    """An object of exactly these fields."""
    return Type("object", fields=fields)


def list_of(items: Type) -> Type:
    """A list of items of one type."""
    return Type("list", items=items)


def fits(given: Type, wanted: Type) -> bool:
    """Whether a value of one type may stand where another is wanted; a whole number is a number, too."""
    if "any" in (given.name, wanted.name):
        return True
    if given.name == wanted.name == "list":
        return fits(given.items or ANY, wanted.items or ANY)
    if given.name == wanted.name == "object" and given.fields is not None and wanted.fields is not None:
        return all(name in given.fields and fits(given.fields[name], type_) for name, type_ in wanted.fields.items())
    return given.name == wanted.name or (given.name, wanted.name) == ("integer", "number")


def type_of(value: Any) -> Type:
    """The type of a value that is at hand."""
    match value:
        case bool():
            return BOOLEAN
        case int():
            return INTEGER
        case float():
            return NUMBER
        case str():
            return STRING
        case list() | tuple():
            kinds = [type_of(item) for item in value]
            same = bool(kinds) and all(fits(kind, kinds[0]) for kind in kinds)
            return list_of(kinds[0]) if same else LIST
        case Mapping():
            return Type("object", fields={str(name): type_of(item) for name, item in value.items()})
        case None:
            return Type("null")
        case _:
            return ANY


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a value is first not of its type.

    Attributes:
        where: Within the value: ".name", "[2].name"; "" is the whole.
        value: What is there; MISSING where nothing is.
        wanted: What should be.
    """

    where: str
    value: Any
    wanted: Type

    @property
    def is_missing(self) -> bool:
        """Whether an object lacks a field."""
        return self.value is _MISSING

    @property
    def is_outside(self) -> bool:
        """Whether it is of the right type, but not among the values that are allowed."""
        return not self.is_missing and difference(self.value, Type(self.wanted.name)) is None

    @property
    def allowed(self) -> str:
        """The texts or the bounds that are allowed: "one of 'a', 'b'", "from 1 to 3"; "" where any value is."""
        if self.wanted.enum:
            return f"one of {', '.join(map(repr, self.wanted.enum))}"
        return bounds(self.wanted)


_MISSING = object()


def bounds(of: Any) -> str:
    """The bounds of a number in words, by its `minimum` and `maximum`; "" where it has none."""
    least, most = of.minimum, of.maximum
    if least is None:
        return "" if most is None else f"{most:g} or less"
    return f"{least:g} or more" if most is None else f"from {least:g} to {most:g}"


def holds(value: Any, type_: Type) -> bool:
    """Whether a value is of a type, within its bounds, all the way down."""
    return difference(value, type_) is None


def difference(value: Any, type_: Type, where: str = "") -> Difference | None:
    """Where a value is first not of a type; None where it is, all the way down."""
    if type_.name == "list" and isinstance(value, list | tuple):
        inner = type_.items or ANY
        if inner.name == "any":
            return None
        parts = ((f"{where}[{i}]", item, inner) for i, item in enumerate(value))
    elif type_.name == "object" and isinstance(value, Mapping):
        known = type_.fields or {}
        parts = ((f"{where}.{name}", value.get(name, _MISSING), inner) for name, inner in known.items())
    else:
        return None if _holds_alone(value, type_) else Difference(where, value, type_)
    return next((found for at, part, inner in parts if (found := difference(part, inner, at))), None)


def _holds_alone(value: Any, type_: Type) -> bool:
    """Whether a value that has no parts is of a type."""
    match type_.name:
        case "any" | "audio":
            return value is not _MISSING
        case "boolean":
            return isinstance(value, bool)
        case "integer" | "number":
            kinds = int if type_.name == "integer" else int | float
            return isinstance(value, kinds) and not isinstance(value, bool) and _is_within(value, type_)
        case "string":
            return isinstance(value, str) and (not type_.enum or value in type_.enum)
        case "null":
            return value is None
        case _:  # moments and the like are no plain values
            return False


def _is_within(value: float, type_: Type) -> bool:
    low, high = type_.minimum, type_.maximum
    finite = isinstance(value, int) or math.isfinite(value)
    return finite and (low is None or value >= low) and (high is None or value <= high)


class Shape(Part):
    """What a value may be, as people declare it."""

    ELSEWHERE: ClassVar[Mapping[str, str]] = SHAPE
    INSTEAD: ClassVar[Mapping[str, Mapping[str, str]]] = {"type": TYPES}

    type: Literal["string", "integer", "number", "boolean", "list", "object"] = Field(description="what it is")
    about: str = Field(default="", description="what it means, for people and for a model that fills it in")
    enum: Many[str] = Field(default=(), description="the only texts it may be")
    minimum: float | None = Field(default=None, description="the least number it may be")
    maximum: float | None = Field(default=None, description="the greatest number it may be")
    items: "Shape | None" = Field(default=None, description="list: what each item is")
    fields: dict[Name, "Shape"] = Field(default_factory=dict, description="object: its fields; any where none is named")
    default: Any = Field(default=None, description="its value where none is given")

    @property
    def as_type(self) -> Type:
        """As the checks compare it."""
        return as_type(self)


def as_type(shape: Any) -> Type:
    """The type a Shape, an input field or a state field declares."""
    if shape.type == "list":
        return Type("list", items=as_type(shape.items) if shape.items else None)
    if shape.type == "object":
        return Type("object", fields={n: as_type(s) for n, s in shape.fields.items()} if shape.fields else None)
    if shape.type in ("integer", "number"):
        return Type(shape.type, minimum=shape.minimum, maximum=shape.maximum)
    return Type(shape.type, enum=shape.enum if shape.type == "string" else ())


_EMPTY: Mapping[str, Any] = {"string": "", "integer": 0, "number": 0.0, "boolean": False, "list": [], "object": {}}


def begins_as(shape: Shape) -> Any:
    """The value before anything is written: the declared default, or the empty value of its type."""
    if shape.default is not None:
        return shape.default
    if shape.type == "object":
        return {name: begins_as(inner) for name, inner in shape.fields.items()}
    return list[Any]() if shape.type == "list" else _EMPTY[shape.type]


def json_schema(shapes: Mapping[str, Shape]) -> dict[str, Any]:
    """JSON Schema (2020-12) of an object of these fields, for a model to decode against; all are required."""
    return {
        "type": "object",
        "properties": {name: _json(shape) for name, shape in shapes.items()},
        "required": list(shapes),
        "additionalProperties": False,
    }


def _json(shape: Shape) -> dict[str, Any]:
    if shape.type == "object":
        return json_schema(shape.fields) if shape.fields else {"type": "object"}
    schema: dict[str, Any] = {"type": "array" if shape.type == "list" else shape.type}
    if shape.items:
        schema["items"] = _json(shape.items)
    if shape.enum:
        schema["enum"] = list(shape.enum)
    bounds = {"minimum": shape.minimum, "maximum": shape.maximum}
    return schema | {key: bound for key, bound in bounds.items() if bound is not None}
