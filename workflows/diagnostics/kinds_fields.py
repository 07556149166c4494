"""The fields of a type of the workflow file as rows of a table: key, type in plain words, default, meaning."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from annotated_types import Ge, Gt, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ...agents.planning.chain_of_thought import Exemplar
from ...agents.planning.plans import AnyPlan
from ...agents.planning.program_words import WorkedProgram
from ...agents.planning.settings import Budget
from ...tools.base.written import key_of
from ..spec.kinds.common import Cache, Case, NodeBase, NodeLimits, OnError, Retry, Timeout
from ..spec.kinds.think import Prompt
from ..spec.kinds.voice import Rewrite
from ..spec.names import Duration, Expects, Name, Words
from ..spec.shapes import Shape
from ..spec.types import InputField, RunLimits, StateField, WorkflowSpec
from ..spec.values import Template, TemplateFile

PARTS: Mapping[str, type[BaseModel]] = {
    "workflow": WorkflowSpec,
    "input": InputField,
    "state": StateField,
    "shape": Shape,
    "node": NodeBase,
    "route": Case,
    "retry": Retry,
    "timeout": Timeout,
    "on_error": OnError,
    "cache": Cache,
    "node_limits": NodeLimits,
    "run_limits": RunLimits,
    "prompt": Prompt,
    "rewrite": Rewrite,
    "budget": Budget,
    "exemplar": Exemplar,
    "worked_program": WorkedProgram,
    **{strategy.model_fields["strategy"].default: strategy for strategy in get_args(AnyPlan)},
}
"""What a file and its nodes are made of beside the kinds, by the word `antiphon explain` knows."""

TYPES: Mapping[str, tuple[str, str]] = {
    "any": ("any value", "任意值"),
    "string": ("text", "文字"),
    "integer": ("whole number", "整数"),
    "number": ("number", "数"),
    "boolean": ("true or false", "true 或 false"),
    "list": ("list", "列表"),
    "object": ("object", "对象"),
    "audio": ("recording", "录音"),
    "name": ("name", "名称"),
    "duration": ("duration", "时长"),
    "words": ("text, or one for each language", "文字，或每种语言一段"),
    "condition": ("condition", "条件"),
    "template": ("template, or one for each language", "模板，或每种语言一份"),
    "file": ("file, or one for each language", "文件，或每种语言一个"),
    "node": ("node", "节点"),
    "names": ("names with: ", "名称，各有："),
    "of": ("list of: ", "列表，每项："),
    "and": (", ", "，"),
    "or": (" or ", " 或 "),
    "to": ("{} to {}", "{} 到 {}"),
    "from": ("at least {}", "至少 {}"),
    "above": ("more than {}", "大于 {}"),
    "needed": ("**needed**", "**必填**"),
}
"""Words for types: English, Chinese."""

_ALIASES: tuple[tuple[Any, str], ...] = (
    (Duration, "duration"),
    (Name, "name"),
    (Template, "template"),
    (TemplateFile, "file"),
    (Words, "words"),
)
_PLAIN: Mapping[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean", Any: "any"}


@dataclass(frozen=True, slots=True)
class Row:
    """One field; `default` is "" where there is none to speak of."""

    key: str
    type: str
    default: str
    about: str


def rows_of(
    model: type[BaseModel], language: str, about: Callable[[str, FieldInfo], str], *, without: Collection[str] = ()
) -> Iterator[Row]:
    """The fields of a type, in their order.

    Args:
        about: Says what a field means, in the language.
        without: Names of fields to leave out.
    """
    hints = get_type_hints(model, include_extras=True)
    for name, info in model.model_fields.items():
        if name not in without and name != "strategy":
            key = key_of(name, info)
            limits = _limits(info, language)
            type_ = _type(hints[name], language) + (said("and", language) + limits if limits else "")
            yield Row(key, type_, _default(info, language), about(name, info))


def said(word: str, language: str) -> str:
    """A word of the tables in a language."""
    return TYPES[word][language == "zh"]


def _type(hint: Any, language: str) -> str:
    for alias, word in _ALIASES:
        if hint == alias:
            return said(word, language)
    mark = next((part for part in getattr(hint, "__metadata__", ()) if isinstance(part, Expects)), None)
    if mark is not None:
        return _marked(mark, hint.__origin__ == Words, language)
    if hasattr(hint, "__metadata__"):
        return _type(hint.__origin__, language)
    if hint in _PLAIN:
        return said(_PLAIN[hint], language)
    if get_origin(hint) in (dict, tuple):
        inner = get_args(hint)[1 if get_origin(hint) is dict else 0]
        return said("names" if get_origin(hint) is dict else "of", language) + _type(inner, language)
    if get_origin(hint) is Literal:
        return " · ".join(f"`{one}`" for one in get_args(hint) if one)
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        part = next(name for name, one in PARTS.items() if one is hint)
        return f"[{part}](#{part})"
    return _union(hint, language)


def _union(hint: Any, language: str) -> str:
    parts = [one for one in get_args(hint) if one not in (NoneType, Literal[""])]
    if parts[0] in get_args(AnyPlan):
        return " · ".join(_type(one, language) for one in parts)
    if len(parts) > 4:
        return said("node", language)
    return said("or", language).join(_type(one, language) for one in parts)


def _marked(mark: Expects, words: bool, language: str) -> str:
    if mark.form == "condition":
        return said("condition", language)
    return f"{said('words' if words else mark.type, language)}{said('and', language)}`${{}}`"


def _limits(info: FieldInfo, language: str) -> str:
    low = next((one.ge for one in info.metadata if isinstance(one, Ge)), None)
    high = next((one.le for one in info.metadata if isinstance(one, Le)), None)
    above = next((one.gt for one in info.metadata if isinstance(one, Gt)), None)
    if low is not None and high is not None:
        return said("to", language).format(low, high)
    if above is not None:
        return said("above", language).format(above)
    return said("from", language).format(low) if low is not None else ""


def _default(info: FieldInfo, language: str) -> str:
    if info.is_required():
        return said("needed", language)
    value = info.get_default(call_default_factory=True)
    if isinstance(value, BaseModel):
        value = value.model_dump(exclude_defaults=True)
    if isinstance(value, dict) and {*value} == {"en", "zh"}:
        value = value[language]
    if value in ("", None, (), {}, []):
        return ""
    return f"`{_shown(value)}`"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_shown(one)}" for key, one in value.items()) + "}"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    if isinstance(value, BaseModel):
        return _shown(value.model_dump(exclude_defaults=True))
    return value if isinstance(value, str) else json.dumps(value)
