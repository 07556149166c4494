"""The sums a model writes down, reckoned again: a chain of thought with a wrong one is not to be trusted."""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction

_NUMBER = r"\d{1,15}(?:\.\d{1,10})?"
_ATOM = rf"[(\s]{{0,6}}{_NUMBER}%?[)\s]{{0,6}}"
_EQUATION = re.compile(
    rf"(?<![\w.,)%+\-*/^=])(?<![+\-*/^]\s)"
    rf"(?P<left>{_ATOM}(?:[+\-*/]{_ATOM}){{1,12}})=\s?(?P<right>-?{_NUMBER})(?![\d.]*\d|\s?[%+\-*/^(])"
)
_PLAIN = (
    (re.compile(r"\\(?:times|cdot)\b|[×✕]|(?<=\d)\s?x\s?(?=\d)"), "*"),
    (re.compile(r"\\div\b|÷"), "/"),
    (re.compile(r"[−–]"), "-"),
    (re.compile(r"\\[dt]?frac\s*\{([^{}]{1,40})\}\s*\{([^{}]{1,40})\}"), r"((\1)/(\2))"),
    (re.compile(r"\\(?:text|mathrm)\s*\{[^{}]*\}|\\left|\\right|\\[()\[\],!]|\\(?=[$%])|[$¥￥€£*]{2}|[$¥￥€£]"), ""),
    (re.compile(r"(?<=\d),(?=\d{3}(?!\d))"), ""),
    (re.compile(r"等于|＝"), "="),
)
_OPERATORS: Mapping[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_AT_MOST = 20_000
"""Characters looked at."""


def wrong_sums(text: str) -> tuple[str, ...]:
    """The equations between plain numbers that do not hold; a result may be rounded or cut off at its last place.

    What stands between words, names or units that are not understood is left alone.

    Example:
        >>> wrong_sums("20 + 25 = 45 rolls, and 45 * 3 = 125. 10 / 3 = 3.33")
        ('45 * 3 = 125',)
    """
    text = text[:_AT_MOST]
    for pattern, instead in _PLAIN:
        text = pattern.sub(instead, text)
    return tuple(match[0].strip() for match in _EQUATION.finditer(text) if not _holds(match["left"], match["right"]))


def _holds(left: str, right: str) -> bool:
    value = _value(left)
    last_place = Fraction(1, 10 ** len(right.partition(".")[2]))
    return value is None or abs(value - Fraction(right)) < last_place


def _value(expression: str) -> Fraction | None:
    """Its exact value; None where it is none, such as with a bracket too many."""
    try:
        tree = ast.parse(re.sub(rf"({_NUMBER})%", r"(\1/100)", expression).strip(), mode="eval")
        return _reckoned(tree.body)
    except (SyntaxError, ZeroDivisionError, ValueError):
        return None


def _reckoned(node: ast.expr) -> Fraction:
    match node:
        case ast.BinOp(left, operation, right) if type(operation) in _OPERATORS:
            return _OPERATORS[type(operation)](_reckoned(left), _reckoned(right))
        case ast.UnaryOp(ast.USub(), operand):
            return -_reckoned(operand)
        case ast.Constant(int() | float() as value):
            return Fraction(str(value))
    raise ValueError(f"no arithmetic: {ast.dump(node)}")
