"""CEL expressions, checked against the declared names before anything runs.

Names are looked up by `cel_text`, so that a wrong one is told with its column and the one that was meant; the types of
what is done with them are checked by Google's CEL. That reports a run-time error as a value that is truthy, so every
evaluation is looked at before it is believed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cel_expr_python import cel
from cel_expr_python.ext import ext_strings

from ...tools.base.errors import AntiphonError
from .cel_text import Scan, closing, scanned, tokens
from .cel_told import complaints, failed, widened
from .cel_values import MAX_WORK, NotPlain, plain, strange_type, work
from .flaws import Flaw
from .scopes import Names
from .shapes import ANY, BOOLEAN, INTEGER, NUMBER, OBJECT, STRING, Type, fits, list_of, record, type_of

MAX_LENGTH = 4000
"""Characters of one expression."""
MAX_GROWTH = 100_000
"""How many times as long as what goes in the outcome of map, replace and join may become."""
MAX_HINT = 200
"""Characters of a person's own text that are written out for them as an expression."""
_PLACE = re.compile(r"\$\{\s*([^{}]*?)\s*\}")
_JINJA_PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_JOINED = "Write \"${'text ' + state.name}\", with everything inside"
_JINJA = re.compile(r"\{\{\s*([a-z_]\w*)[^{}]*\}\}")


class ExpressionError(AntiphonError, ValueError):
    """An expression cannot be compiled, or failed on the values it was given.

    Attributes:
        code: The stable code of the complaint; `antiphon explain` has more.
        column: Where it begins in the text, from 1; `width` how many characters are meant.
        also: Further complaints about the same text.
    """

    def __init__(
        self, problem: str, *, at: str = "", hint: str = "", code: str = "E501", column: int = 1, width: int = 1
    ) -> None:
        super().__init__(problem, at=at, hint=hint)
        self.code, self.column, self.width = code, column, width
        self.also: tuple[ExpressionError, ...] = ()


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression; `text` as it was written, without the `${}`; `reads` the dotted names it uses."""

    text: str
    compiled: Any
    type: Type
    reads: tuple[tuple[str, ...], ...]

    def __call__(self, roots: Mapping[str, Any]) -> Any:
        """Evaluate it on `{"state": {...}, "input": {...}, "result": ...}`.

        Raises:
            ExpressionError: division by zero, a missing key and the like; it comes to what is no plain value, or to
                more than a run carries.
        """
        if self.compiled is None:  # a bare name needs no engine, and may hold what CEL has no type for: sound
            return _value(roots, self.reads[0])
        data = {".".join(chain): _value(roots, chain) for chain in self.reads}
        if work(self.text, data) > MAX_WORK:
            raise self._failed("what this makes of such long texts could grow without end", "Replace less at a time")
        try:
            value = self.compiled.eval(data=data)
            made = value.plain_value()
        except (RuntimeError, TypeError, ValueError, OverflowError, RecursionError, MemoryError) as error:
            raise self._failed(*failed(str(error))) from error
        if value.type() == cel.Type.ERROR:
            raise self._failed(*failed(str(made)))
        try:
            return plain(made, data)
        except NotPlain as error:
            raise self._failed(str(error), error.hint) from None

    def _failed(self, problem: str, hint: str = "") -> ExpressionError:
        return ExpressionError(f"{self.text!r} failed: {problem}", hint=hint)


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that is not an expression."""

    value: Any
    reads: tuple[tuple[str, ...], ...] = ()

    def __call__(self, roots: Mapping[str, Any]) -> Any:
        return self.value

    @property
    def type(self) -> Type:
        """Its type."""
        return type_of(self.value)


@dataclass(frozen=True, slots=True)
class Composed:
    """A list or an object in which expressions stand."""

    parts: "Mapping[str, Compiled] | Sequence[Compiled]"
    type: Type
    reads: tuple[tuple[str, ...], ...]

    def __call__(self, roots: Mapping[str, Any]) -> Any:
        """Evaluate them all.

        Raises:
            ExpressionError: as for an Expression.
        """
        if isinstance(self.parts, Mapping):
            return {name: part(roots) for name, part in self.parts.items()}
        return [part(roots) for part in self.parts]


Compiled = Expression | Literal | Composed


