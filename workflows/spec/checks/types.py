"""Types of every expression, literal and template, held against the place they stand in."""

from collections.abc import Generator, Iterator, Mapping
from typing import Any

from ....tools.base.errors import FileError, Problem
from ....tools.base.yaml_reading import Path_
from ..expressions import Compiled, Expression, ExpressionError, Literal, compile_condition, compile_value
from ..flaws import Flaw
from ..kinds.common import NodeBase
from ..kinds.control import Set, Wait
from ..known import Subject
from ..levels import Level, inside
from ..names import Expects
from ..results import REWRITING, fields_at, has_result, result_type, value_type
from ..scopes import ERROR, Names
from ..shapes import ANY, LIST, STRING, Type, as_type
from ..templates import read_beside, read_template
from ..types import Map
from ..walking import Written, values_in
from .arguments import wanted
from .fitting import clock_problem, misfit, misfit_of_writing
from .shapes import check_shapes

_PLAIN = Expects()


def check_types(subject: Subject) -> Iterator[Problem]:
    """Every complaint about a value."""
    yield from check_shapes(subject)
    for level in subject.levels:  # outer ones first: the lists of maps tell what is seen inside
        for name, node in level.nodes.items():
            if isinstance(node, Map):
                subject.scopes.items[level.path_of(name)] = _items(subject, level, node)
    for section, values in (("output", subject.spec.output), ("record", subject.spec.record)):
        for name, value in values.items():
            written = Written((section, name), value, _PLAIN)
            yield from _value(subject, written, subject.scopes.at(None), ANY)
    language = Written(("language",), subject.spec.language, Expects("string"))
    yield from _value(subject, language, subject.scopes.at(None), STRING)
    yield from _settings(subject)
    for level in subject.levels:
        names, fields = subject.scopes.at(level), fields_at(subject, level)
        for name in level.nodes:
            yield from _node(subject, level, name, names, fields)


def _items(subject: Subject, level: Level, node: Map) -> Type:
    try:
        over = compile_value(node.over, subject.scopes.at(level))
    except ExpressionError:
        return ANY
    type_ = over.type
    return (type_.items or ANY) if type_.name == "list" else ANY


def _settings(subject: Subject) -> Iterator[Problem]:
    """A tool is made of its settings before anything runs, so these are literals."""
    for tool, settings in subject.spec.tools.items():
        for name, value in settings.items():
            try:
                literal = isinstance(compile_value(value, Names({})), Literal)
            except ExpressionError:
                literal = False
            if not literal:
                at = subject.at(("tools", tool, name), 0)
                hint = "Write the value itself; what changes from run to run goes under the node's with"
                yield Problem(at, "a tool's settings are read before anything runs", hint, "E508")


def _node(subject: Subject, level: Level, name: str, names: Names, fields: Mapping[str, Any]) -> Iterator[Problem]:
    node, path = level.nodes[name], level.path_of(name)
    arguments = wanted(subject, node)
    for written in values_in(node):
        here = Written((*path, *written.path), written.value, written.expects)
        match written.path:
            case ("gives",):
                assert isinstance(node, Map)
                yield from _value(subject, here, subject.scopes.at(inside(level, name, node)), ANY)
            case ("into", field) if isinstance(field, str):
                yield from _into(subject, here, names.also(result=result_type(subject, level, name)), fields.get(field))
            case ("on_error", "set", field) if isinstance(field, str):
                yield from _write(subject, here, names.also(error=ERROR), fields.get(field))
            case ("values", field) if isinstance(node, Set) and isinstance(field, str):
                yield from _write(subject, here, names, fields.get(field))
            case ("with", argument) if isinstance(argument, str):
                yield from _value(subject, here, names, arguments.get(argument, ANY), nullable=True)
            case ("rewrite", *_) if written.expects.form in ("template", "file"):
                yield from _text(subject, here, names.also(result=REWRITING))
            case _:
                yield from _other(subject, here, names, node)
    yield from _whole_into(subject, level, name, fields)


def _other(subject: Subject, written: Written, names: Names, node: NodeBase) -> Iterator[Problem]:
    match written.expects.form:
        case "condition":
            try:
                compile_condition(written.value, names)
            except ExpressionError as error:
                yield from _told(subject, written.path, error)
        case "template" | "file":
            yield from _text(subject, written, names)
        case _:
            type_ = LIST if written.expects.type == "list" else Type(written.expects.type)  # type: ignore[arg-type]
            yield from _value(subject, written, names, type_, nullable=written.expects.type == "any")
            if isinstance(node, Wait) and isinstance(written.value, str):
                problem = clock_problem(str(written.path[-1]), written.value)
                if problem:
                    yield Problem(subject.at(written.path, 0), *problem, "E508", width=len(written.value))


