"""The value of a formula: an exact fraction wherever there is one, otherwise 34 decimal digits.

Nothing here can take long: numbers with more than `MAX_BITS` are refused before they are made.
"""

from collections.abc import Callable, Mapping
from decimal import (
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    Underflow,
    localcontext,
)
from fractions import Fraction
from typing import Any

from ..base.suggest import did_you_mean
from .functions_exact import CONSTANTS, EXACT, Undefined, Value, approximate, power
from .grammar.functions import CONSTANTS as NAMES
from .grammar.functions import FUNCTIONS
from .grammar.tokens import wrong
from .grammar.tree import Call, Name, Node, Num, Op

MAX_BITS = 13_300
"""Of a numerator or denominator: about 4,000 digits."""
_CONTEXT = Context(prec=50, Emax=9999, Emin=-99_999, traps=[InvalidOperation, DivisionByZero, Overflow, Underflow])
_NEAR = Decimal("1e-12")
"""Two approximate values that differ by less, relatively, count as equal: some functions have 15 digits."""

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def evaluate(node: Node, text: str) -> Value:
    """The value of a formula without variables.

    Args:
        text: What it was read from, for messages.
    Raises:
        InputError: it has no value, or one with too many digits, or an unknown name; the column is told.
    """
    with localcontext(_CONTEXT):
        return _value(node, text)


def _value(node: Node, text: str) -> Value:
    match node:
        case Num(value):
            return _bounded(value, node, text)
        case Name(name):
            return _constant(name, node, text)
        case Op("and", parts):
            return all(bool(_value(part, text)) for part in parts)
        case Op(sign, parts) if sign in _COMPARE:
            left, right = (_number(part, text) for part in parts)
            return _compared(sign, left, right)
        case Op(sign, parts):
            return _made(sign, [_number(part, text) for part in parts], node, text)
        case Call(name, parts):
            return _made(name, [_number(part, text) for part in parts], node, text)


def _number(node: Node, text: str) -> Fraction | Decimal:
    value = _value(node, text)
    if isinstance(value, bool):
        raise wrong("a comparison is no number", text, node.at, "Compare at the end, as in 2+3 > 4")
    return value


def _constant(name: str, node: Node, text: str) -> Value:
    if name.lower() in CONSTANTS:
        return CONSTANTS[name.lower()]
    hint = did_you_mean(name, NAMES | FUNCTIONS.keys())
    raise wrong(f"there is nothing called {name!r}", text, node.at, hint)


def _made(name: str, values: list[Fraction | Decimal], node: Node, text: str) -> Value:
    try:
        if name == "^":
            return _bounded(power(values[0], values[1], MAX_BITS), node, text)
        return _bounded(EXACT[name](*values), node, text)
    except Undefined as error:
        raise wrong(error.problem, text, node.at, error.hint) from None
    except ZeroDivisionError:
        raise wrong("this divides by zero", text, node.at) from None
    except Underflow:
        problem = "this value is so near to 0 that it cannot be written"
        raise wrong(problem, text, node.at, "Take it as 0, or ask for its logarithm") from None
    except (DecimalException, OverflowError, ValueError) as error:
        raise wrong("this value is too big, too small or not defined", text, node.at) from error


def _bounded(value: Value, node: Node, text: str) -> Value:
    if isinstance(value, Fraction) and max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise wrong("this number has more than 4000 digits", text, node.at, "Ask for a smaller one")
    return value


def _compared(sign: str, left: Fraction | Decimal, right: Fraction | Decimal) -> bool:
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        left, right = approximate(left), approximate(right)
        if abs(left - right) <= _NEAR * max(abs(left), abs(right), Decimal(1)):
            right = left
    return _COMPARE[sign](left, right)
