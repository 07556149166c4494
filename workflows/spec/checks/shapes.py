"""What is declared of values fits together: defaults, bounds and the texts that are allowed."""

from collections.abc import Iterator, Mapping
from typing import Any

from ....tools.base.errors import Problem
from ....tools.base.suggest import did_you_mean
from ....tools.base.yaml_reading import Path_
from ..expressions import Literal
from ..kinds.think import Extract
from ..kinds.voice import Ask
from ..known import KEY, Subject
from ..shapes import Type
from ..types import Map
from .fitting import misfit

_REDUCES = {
    "append": ("list",),
    "union": ("list",),
    "add": ("integer", "number"),
    "max": ("integer", "number"),
    "min": ("integer", "number"),
    "merge": ("object",),
}


def check_shapes(subject: Subject) -> Iterator[Problem]:
    """Every complaint about a declaration."""
    sections: dict[str, Mapping[str, Any]] = {"input": subject.spec.input, "state": subject.spec.state}
    for section, declared in sections.items():
        for name, field in declared.items():
            yield from _shape(subject, (section, name), field)
    for level in subject.levels:
        for name, node in level.nodes.items():
            inner: dict[str, Any] = {}
            key = ""
            match node:
                case Map():
                    key, inner = "state", dict(node.state)
                case Extract():
                    key, inner = "fields", dict(node.fields)
                case Ask():
                    key, inner = "form", dict(node.form)
            for field, shape in inner.items():
                yield from _shape(subject, (*level.path_of(name), key, field), shape)


def _shape(subject: Subject, path: Path_, shape: Any) -> Iterator[Problem]:
    type_ = "a" if shape.type[0] not in "aio" else "an"
    told = f"{type_} {shape.type}"
    reduce = getattr(shape, "reduce", "last")
    if reduce in _REDUCES and shape.type not in _REDUCES[reduce]:
        kinds = " or ".join(_REDUCES[reduce])
        at = subject.at((*path, "reduce"), 0)
        yield Problem(at, f"{reduce} does not work on {told}", f"It is for {kinds}", "E207", width=len(reduce))
    for key, of in (("enum", ("string",)), ("items", ("list",)), ("fields", ("object",)), *_BOUNDS):
        if getattr(shape, key) not in (None, (), {}) and shape.type not in of:
            at = subject.at((*path, key), KEY)
            yield Problem(at, f"{told} has no {key}", f"{key} is for {' or '.join(of)}", "E207", width=len(key))
    if shape.default is not None:
        yield from _default(subject, (*path, "default"), shape)
    if shape.items is not None:
        yield from _shape(subject, (*path, "items"), shape.items)
    for name, inner in shape.fields.items():
        yield from _shape(subject, (*path, "fields", name), inner)


_BOUNDS = (("minimum", ("integer", "number")), ("maximum", ("integer", "number")))


def _default(subject: Subject, path: Path_, shape: Any) -> Iterator[Problem]:
    value, at = shape.default, subject.at(path, 0)
    plain = shape.as_type if shape.type in ("list", "object") else Type(shape.type)
    problem = misfit(Literal(value), plain)
    width = len(str(value)) if isinstance(value, str | int | float) else 0
    if isinstance(value, str) and "${" in value:
        hint = "Write a literal here, and the expression in a node of kind set"
        yield Problem(at, "a default is no expression", hint, "E508", width=width)
    elif problem is not None:
        yield Problem(at, problem[0], problem[1], problem[2], width=width)
    elif shape.enum and value not in shape.enum:
        hint = did_you_mean(str(value), shape.enum)
        yield Problem(at, f"the default is {value!r}, which enum does not allow", hint, "E206", width=width)
    elif isinstance(value, int | float):
        low, high = shape.minimum, shape.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            bound = f"at least {low:g}" if low is not None and value < low else f"at most {high:g}"
            yield Problem(at, f"the default is {value:g}, and it must be {bound}", "", "E203", width=width)