def _value(
    subject: Subject, written: Written, names: Names, type_: Type, *, nullable: bool = False
) -> Iterator[Problem]:
    compiled = yield from _compiled(subject, written, names)
    if compiled is not None:
        problem = misfit(compiled, type_, nullable=nullable)
        if problem is not None:
            yield _misfit(subject, written, problem)


def _write(subject: Subject, written: Written, names: Names, field: Any) -> Iterator[Problem]:
    compiled = yield from _compiled(subject, written, names)
    if compiled is not None and field is not None:
        problem = misfit_of_writing(compiled, str(written.path[-1]), field)
        if problem is not None:
            yield _misfit(subject, written, problem)


def _into(subject: Subject, written: Written, names: Names, field: Any) -> Iterator[Problem]:
    """A value over `result`; a node that has none is told so, instead of that nothing is called `text`."""
    if has_result(names.roots["result"]):
        yield from _write(subject, written, names, field)
        return
    for one in _write(subject, written, names, field):
        if one.code == "E502" and "'result." in one.problem:
            one = Problem(
                one.at, "this node has no result", "Write a literal, or a value over state", "E502", width=one.width
            )
        yield one


def _whole_into(subject: Subject, level: Level, name: str, fields: Mapping[str, Any]) -> Iterator[Problem]:
    """`into: field`: the whole value of the node goes there."""
    node = level.nodes[name]
    if not isinstance(node.into, str) or node.into not in fields:
        return
    type_, at = value_type(subject, level, name), subject.at((*level.path_of(name), "into"), 0)
    if not has_result(type_):
        hint = "Write into: {field: value}, or remove it"
        yield Problem(at, "this node has no result", hint, "E502", width=len(node.into))
        return
    problem = misfit_of_writing(Expression("", None, type_, ()), node.into, fields[node.into])
    if problem is not None:
        told, hint, code = problem
        yield Problem(at, told, hint or _part_of(node.RESULT, fields[node.into]), code, width=len(node.into))


def _part_of(result: Type, field: Any) -> str:
    """A part of the result that would fit."""
    found = [name for name, type_ in (result.fields or {}).items() if type_ == as_type(field)]
    return f'Write into: {{field: "${{result.{found[0]}}}"}}' if found else ""


def _compiled(subject: Subject, written: Written, names: Names) -> Generator[Problem, None, Compiled | None]:
    """The compiled value; None where it is wrong, which is told."""
    value = written.value
    if isinstance(value, Mapping | list | tuple):  # each part has a place of its own
        parts = value.items() if isinstance(value, Mapping) else enumerate(value)
        found: list[Compiled | None] = []
        for key, part in parts:
            found.append((yield from _compiled(subject, Written((*written.path, key), part, written.expects), names)))
        if None in found:
            return None
    try:
        return compile_value(value, names)
    except ExpressionError as error:
        yield from _told(subject, written.path, error)
        return None


def _told(subject: Subject, path: Path_, error: ExpressionError) -> Iterator[Problem]:
    for one in (error, *error.also):
        yield Problem(subject.at(path, one.column - 1), one.problem, one.hint, one.code, width=one.width)


def _misfit(subject: Subject, written: Written, problem: tuple[str, str, str]) -> Problem:
    told, hint, code = problem
    width = len(written.value.rstrip()) if isinstance(written.value, str) and "\n" not in written.value else 0
    return Problem(subject.at(written.path, 0), told, hint, code, width=width)


def _text(subject: Subject, written: Written, names: Names) -> Iterator[Problem]:
    """A template in the file, or in a file beside it."""
    if written.expects.form == "template":
        for flaw in read_template(written.value, names).flaws:
            yield Problem(subject.at(written.path, flaw.start), flaw.problem, flaw.hint, flaw.code, width=flaw.width)
        return
    try:
        text = read_beside(subject.folder, written.value, "")
    except FileError:  # told by the check of names
        return
    for flaw in read_template(text, names).flaws:
        at = f"{subject.folder / written.value}:{_place(text, flaw)}"
        yield Problem(at, flaw.problem, flaw.hint, flaw.code, width=flaw.width)


def _place(text: str, flaw: Flaw) -> str:
    before = text[: flaw.start]
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