def compile_value(written: Any, names: Names) -> Compiled:
    """A value of the file: an expression if the whole string is `${...}`, else a literal; in lists, too.

    Raises:
        ExpressionError: the expression does not compile, or `${` stands inside other text.
    """
    if isinstance(written, list | tuple | Mapping):
        return _composed(written, names)
    if not isinstance(written, str):
        return Literal(written)
    if "${" not in written:
        jinja = _JINJA.search(written)
        if jinja and jinja[1] in names.roots:
            hint = f"{{{{ }}}} is for prompts. {_as_one(_pieces(written, _JINJA_PLACE), names)}"
            raise ExpressionError(
                f"{jinja[0]!r} would be plain text here",
                hint=hint,
                code="E505",
                column=jinja.start() + 1,
                width=len(jinja[0]),
            )
        return Literal(written)
    end = closing(written, 2) if written.startswith("${") else -1
    if end >= 0 and not written[end + 1 :].strip():
        return _plain_expression(written[2:end], names)
    whole = written.startswith("${") and end < 0 and written.rstrip().endswith("}")
    if whole:  # a string that does not end: CEL says so
        return _plain_expression(written.rstrip()[2:-1], names)
    if _inside_spaces(written):
        hint = f'Remove the spaces around it: "{written.strip()}"'
        raise ExpressionError("an expression must be the whole value", hint=hint, code="E505", width=1)
    column = (end + 1 if end >= 0 else written.find("${")) + 1
    hint = _as_one(_pieces(written, _PLACE), names)
    raise ExpressionError("an expression must be the whole value", hint=hint, code="E505", column=column, width=2)


def _inside_spaces(written: str) -> bool:
    bare = written.strip()
    return bare != written and bare.startswith("${") and closing(bare, 2) == len(bare) - 1


def _plain_expression(text: str, names: Names) -> Expression:
    """An expression whose value may stand in a file: no moments, keys that are numbers and the like inside of it."""
    expression = compile_expression(text, names, offset=2)
    strange = strange_type(str(expression.compiled.return_type())) if expression.compiled is not None else None
    if strange:
        raise ExpressionError(strange[0], hint=strange[1], code="E508", column=3, width=len(text.rstrip()))
    return expression


def _as_one(pieces: list[str], names: Names) -> str:
    """How to write texts and expressions, one after the other, as one expression."""
    told: list[str] = []
    for i, piece in enumerate(pieces):
        if i % 2 == 0:
            told += [f"'{piece}'"] if piece else []
            continue
        try:
            type_ = compile_expression(piece, names).type.name
        except ExpressionError:
            type_ = "string"
        if type_ in ("list", "object", "audio"):
            return _JOINED
        simple = re.fullmatch(r"[\w.]+", piece)
        told.append(f"string({piece})" if type_ != "string" else piece if simple else f"({piece})")
    whole = " + ".join(told)
    plain = not any(sign in text for text in pieces[::2] for sign in "'\"\\\n")
    return f'Write "${{{whole}}}"' if plain and len(whole) <= MAX_HINT else _JOINED


def _pieces(written: str, place: re.Pattern[str]) -> list[str]:
    """Text, expression, text and so on."""
    pieces = place.split(written)
    return pieces if any(text.strip() for text in pieces[::2]) else ["", pieces[1].strip(), ""]


def _composed(written: Any, names: Names) -> "Composed | Literal":
    """A list or an object; each text in it may be an expression."""
    if isinstance(written, Mapping):
        named = {str(name): compile_value(value, names) for name, value in written.items()}
        parts, type_ = list(named.values()), record(**{name: one.type for name, one in named.items()})
        made: Any = named
    else:
        made = parts = [compile_value(value, names) for value in written]
        first = parts[0].type if parts else ANY
        type_ = list_of(first if all(fits(one.type, first) for one in parts) else ANY)
    if all(isinstance(one, Literal) for one in parts):
        return Literal(written)
    return Composed(made, type_, tuple(dict.fromkeys(chain for one in parts for chain in one.reads)))


def compile_condition(text: str, names: Names) -> Expression:
    """An expression that must be true or false.

    Raises:
        ExpressionError: it does not compile or has another type.
    """
    if text.strip().startswith("${"):
        raise ExpressionError("a condition is an expression as it is", hint="Write it without ${ }", width=2)
    expression = compile_expression(text, names)
    if expression.type.name not in ("boolean", "any"):
        problem = f"{text.strip()!r} is no condition: it is of the type {expression.type}"
        hint = _COMPARE.get(expression.type.name, "Compare it with something").format(text.strip())
        raise ExpressionError(problem, hint=hint, code="E504", width=len(text.rstrip()))
    return expression


_COMPARE = {
    "string": "Compare it with something: {} != ''",
    "integer": "Compare it with something: {} > 0",
    "number": "Compare it with something: {} > 0",
    "list": "Compare its size: size({}) > 0",
}


