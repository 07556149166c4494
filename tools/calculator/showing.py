"""How a value is told: short enough for a model, and as people write it."""

from decimal import Decimal
from fractions import Fraction

from .arithmetic import shown
from .functions_exact import Value

MAX_EXACT = 200
"""Characters of an exact result; a longer one is told in powers of ten."""
_DIGITS = 12
"""Significant digits of a rounded result."""
_MAX_PLAIN = 21
"""Characters of a result written out; longer ones are rounded."""


def told(value: Value) -> dict[str, str]:
    """`result`, a decimal of at most 12 significant digits; `exact`, an integer or fraction, "" where none is known.

    Example:
        >>> from fractions import Fraction
        >>> told(Fraction(1, 3))
        {'result': '0.333333333333', 'exact': '1/3'}
    """
    if isinstance(value, bool):
        return {"result": "true" if value else "false", "exact": "true" if value else "false"}
    if isinstance(value, Decimal):
        return {"result": rounded(value), "exact": ""}
    exact = shown_exactly(value)
    decimal = shown(value)
    if value.denominator == 1 and len(exact) <= MAX_EXACT:
        return {"result": exact, "exact": exact}
    short = "/" not in decimal and len(decimal) <= _MAX_PLAIN
    return {"result": decimal if short else rounded(value), "exact": exact if len(exact) <= MAX_EXACT else ""}


def shown_exactly(value: Fraction) -> str:
    """An integer or a fraction: 56, 7/3."""
    return str(value)


def rounded(value: Fraction | Decimal) -> str:
    """12 significant digits, in powers of ten where it would have many zeros."""
    if isinstance(value, Fraction):
        value = _divided(value)
    short = +value.quantize(Decimal(1).scaleb(value.adjusted() - _DIGITS + 1)) if value else Decimal(0)
    short = short.normalize()
    if -6 <= short.adjusted() < 15:
        return format(short, "f")
    figures, _, exponent = format(short, "e").partition("e")
    return f"{figures}e{int(exponent):+d}"


def _divided(value: Fraction) -> Decimal:
    from decimal import Context

    return Context(prec=30).divide(Decimal(value.numerator), Decimal(value.denominator))
