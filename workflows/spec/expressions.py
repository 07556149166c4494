"""CEL expressions, type-checked against the declared fields before anything runs.

Google's CEL reports a run-time error as a value that is truthy, so every evaluation is looked at before it is believed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cel_expr_python import cel

from ...tools.base.errors import AntiphonError
from ...tools.base.suggest import did_you_mean
from .types import WorkflowSpec

_WHOLE = re.compile(r"\$\{(.*)\}\s*", re.DOTALL)
_COMPLAINT = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
_UNKNOWN = re.compile(r"undeclared reference to '([\w.]+)'")
_TYPES = {
    "string": cel.Type.STRING,
    "integer": cel.Type.INT,
    "number": cel.Type.DOUBLE,
    "boolean": cel.Type.BOOL,
    "list": cel.Type.List(cel.Type.DYN),
    "object": cel.Type.DYN,
    "audio": cel.Type.DYN,
}


class ExpressionError(AntiphonError, ValueError):
    """An expression cannot be compiled, or failed on the values it was given; `column` counts from 1 in its text."""

    def __init__(self, problem: str, *, at: str = "", hint: str = "", column: int = 1) -> None:
        super().__init__(problem, at=at, hint=hint)
        self.column = column


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression; `text` as it was written, without the `${}`."""

    text: str
    compiled: Any

    def __call__(self, values: Mapping[str, Any]) -> Any:
        """Evaluate it on flat names: `state.question`, `input.age`, `result`.

        Raises:
            ExpressionError: division by zero, a missing key and the like.
        """
        if self.text in values:  # a bare name needs no engine, and may hold what CEL has no type for: sound
            return values[self.text]
        try:
            value = self.compiled.eval(data=values)
        except RuntimeError as error:
            raise ExpressionError(f"{self.text!r} failed: {error}") from error
        if value.type() == cel.Type.ERROR:
            raise ExpressionError(f"{self.text!r} failed: {value.plain_value()}")
        return value.plain_value()


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that is not an expression."""

    value: Any

    def __call__(self, values: Mapping[str, Any]) -> Any:
        return self.value


class Scope:
    """The names an expression may use: the workflow's state and input, and `result` where there is one."""

    def __init__(self, spec: WorkflowSpec) -> None:
        self.types = {f"state.{name}": _TYPES[field.type] for name, field in spec.state.items()}
        self.types |= {f"input.{name}": _TYPES[field.type] for name, field in spec.input.items()}
        self._plain = cel.NewEnv(variables=self.types)
        self._with_result = cel.NewEnv(variables=self.types | {"result": cel.Type.DYN})

    def value(self, written: Any, *, result: bool = False) -> Expression | Literal:
        """A value of the file: an expression if the whole string is `${...}`, else a literal.

        Raises:
            ExpressionError: the expression does not compile, or `${` stands inside other text.
        """
        if not isinstance(written, str) or "${" not in written:
            return Literal(written)
        whole = _WHOLE.fullmatch(written)
        if whole is None:
            raise ExpressionError(
                "an expression must be the whole value",
                hint="Write \"${'text ' + state.name}\", with everything inside",
            )
        return self.expression(whole[1], result=result, offset=2)

    def condition(self, text: str) -> Expression:
        """An expression that must be true or false.

        Raises:
            ExpressionError: it does not compile or has another type.
        """
        expression = self.expression(text)
        type_ = expression.compiled.return_type()
        if type_ not in (cel.Type.BOOL, cel.Type.DYN):
            raise ExpressionError(
                f"{text!r} is no condition: its type is {_name(type_)}", hint="Compare it with something"
            )
        return expression

    def expression(self, text: str, *, result: bool = False, offset: int = 0) -> Expression:
        """Compile CEL text; `offset` is where it starts in what was written.

        Raises:
            ExpressionError: with the column of the first complaint.
        """
        environment = self._with_result if result else self._plain
        try:
            return Expression(text.strip(), environment.compile(text))
        except RuntimeError as error:
            raise self._complaint(str(error), text, offset) from None

    def _complaint(self, message: str, text: str, offset: int) -> ExpressionError:
        found = _COMPLAINT.search(message)
        problem, column = (found[3], max(int(found[2]), 1)) if found else (message, 1)
        unknown = _UNKNOWN.search(problem)
        if unknown:
            # the column CEL gives is that of the last dot; the caret belongs under the name's beginning
            start = text.find(unknown[1]) + 1
            hint = did_you_mean(unknown[1], self.types)
            return ExpressionError(f"nothing is called {unknown[1]!r}", hint=hint, column=offset + max(start, 1))
        hint = "Write 1.0 for 1, or double(x)" if "(double, int)" in problem or "(int, double)" in problem else ""
        return ExpressionError(f"{text!r}: {problem.split(' (in container')[0]}", hint=hint, column=offset + column)


def _name(type_: Any) -> str:
    return str(type_).rsplit(".", 1)[-1].lower()
