"""From the paths of a file to the Pydantic types that read it, and back."""

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from .yaml_reading import Document, Path_, value_at

TAGS = ("kind", "engine", "strategy")
"""Keys that say which of several types a mapping is read by; Pydantic puts their values into its paths."""


def written_path(loc: tuple[str | int, ...], document: Document, type_: Any) -> Path_:
    """Pydantic's path without what the file does not have: kinds, names of types."""
    path: Path_ = ()
    told = False
    for part in loc:
        value = document.inside(path)
        names_kind = not told and isinstance(value, dict) and any(value.get(tag) == part for tag in TAGS)
        if names_kind and len(models_of(annotation_at(type_, document.value, path))) > 1:
            told = True
        elif (*path, part) in document.positions:
            path, told = (*path, part), False
    return path


def key_of(name: str, info: FieldInfo) -> str:
    """What a field is called in a file."""
    alias = info.validation_alias or info.alias
    return alias if isinstance(alias, str) else name


@cache
def keys_of(model: type[BaseModel]) -> list[tuple[str, str]]:
    """Each field's name and what it is called in a file."""
    return [(name, key_of(name, info)) for name, info in model.model_fields.items()]


def model_at(type_: Any, value: Any, path: Path_) -> type[BaseModel] | None:
    """The type that reads the mapping at `path`, chosen by what is written; None where there is no such type."""
    annotation = next(_options(annotation_at(type_, value, path), value_at(value, path)), None)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def choices(type_: Any, value: Any, path: Path_, key: str) -> set[str]:
    """What `key` may be where it says which type reads the mapping at `path`."""
    models = models_of(annotation_at(type_, value, path))
    return {str(tag) for model in models for tag in get_args(model.model_fields[key].annotation)}


def models_of(annotation: Any) -> list[type[BaseModel]]:
    """The types of ours among those of an annotation."""
    return [one for one in members_of(annotation) if isinstance(one, type) and issubclass(one, BaseModel)]


def members_of(annotation: Any) -> Iterator[Any]:
    """The members of a union, however deep; anything else alone."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from members_of(get_args(annotation)[0])
    elif origin not in (None, dict, tuple, list):
        for one in get_args(annotation):
            yield from members_of(one)
    else:
        yield annotation


def annotation_at(annotation: Any, value: Any, path: Path_) -> Any:
    """The annotation of what is at `path`."""
    for part in path:
        chosen = next(_options(annotation, value), None)
        if isinstance(chosen, type) and issubclass(chosen, BaseModel):
            fields = {key_of(name, info): info.annotation for name, info in chosen.model_fields.items()}
            annotation = fields.get(str(part))
        else:
            arguments = get_args(chosen)
            annotation = arguments[-1 if get_origin(chosen) is dict else 0] if arguments else None
        value = value_at(value, (part,))
    return annotation


def _options(annotation: Any, value: Any) -> Iterator[Any]:
    """The types among several that what is written may be read by."""
    for one in members_of(annotation):
        if isinstance(value, dict) and isinstance(one, type) and issubclass(one, BaseModel):
            if all(value[tag] in get_args(one.model_fields[tag].annotation) for tag in _tags_of(one, value)):
                yield one
        elif isinstance(value, dict | list) and get_origin(one) in (
            (dict,) if isinstance(value, dict) else (tuple, list)
        ):
            yield one


def _tags_of(model: type[BaseModel], value: dict[str, Any]) -> list[str]:
    return [tag for tag in TAGS if tag in model.model_fields and tag in value]
