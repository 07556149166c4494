"""What operators and functions come to: a Fraction where that is exact, otherwise a Decimal."""

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

Number = Fraction | Decimal
Value = Fraction | Decimal | bool

_PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494")
CONSTANTS: Mapping[str, Decimal] = {
    "pi": _PI,
    "π": _PI,
    "tau": 2 * _PI,
    "e": Decimal("2.71828182845904523536028747135266249775724709369995957496697"),
}
_MOST_FACTORIAL = 1200
"""1200! has 3,176 digits."""
_MOST_ANGLE = 10**30
"""Sine and its like of more would need more digits of π than are known here."""


class Undefined(Exception):
    """There is no such value; becomes an InputError with its place."""

    def __init__(self, problem: str, hint: str = "") -> None:
        self.problem, self.hint = problem, hint
        super().__init__(problem)


def approximate(value: Number) -> Decimal:
    """To as many digits as the context has."""
    return value if isinstance(value, Decimal) else Decimal(value.numerator) / Decimal(value.denominator)


def power(base: Number, exponent: Number, max_bits: int) -> Number:
    """`base` to the power of `exponent`, exact where that is a fraction.

    Raises:
        Undefined: it would have more than `max_bits` bits, or is no real number.
    """
    if isinstance(base, Fraction) and isinstance(exponent, Fraction):
        if exponent.denominator == 1:
            return _whole_power(base, exponent.numerator, max_bits)
        if exponent.denominator <= 64:
            found = _exact_root(base, exponent.denominator)
            if found is not None:
                return _whole_power(found, exponent.numerator, max_bits)
    if base < 0:
        raise Undefined("a negative number has no real power of that kind")
    if base == 0:
        return Fraction(0) if exponent > 0 else _divided_by_nothing()
    return Decimal(approximate(base)) ** approximate(exponent)


def _divided_by_nothing() -> Fraction:
    raise ZeroDivisionError


def _whole_power(base: Fraction, exponent: int, max_bits: int) -> Fraction:
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if abs(base) not in (0, 1) and (bits - 1) * abs(exponent) > max_bits:
        raise Undefined("this power has more than 4000 digits", "Ask for a smaller one")
    return base ** (exponent if abs(base) not in (0, 1) or exponent < 0 else min(exponent, 2 + exponent % 2))


def _exact_root(value: Fraction, n: int) -> Fraction | None:
    """The real nth root where it is a fraction; None elsewhere."""
    if value < 0:
        inner = _exact_root(-value, n) if n % 2 else None
        return -inner if inner is not None else None
    above, below = _whole_root(value.numerator, n), _whole_root(value.denominator, n)
    return Fraction(above, below) if above is not None and below is not None else None


