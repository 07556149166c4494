"""What `result` holds after each node, and what `into: field` writes: its whole value."""

from collections.abc import Mapping
from typing import Any

from .expressions import ExpressionError, compile_value
from .kinds.act import Code, Http, Python, ToolCall
from .kinds.control import Flow
from .kinds.memory import NOTE, Recall, Remember, Retrieve
from .kinds.think import Classify, Extract, Writer
from .kinds.voice import ANSWER, QUESTION, Ask, Guard, Listen, Speak
from .known import Subject
from .levels import DO, Level, inside
from .scopes import Names, Scopes
from .shapes import ANY, BOOLEAN, INTEGER, STRING, Type, as_type, list_of, record
from .signatures import signature_of
from .types import Loop, Map, WorkflowSpec

REWRITING = record(sentence=STRING, reason=STRING)
"""What `result` holds in the prompt of a guard's `rewrite`."""


def result_type(subject: Subject, level: Level, name: str) -> Type:
    """What `result` holds after a node of a level."""
    node = level.nodes[name]
    match node:
        case Guard():
            return QUESTION if node.side == "question" else ANSWER
        case Classify():
            return record(label=Type("string", enum=tuple(node.labels)))
        case Extract():
            return record(**{field: as_type(shape) for field, shape in node.fields.items()})
        case Ask():
            return record(**{field: as_type(shape) for field, shape in node.form.items()})
        case Map():
            return record(items=value_type(subject, level, name), failed=INTEGER)
        case ToolCall() | Python():
            return _returned(subject, node)
        case Flow():
            used = subject.flows.used(subject.folder, node.use)
            return output_type(used.spec) if used is not None else ANY
        case _:
            return node.RESULT


def value_type(subject: Subject, level: Level, name: str) -> Type:
    """What `into: field` writes: the whole value of a node."""
    node = level.nodes[name]
    match node:
        case Writer() | Speak() | Listen() | Remember():
            return STRING
        case Guard():
            return BOOLEAN if node.side == "question" else STRING
        case Classify():
            return Type("string", enum=tuple(node.labels))
        case Retrieve():
            return (node.RESULT.fields or {})["passages"]
        case Recall():
            return list_of(NOTE)
        case Http() | Code():
            return ANY
        case Loop():
            return INTEGER
        case Map():
            return list_of(_given(subject, level, name, node))
        case _:
            return result_type(subject, level, name)


def _returned(subject: Subject, node: ToolCall | Python) -> Type:
    known = subject.known
    tool = known.tools.get(node.tool) if isinstance(node, ToolCall) else known.functions.get(node.function)
    signature = signature_of(tool) if tool is not None else None
    return signature.returns if signature is not None else ANY


def _given(subject: Subject, level: Level, name: str, node: Map) -> Type:
    """What one pass of a map gives."""
    within = inside(level, name, node)
    if node.do is not None:
        return value_type(subject, within, DO)
    return written_type(node.gives, subject.scopes.at(within)) if node.gives is not None else ANY


def written_type(written: Any, names: Names) -> Type:
    """The type of a value of the file; any of one that is wrong, which is told where it is checked."""
    try:
        return compile_value(written, names).type
    except ExpressionError:
        return ANY


def output_type(spec: WorkflowSpec) -> Type:
    """What a workflow comes to, for another that uses it."""
    names = Scopes(spec).at(None)
    return record(**{name: written_type(value, names) for name, value in spec.output.items()})


def has_result(type_: Type) -> bool:
    """Whether a node leaves anything in `result`."""
    return type_.fields is None or bool(type_.fields) or type_.name != "object"


def fields_at(subject: Subject, level: Level) -> Mapping[str, Any]:
    """The state fields that a node of a level may write, as they are declared."""
    fields: dict[str, Any] = dict(subject.spec.state)
    for one in reversed([*level.around()]):
        if isinstance(one.block, Map):
            fields |= one.block.state
    return fields
