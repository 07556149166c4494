"""Quantities by pint, exactly: on trees, and never on text."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any, cast

import pint

from ..base.suggest import did_you_mean
from .math_untold import Untold
from .showing import told
from .units_named import KNOWN

_MOST_POWER = 100
_MAX_EXACT = 40
"""Characters of an exact fraction."""


@cache
def _registry() -> Any:
    registry: Any = pint.UnitRegistry(non_int_type=cast(Any, Fraction), on_redefinition="ignore")
    registry.define("acre = 4046.8564224 * meter ** 2")  # the international one; pint has that of the US survey
    return registry


def warm_up() -> None:
    """Load what the first question would have to wait for."""
    _registry().Quantity(Fraction(1), "km").to("mile")


def converted(request: Mapping[str, Any]) -> dict[str, Any]:
    """The quantity `what` in the unit `target`, or in its own where that is None.

    Raises:
        Untold: a unit is unknown, or they do not measure the same.
    """
    value, target = quantity(request["what"]), request["target"]
    if target is None:
        return _in_own(value)
    unit = quantity(target)
    if value.dimensionality != unit.dimensionality:
        raise Untold(_unlike(value, request["name"]), "Units of both sides must measure the same kind of thing")
    names = [target[1]] if target[0] == "name" else []
    if names and names[0] in ("degC", "degF"):
        number = Fraction(value.to(names[0]).magnitude)
    else:
        number = Fraction((_base(value) / _base(unit)).magnitude)
    answer = told(number)
    if len(answer["exact"]) > _MAX_EXACT:  # it has π in it, or is of no use
        answer["exact"] = ""
    return {name: f"{text} {request['name']}" if text else "" for name, text in answer.items()}


def _base(value: Any) -> Any:
    return value.to_base_units()


def _in_own(value: Any) -> dict[str, Any]:
    if value.dimensionless:
        return dict(told(Fraction(value.to_base_units().magnitude)))
    above = [(str(name), power) for name, power in value.unit_items() if power > 0]
    below = [(str(name), -power) for name, power in value.unit_items() if power < 0]
    unit = "/".join([_product(above) or "1", *(_product([one]) for one in below)])
    return {name: f"{text} {unit}" if text else "" for name, text in told(Fraction(value.magnitude)).items()}


def _product(units: list[tuple[str, Any]]) -> str:
    return "*".join(name if power == 1 else f"{name}^{power}" for name, power in units)


def quantity(node: list[Any]) -> Any:
    """A pint quantity of a tree."""
    match node:
        case ["num", value]:
            return _registry().Quantity(Fraction(value))
        case ["name", name]:
            return _unit(name)
        case ["op", "*", left, ["name", "degC" | "degF" as name]]:
            return _degrees(quantity(left), name)
        case ["op", "neg", inner] if _is_degrees(inner):
            return quantity(["op", "*", ["op", "neg", inner[2]], inner[3]])
        case ["op", sign, *parts] if sign in _COMBINED:
            return _combined(sign, [quantity(part) for part in parts])
        case _:
            raise Untold("this is not known with units", "Use + - * / and ^")


def _is_degrees(node: list[Any]) -> bool:
    match node:
        case ["op", "*", _, ["name", "degC" | "degF"]]:
            return True
    return False


def _degrees(number: Any, name: str) -> Any:
    return _registry().Quantity(Fraction(number.magnitude), name)


def _unit(name: str) -> Any:
    if name == "pi":
        return _registry().Quantity(Fraction("3.14159265358979323846264338327950288"))
    try:
        return _registry().Quantity(Fraction(1), _registry().Unit(name))
    except (pint.UndefinedUnitError, ValueError, AttributeError):
        raise Untold(f"there is no unit called {name!r}", did_you_mean(name, KNOWN)) from None


_COMBINED: Mapping[str, Callable[..., Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "^": lambda a, b: _power(a, b),
    "neg": lambda a: -a,
    "%": lambda a: a / 100,
    "+%": lambda a, b: a * (1 + b),
    "-%": lambda a, b: a * (1 - b),
}


def _combined(sign: str, values: list[Any]) -> Any:
    try:
        return _COMBINED[sign](*values)
    except pint.OffsetUnitCalculusError:
        raise Untold("temperatures in degrees cannot be added or multiplied", "Use kelvin") from None
    except pint.DimensionalityError:
        raise Untold("these units cannot be added to each other") from None
    except ZeroDivisionError:
        raise Untold("this divides by zero") from None


def _power(base: Any, exponent: Any) -> Any:
    if not exponent.unitless or Fraction(exponent.magnitude).denominator != 1 or abs(exponent.magnitude) > _MOST_POWER:
        raise Untold(f"with units a power is a whole number up to {_MOST_POWER}")
    return base ** int(exponent.magnitude)


def _unlike(value: Any, name: str) -> str:
    return f"{_kind(value)} cannot be told in {name}"


def _kind(value: Any) -> str:
    if value.dimensionless:
        return "a plain number"
    kinds = [(str(what).strip("[]"), power) for what, power in value.dimensionality.items()]
    return f"what measures {_product(kinds)}"