def compile_expression(text: str, names: Names, *, offset: int = 0) -> Expression:
    """Compile CEL text; `offset` is where it starts in what was written.

    Raises:
        ExpressionError: with the column of the first complaint, and the others in `also`.
    """
    if len(text) > MAX_LENGTH:
        problem = f"the expression has {len(text):,} characters; at most {MAX_LENGTH:,}"
        raise ExpressionError(problem, hint="Compute it in several steps", code="E507")
    scan = scanned(text, names)
    if scan.growth > MAX_GROWTH:
        raise ExpressionError("what this makes could grow without end", hint="Compute it in several steps", code="E507")
    bare = text.strip()
    if scan.whole is not None and not scan.wrong and _is_bare(bare, scan):
        return Expression(bare, None, scan.whole, tuple(scan.reads))
    variables = frozenset((".".join(chain), _plain(type_)) for chain, type_ in scan.reads.items())
    compiled, told = _compiled(text, variables)
    syntax = [one for one in told if one.code in ("E501", "E507")]
    every = syntax or sorted([*scan.wrong, *told, *_patterns(text)], key=lambda one: one.start)
    if every:
        raise _as_error(every, offset)
    return Expression(bare, compiled, scan.whole or _type_of(str(compiled.return_type())), tuple(scan.reads))


def _is_bare(bare: str, scan: Scan) -> bool:
    """Whether it is one declared name and nothing else."""
    return (
        len(scan.chains) == 1
        and scan.chains[0].chain in scan.reads
        and len(tokens(bare)) == (2 * len(scan.chains[0].chain) - 1)
    )


def _as_error(every: list[Flaw], offset: int) -> ExpressionError:
    first, *others = [
        ExpressionError(one.problem, hint=one.hint, code=one.code, column=offset + one.start + 1, width=one.width)
        for one in dict.fromkeys(every)
    ]
    first.also = tuple(others)
    return first


@lru_cache(maxsize=4096)
def _compiled(text: str, variables: frozenset[tuple[str, Type]]) -> tuple[Any, tuple[Flaw, ...]]:
    """What CEL makes of a text, or what it says against it.

    CEL compares no whole number with a decimal one: `state.score >= 1` is compiled as `state.score >= 1.0`.
    """
    environment, wider, added = _environment(variables), text, list[int]()
    first = ""
    for _ in range(16):
        try:
            return environment.compile(wider), ()
        except RuntimeError as error:
            first = first or str(error)
            at = widened(wider, str(error))
            if at is None:
                return None, tuple(complaints(str(error), wider, added))
            wider = f"{wider[:at]}.0{wider[at:]}"
            added.append(at)
    return None, tuple(complaints(first, text, []))


@lru_cache(maxsize=1024)
def _environment(variables: frozenset[tuple[str, Type]]) -> Any:
    declared = {name: _cel(type_) for name, type_ in variables}
    return cel.NewEnv(variables=declared, extensions=[ext_strings.ExtStrings()])  # split, join, trim and so on


def _plain(type_: Type) -> Type:
    """A type as CEL is told of it: what is in an object is seen to by us."""
    if type_.name == "list":
        return list_of(_plain(type_.items or ANY))
    return Type(type_.name)


def _cel(type_: Type) -> Any:
    match type_.name:
        case "list":
            return cel.Type.List(_cel(type_.items or ANY))
        case "object":
            return cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
        case _:
            return _CEL.get(type_.name, cel.Type.DYN)


_CEL = {"string": cel.Type.STRING, "integer": cel.Type.INT, "number": cel.Type.DOUBLE, "boolean": cel.Type.BOOL}
_BACK = {
    "STRING": STRING,
    "INT": INTEGER,
    "UINT": INTEGER,
    "DOUBLE": NUMBER,
    "BOOL": BOOLEAN,
    "NULL": Type("null"),
    "TIMESTAMP": Type("time"),
    "DURATION": Type("duration"),
    "BYTES": Type("bytes"),
}


def _type_of(name: str) -> Type:
    """A type as CEL writes it: LIST<STRING>, MAP<STRING, DYN>."""
    if name.startswith("LIST<"):
        return list_of(_type_of(name[5:-1]))
    return OBJECT if name.startswith("MAP") else _BACK.get(name, ANY)


def _patterns(text: str) -> list[Flaw]:
    """Regular expressions written out after `matches` that are none."""
    found = tokens(text) if "matches" in text else ()
    wrong = []
    for i, token in enumerate(found[:-2]):
        pattern = found[i + 2]
        if token.text == "matches" and found[i + 1].text == "(" and pattern.kind in ("string", "raw"):
            problem = _pattern_problem(pattern.text)
            if problem:
                told = f"{pattern.text} is no regular expression: {problem}"
                wrong.append(Flaw(pattern.start, len(pattern.text), told, "RE2's syntax is used", "E501"))
    return wrong


@lru_cache(maxsize=512)
def _pattern_problem(literal: str) -> str:
    try:
        value = _environment(frozenset()).compile(f"''.matches({literal})").eval(data={})
    except RuntimeError:
        return ""  # the literal itself is wrong, which is told elsewhere
    return str(value.plain_value()).split("expression: ")[-1] if value.type() == cel.Type.ERROR else ""


def _value(roots: Mapping[str, Any], chain: tuple[str, ...]) -> Any:
    value: Any = roots
    for part in chain:
        value = value[part]
    return value