def _whole_root(value: int, n: int) -> int | None:
    if value < 2 or n == 1:
        return value
    if n == 2:
        root = math.isqrt(value)
        return root if root * root == value else None
    if n > value.bit_length():
        return None
    root = _guessed_root(value, n)
    while (nearer := ((n - 1) * root + value // root ** (n - 1)) // n) < root:
        root = nearer
    return root if root**n == value else None


def _guessed_root(value: int, n: int) -> int:
    """A little more than the nth root, to 40 bits, so that Newton's method comes down to it in a few steps."""
    bits = math.log2(value) / n
    whole = int(bits)
    guess = int(2 ** (bits - whole) * (1 + 2**-40) * 2**50)
    return (guess << (whole - 50) if whole >= 50 else guess >> (50 - whole)) + 1


def _root(value: Number, n: Number) -> Number:
    if not isinstance(n, Fraction) or n.denominator != 1 or not 1 <= n <= 1000:
        raise Undefined("the degree of a root is a whole number from 1 to 1000")
    if isinstance(value, Fraction):
        found = _exact_root(value, n.numerator)
        if found is not None:
            return found
    if value < 0:
        if n % 2 == 0:
            raise Undefined("a negative number has no real root of even degree")
        return -_root(-value, n)
    if n == 2:
        return approximate(value).sqrt()
    return approximate(value) ** (1 / approximate(n))


def _whole(value: Number, what: str) -> int:
    if not isinstance(value, Fraction) or value.denominator != 1:
        raise Undefined(f"{what} takes whole numbers only")
    return value.numerator


def _factorial(value: Number) -> Fraction:
    n = _whole(value, "a factorial")
    if n < 0:
        raise Undefined("a factorial of a negative number does not exist")
    if n > _MOST_FACTORIAL:
        raise Undefined(f"the factorial of more than {_MOST_FACTORIAL} has too many digits")
    return Fraction(math.factorial(n))


def _double_factorial(value: Number) -> Fraction:
    """n (n - 2) (n - 4) ..."""
    n = _whole(value, "a double factorial")
    if n < 0:
        raise Undefined("a double factorial of a negative number is not known here")
    if n > _MOST_FACTORIAL:
        raise Undefined(f"the double factorial of more than {_MOST_FACTORIAL} has too many digits")
    return Fraction(math.prod(range(n, 0, -2)))


def _counted(count: Callable[[int, int], int], what: str) -> Callable[[Number, Number], Fraction]:
    def number(n: Number, k: Number) -> Fraction:
        n_, k_ = _whole(n, what), _whole(k, what)
        if n_ < 0 or k_ < 0:
            raise Undefined(f"{what} takes no negative numbers")
        smaller = min(k_, n_ - k_) if count is math.comb else k_
        if k_ <= n_ and smaller * n_.bit_length() > 13_000:
            raise Undefined("this number has too many digits")
        return Fraction(count(n_, k_))

    return number


def _divided_whole(a: Number, b: Number) -> Number:
    return Fraction(math.floor(a / b if isinstance(a, Fraction) and isinstance(b, Fraction) else _ratio(a, b)))


def _ratio(a: Number, b: Number) -> Number:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a / b
    if b == 0:
        raise ZeroDivisionError
    return approximate(a) / approximate(b)


def _mixed(exact: Callable[[Any, Any], Any]) -> Callable[[Number, Number], Number]:
    """For two fractions or two decimals alike."""

    def made(a: Number, b: Number) -> Number:
        if isinstance(a, Fraction) and isinstance(b, Fraction):
            return exact(a, b)  # type: ignore[no-any-return]
        return exact(approximate(a), approximate(b))  # type: ignore[no-any-return]

    return made


def _modulo(a: Number, b: Number) -> Number:
    if b == 0:
        raise ZeroDivisionError
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a % b
    return _add(a, _negative(_times(_divided_whole(a, b), b)))


def _negative(value: Number) -> Number:
    return -value


_add = _mixed(lambda a, b: a + b)
_minus = _mixed(lambda a, b: a - b)
_times = _mixed(lambda a, b: a * b)


def _percent_more(a: Number, share: Number) -> Number:
    return _times(a, _add(Fraction(1), share))


def _percent_less(a: Number, share: Number) -> Number:
    return _times(a, _minus(Fraction(1), share))


def _round(value: Number, places: Number = Fraction(0)) -> Fraction:
    """Halves away from zero, as at school."""
    n = _whole(places, "round")
    if abs(n) > 30:
        raise Undefined("round goes to 30 places at most")
    exact = Fraction(value) * Fraction(10) ** n
    return Fraction((1 if exact >= 0 else -1) * math.floor(abs(exact) + Fraction(1, 2))) / Fraction(10) ** n


def _angle(function: Callable[[float], float]) -> Callable[[Number], Number]:
    def of(value: Number) -> Number:
        if value == 0:
            return Fraction(round(function(0.0)))
        if not -_MOST_ANGLE <= value <= _MOST_ANGLE:
            raise Undefined("this angle is too big")
        turned = approximate(value)
        turned -= 2 * _PI * (turned / (2 * _PI)).to_integral_value()
        result = function(float(turned))
        if abs(result) > 1e15:
            raise Undefined("there is no tangent at a right angle")
        near = round(result * 2)
        return Fraction(near, 2) if abs(result * 2 - near) < 1e-15 else Decimal(repr(result))

    return of


def _float(function: Callable[[float], float], name: str) -> Callable[[Number], Number]:
    def of(value: Number) -> Number:
        try:
            result = function(float(value))
        except (ValueError, OverflowError):
            raise Undefined(f"{name} of this number is not defined, or too big") from None
        return Fraction(0) if value == 0 and result == 0 else Decimal(repr(result))

    return of


def _ln(value: Number) -> Number:
    if value <= 0:
        raise Undefined("only positive numbers have a logarithm")
    return Fraction(0) if value == 1 else approximate(value).ln()


def _log(value: Number, base: Number = Fraction(10)) -> Number:
    """To base 10, or another one: exact for powers of it."""
    above, below = _ln(value), _ln(base)
    if below == 0:
        raise Undefined("there is no logarithm to base 1")
    result = approximate(above) / approximate(below)
    near = result.to_integral_value()
    if isinstance(value, Fraction) and isinstance(base, Fraction) and abs(near) < 10_000 and abs(result - near) < _TINY:
        try:
            if power(base, Fraction(int(near)), 13_300) == value:
                return Fraction(int(near))
        except Undefined:
            return result
    return result


_TINY = Decimal("1e-30")


def _exp(value: Number) -> Number:
    return Fraction(1) if value == 0 else approximate(value).exp()


def _gcd(*values: Number) -> Fraction:
    return Fraction(math.gcd(*(_whole(value, "gcd") for value in values)))


def _lcm(*values: Number) -> Fraction:
    result = 1
    for value in values:
        result = math.lcm(result, _whole(value, "lcm"))
        if result.bit_length() > 13_300:
            raise Undefined("this number has too many digits")
    return Fraction(result)


def _alike(values: tuple[Number, ...]) -> list[Any]:
    exact = all(isinstance(value, Fraction) for value in values)
    return list(values) if exact else [approximate(value) for value in values]


def _median(values: list[Any]) -> Any:
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


EXACT: Mapping[str, Callable[..., Value]] = {
    "+": _add,
    "-": _minus,
    "*": _times,
    "/": _ratio,
    "//": _divided_whole,
    "mod": _modulo,
    "neg": _negative,
    "%": lambda value: _ratio(value, Fraction(100)),
    "+%": _percent_more,
    "-%": _percent_less,
    "!": _factorial,
    "!!": _double_factorial,
    "factorial": _factorial,
    "sqrt": lambda value: _root(value, Fraction(2)),
    "cbrt": lambda value: _root(value, Fraction(3)),
    "root": _root,
    "abs": abs,
    "floor": lambda value: Fraction(math.floor(value)),
    "ceil": lambda value: Fraction(math.ceil(value)),
    "round": _round,
    "gcd": _gcd,
    "lcm": _lcm,
    "binomial": _counted(math.comb, "a binomial"),
    "permutations": _counted(math.perm, "a number of permutations"),
    "min": lambda *values: min(_alike(values)),
    "max": lambda *values: max(_alike(values)),
    "sum": lambda *values: sum(_alike(values)),
    "mean": lambda *values: sum(_alike(values)) / len(values),
    "median": lambda *values: _median(sorted(_alike(values))),
    "exp": _exp,
    "ln": _ln,
    "log": _log,
    "log10": _log,
    "log2": lambda value: _log(value, Fraction(2)),
    "sin": _angle(math.sin),
    "cos": _angle(math.cos),
    "tan": _angle(math.tan),
    **{name: _float(getattr(math, name), name) for name in ("asin", "acos", "atan", "sinh", "cosh", "tanh")},
}
