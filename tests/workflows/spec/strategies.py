"""Workflow files of every kind of node, as plain data that the types accept, made from the types themselves."""

from collections.abc import Callable, Iterator, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from pydantic import BaseModel, StringConstraints, ValidationError
from pydantic.fields import FieldInfo

from antiphon.workflows.spec.comments import Comments
from antiphon.workflows.spec.kinds.common import Case, OnError, Timeout
from antiphon.workflows.spec.kinds.control import Wait
from antiphon.workflows.spec.kinds.think import Prompt
from antiphon.workflows.spec.kinds.voice import Guard
from antiphon.workflows.spec.types import Block, Loop, Map, WorkflowSpec

Path_ = tuple[str | int, ...]
Data = dict[str, Any]

often = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
"""For properties of whole files: a hundred of them, however long each takes."""

_TRICKY = "'\"\\#:{}[]&*!|>%@`, \n\t\u3000\u2028\x85\x7f😀é月$?-~"
texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.text(_TRICKY, max_size=20),
    st.text("ab月 \n", max_size=300),
    st.sampled_from(
        ["", "no", "yes", "null", "~", "1", "1.0", "0x1", "1e3", "end", "2026-01-01", "a # b", " a", "a ", "- a"]
    ),
    st.sampled_from(
        ["${state.a == 'x y' ? \"a b\" : ''}", "{{ input.text }}\n{% if a %}\n  b\n{% endif %}\n", "a\n\n b\n"]
    ),
)
names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
numbers = st.integers(-(10**18), 10**18) | st.floats(allow_nan=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
durations = st.from_regex(r"[0-9]{1,3}(\.[0-9])?(ms|s|m|h|d)", fullmatch=True)


def specs() -> st.SearchStrategy[Data]:
    """A whole file."""
    return _model(WorkflowSpec, 0)


@st.composite
def commented(draw: st.DrawFn) -> tuple[Data, Comments]:
    """A file and comments at some of its parts."""
    data = draw(specs())
    lines = st.text("ab月 #'\"", max_size=10).map(lambda text: f"# {text}".rstrip())
    paths = [path for path in _paths(data) if _is_a_key(path)]
    some = st.lists(st.sampled_from(paths), max_size=4, unique=True)
    before = {path: draw(st.lists(lines, min_size=1, max_size=2)) for path in draw(some)}
    beside = {path: draw(lines) for path in draw(some)}
    return data, Comments(before, beside, draw(st.lists(lines, max_size=2)))


def _paths(data: Any, path: Path_ = ()) -> Iterator[Path_]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from _paths(value, (*path, key))


def _is_a_key(path: Path_) -> bool:
    """The silent keys say no more in Python, and parts of a value stand on one line there."""
    return path[-1] not in ("kind", "schema", "name") and len(path) in (1, 2) and not isinstance(path[-1], int)


@st.composite
def _model(draw: st.DrawFn, type_: type[BaseModel], depth: int) -> Data:
    fields = type_.model_fields
    keys = {name: info.serialization_alias or name for name, info in fields.items()}
    together = _TOGETHER.get(type_, [[name for name, info in fields.items() if info.is_required()]])
    wanted = draw(st.sampled_from(together))
    free = [name for name in fields if name != "kind" and not any(name in some for some in together)]
    more = draw(st.lists(st.sampled_from(free), max_size=4, unique=True)) if free else []
    order = draw(st.permutations([*wanted, *more]))
    tag = {"kind": fields["kind"].default} if "kind" in fields else {}
    data = tag | {keys[name]: draw(_field(fields[name], depth)) for name in order}
    if issubclass(type_, Block):
        data |= draw(_body(depth))
    return data if _is_right(type_, data) else draw(st.nothing())


def _is_right(type_: type[BaseModel], data: Data) -> bool:
    try:
        type_.model_validate(data, by_alias=True, by_name=False)
    except ValidationError:
        return False
    return True


_TOGETHER: Mapping[type[BaseModel], list[list[str]]] = {
    Case: [["when", "to"], ["else_"]],
    OnError: [["set"], ["to"], ["to", "set"]],
    Timeout: [["run"], ["idle"], ["idle", "run"]],
    Wait: [["for_"], ["until"]],
    Guard: [["side", "rules"], ["side", "text", "rules", "evidence"], ["side", "max_words", "max_sentences"]],
    Prompt: [["user"], ["user_file"]],
}
"""Fields that go together where not every choice does."""


def _field(info: FieldInfo, depth: int) -> st.SearchStrategy[Any]:
    bounds = {
        key: getattr(mark, key) for mark in info.metadata for key in ("ge", "gt", "le", "lt") if hasattr(mark, key)
    }
    least = next((getattr(mark, "min_length", None) for mark in info.metadata if hasattr(mark, "min_length")), 0) or 0
    return _value(info.annotation, depth, bounds, least, info.metadata)


def _value(
    annotation: Any, depth: int, bounds: Mapping[str, float], least: int = 0, marks: Any = ()
) -> st.SearchStrategy[Any]:
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return (
            _nodes(depth)
            if any(getattr(m, "discriminator", None) for m in more)
            else _value(inner, depth, bounds, least, more)
        )
    pattern = next((mark.pattern for mark in marks if isinstance(mark, StringConstraints)), None)
    if annotation is str:
        filled = texts.filter(lambda text: len(text) >= least)
        return filled if pattern is None else durations if "ms" in str(pattern) else names
    simple: dict[Any, Callable[[], st.SearchStrategy[Any]]] = {
        int: lambda: st.integers(int(bounds.get("ge", 0)), int(bounds.get("le", 10**6))),
        float: lambda: st.floats(max(bounds.get("ge", 0), bounds.get("gt", 0) + 0.5), bounds.get("le", 1e6)),
        bool: st.booleans,
        Any: lambda: values,
        NoneType: st.none,
    }
    return simple[annotation]() if annotation in simple else _compound(annotation, depth, bounds, least)


def _compound(annotation: Any, depth: int, bounds: Mapping[str, float], least: int) -> st.SearchStrategy[Any]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (Union, UnionType):
        return st.one_of([_value(one, depth, bounds, least) for one in arguments])
    if origin is dict:
        items = _value(arguments[1], depth + 1, {})
        return st.dictionaries(_value(arguments[0], depth, {}), items, min_size=least, max_size=max(3 - depth, least))
    if origin is tuple:
        return st.lists(_value(arguments[0], depth + 1, {}), min_size=least, max_size=2)
    return _model(annotation, depth + 1) if depth < 4 else _model(annotation, depth + 1).filter(bool)


def _nodes(depth: int) -> st.SearchStrategy[Data]:
    """A node of any kind; blocks only near the top."""
    union = get_args(WorkflowSpec.model_fields["nodes"].annotation)[1]
    kinds = get_args(get_args(union)[0])
    return st.sampled_from([one for one in kinds if depth < 2 or one not in (Map, Loop)]).flatmap(
        lambda kind: _model(kind, depth)
    )


def _body(depth: int) -> st.SearchStrategy[Data]:
    one = st.fixed_dictionaries({"do": _nodes(depth + 1)})
    some = st.fixed_dictionaries(
        {"start": names, "nodes": st.dictionaries(names, _nodes(depth + 1), min_size=1, max_size=2)}
    )
    return one | some
