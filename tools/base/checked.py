"""A document held against a Pydantic type: every complaint at once, each with its place in the file."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from .errors import FileError, InputError, Problem
from .yaml_reading import Document


class Strict(BaseModel):
    """What files are read into: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


T = TypeVar("T", bound=BaseModel)


def checked(document: Document, type_: type[T]) -> T:
    """Make a `type_` of a document.

    Raises:
        FileError: with one problem for each thing that is wrong.
    """
    made, problems = shaped(document, type_)
    if made is None or problems:
        raise FileError(problems)
    return made


def shaped(document: Document, type_: type[T]) -> tuple[T | None, list[Problem]]:
    """A `type_` made of a document, or None; and every problem, in the order of the file."""
    from .complaints import changed, complaints

    if not isinstance(document.value, dict):
        return None, [_no_mapping(document)]
    try:
        made = type_.model_validate(document.value, by_alias=True, by_name=False)
    except ValidationError as error:
        made, found = None, complaints(error.errors(include_url=False), document, type_)
    else:
        found = list(changed(document.value, made, document))
    return made, [one for one in found if one.at not in document.in_doubt]


def _no_mapping(document: Document) -> Problem:
    value = document.value
    if value is None:
        return Problem(
            document.at(()), "the file is empty", "Write keys with values, as in name: something", code="E109"
        )
    found = "a list" if isinstance(value, list) else f"{value!r:.60}"
    return Problem(document.at(()), f"the file must have keys with values, found {found}", code="E109")


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
