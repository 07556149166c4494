"""What every kind of node is, for people: from the types themselves, with an example that runs.

The English words stand in the types; `kinds.en.yaml` adds what their results mean, and `kinds.zh.yaml` has it all in
Chinese. `docs/nodes.md` and `antiphon explain` say the same.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ...tools.base.errors import InputError
from ...tools.base.suggest import guess
from ...tools.base.written import key_of
from ...tools.base.yaml_reading import read_yaml
from ..spec.kinds.common import NodeBase
from ..spec.kinds.voice import ANSWER, QUESTION
from ..spec.types import Block, Node
from .kinds_fields import PARTS, Row, rows_of, said

_HERE = Path(__file__).parent
KINDS: Mapping[str, type[NodeBase]] = {one.model_fields["kind"].default: one for one in get_args(get_args(Node)[0])}
"""Every kind's type by the word that stands after `kind:`."""
FAMILIES: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "perceive": ("Perceive", "感知", ("listen",)),
    "think": ("Think", "思考", ("llm", "agent", "classify", "extract")),
    "act": ("Act", "行动", ("tool", "python", "code", "http", "emit")),
    "remember": ("Remember", "记忆", ("retrieve", "recall", "remember")),
    "control": ("Control", "控制", ("set", "map", "loop", "flow", "wait", "end")),
    "people": ("Speak, and be careful", "与人打交道", ("guard", "ask", "speak")),
}


def topics() -> tuple[str, ...]:
    """Every word that `explain` knows."""
    return (*KINDS, *PARTS)


def example(kind: str) -> str:
    """A small complete workflow that shows a kind."""
    return (_HERE / "kinds" / f"{kind}.yaml").read_text(encoding="utf-8")


def explain(topic: str, language: str = "en") -> str:
    """A kind of node, or a part of the file, for the terminal; of `nodes` the whole page.

    Raises:
        InputError: there is none of that name.
    """
    if topic == "nodes":
        return page(language)
    if topic not in topics():
        raise InputError(f"no kind of node is called {topic!r}", hint=_known(topic))
    model = KINDS.get(topic) or PARTS[topic]
    lines = [f"{topic}: {_about(model, language)}", ""]
    for row in _rows(model, language):
        default = (
            said("and", language) + row.default if "**" in row.default else f" = {row.default}" if row.default else ""
        )
        lines += [_plain(f"  {row.key}: {row.type}{default}"), f"      {row.about}"]
    if topic in KINDS:
        lines += ["", *(_plain(line) for line in _result(topic, language)), "", example(topic)]
        lines.append(_text("node", language))
    return "\n".join(lines).rstrip() + "\n"


def _known(topic: str) -> str:
    """All of them, which `did_you_mean` would cut short."""
    return f"{guess(topic, topics())}Known: {', '.join(topics())}"


def page(language: str) -> str:
    """The page `docs/nodes.md`, or its Chinese counterpart."""
    parts = [_prose("head", language)]
    for english, chinese, kinds in FAMILIES.values():
        parts.append(f"## {chinese if language == 'zh' else english}")
        parts += [_section(kind, language) for kind in kinds]
    parts.append(_prose("common", language))
    for name, model in PARTS.items():
        table = _table(_rows(model, language), language)
        parts.append(f"### {name}\n{_about(model, language)}\n\n{table}")
    parts.append(_prose("tail", language))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def result_fields(kind: str) -> tuple[str, ...]:
    """What `result` holds after a kind of node; both sides of a guard."""
    sides = {**(QUESTION.fields or {}), **(ANSWER.fields or {})}
    return tuple(sides if kind == "guard" else KINDS[kind].RESULT.fields or ())


def english_keys() -> set[str]:
    """What `kinds.en.yaml` says: what results mean."""
    return {
        key for kind in KINDS for key in (*(f"{kind}.result.{name}" for name in result_fields(kind)), f"{kind}.value")
    } | {"node"}


def translated_keys() -> set[str]:
    """What `kinds.zh.yaml` says."""
    models: list[type[BaseModel]] = [*KINDS.values(), *PARTS.values(), Block]
    fields = {
        f"{_owner(model, name).__name__}.{key_of(name, info)}"
        for model in models
        for name, info in model.model_fields.items()
        if name not in ("kind", "strategy")
    }
    return {model.__name__ for model in models} | fields | english_keys()


def _section(kind: str, language: str) -> str:
    model = KINDS[kind]
    rows = list(_rows(model, language))
    table = _table(rows, language) + "\n\n" if rows else ""
    result = "  \n".join(_result(kind, language))
    return f"### {kind}\n{_about(model, language)}\n\n{table}{result}\n\n```yaml\n{example(kind)}```"


def _rows(model: type[BaseModel], language: str) -> Iterator[Row]:
    inherited = {"kind", *(NodeBase.model_fields if model is not NodeBase and issubclass(model, NodeBase) else ())}

    def about(name: str, info: FieldInfo) -> str:
        if language == "zh":
            return _words("zh")[f"{_owner(model, name).__name__}.{key_of(name, info)}"]
        return info.description or ""

    return rows_of(model, language, about, without=inherited)


def _table(rows: Iterator[Row] | list[Row], language: str) -> str:
    head = "| 字段 | 值 | 默认 | 含义 |" if language == "zh" else "| field | value | default | what it is |"
    lines = [f"| `{row.key}` | {row.type} | {row.default} | {row.about} |" for row in rows]
    return "\n".join([head, "|---|---|---|---|", *lines])


def _result(kind: str, language: str) -> list[str]:
    """What `result` holds, and what `into: field` takes."""
    colon, comma, open_, close = ("：", "，", "（", "）") if language == "zh" else (": ", ", ", " (", ")")
    meant = {name: _text(f"{kind}.result.{name}", language) for name in result_fields(kind)}
    held = comma.join(f"`{name}`{open_}{about}{close}" for name, about in meant.items())
    value = _text(f"{kind}.value", language)
    return [*([f"`result`{colon}{held}"] if held else []), *([f"`into`{colon}{value}"] if value else [])]


def _owner(model: type[BaseModel], field: str) -> type[BaseModel]:
    """The type that says a field first."""
    return next(one for one in reversed(model.__mro__) if field in getattr(one, "model_fields", {}))


def _about(model: type[BaseModel], language: str) -> str:
    if language == "zh":
        return _words("zh")[model.__name__]
    doc = re.sub(r"\n\s*Attributes:.*", "", model.__doc__ or "", flags=re.DOTALL)
    return " ".join(doc.split())


def _text(key: str, language: str) -> str:
    return _words(language)[key]


def _plain(text: str) -> str:
    return re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text).replace("**", "").replace("`", "")


@cache
def _words(language: str) -> dict[str, str]:
    value: dict[str, str] = read_yaml(_HERE / f"kinds.{language}.yaml").value
    return value


def _prose(part: str, language: str) -> str:
    """A part of the page that no type says: `<!-- part -->` opens it."""
    text = (_HERE / f"kinds_page.{language}.md").read_text(encoding="utf-8")
    return re.split(r"<!-- (\w+) -->\n", text)[1:][1::2][["head", "common", "tail"].index(part)]
