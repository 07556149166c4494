"""Algebra by sympy, on expressions that are built from a tree and never from text."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import sympy

from .math_untold import Untold

MAX_RESULT = 400
"""Characters of a result; a longer one is of no use to a model or to people."""
_I = sympy.I


def warm_up() -> None:
    """Load what the first question would have to wait for."""
    x = sympy.Symbol("x")
    sympy.solve(sympy.Eq(x**2, 4), x, dict=True)


def done(request: Mapping[str, Any]) -> dict[str, Any]:
    """What `Algebra.plain` asks for.

    Raises:
        Untold: it has no answer that could be told.
    """
    formulas = [built(one) for one in request["formulas"]]
    more = [built(one) for one in request["more"]]
    variables = [sympy.Symbol(name) for name in request["variables"]]
    if request["do"] == "solve":
        return _solved(formulas, variables)
    return _changed(request["do"], formulas[0], variables or _variables(formulas[:1]), more)


def built(node: list[Any]) -> Any:
    """A sympy expression of a tree."""
    match node:
        case ["num", value]:
            return sympy.Rational(value)
        case ["name", name]:
            return _NAMES.get(name.lower()) or sympy.Symbol(name)
        case ["op", sign, *parts]:
            return _OPERATORS[sign](*map(built, parts))
        case ["call", name, *parts]:
            if name not in _FUNCTIONS:
                raise Untold(f"{name} is not known in algebra")
            return _FUNCTIONS[name](*map(built, parts))
    raise Untold("this formula is not understood")


_NAMES = {
    "pi": sympy.pi,
    "π": sympy.pi,
    "e": sympy.E,
    "tau": 2 * sympy.pi,
    **dict.fromkeys(("oo", "inf", "infinity"), sympy.oo),
}
_OPERATORS: Mapping[str, Callable[..., Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: _divided(a, b),
    "//": lambda a, b: sympy.floor(_divided(a, b)),
    "mod": lambda a, b: sympy.Mod(a, b),
    "^": lambda a, b: a**b,
    "neg": lambda a: -a,
    "!": sympy.factorial,
    "!!": sympy.factorial2,
    "%": lambda a: a / 100,
    "+%": lambda a, b: a * (1 + b),
    "-%": lambda a, b: a * (1 - b),
    "=": lambda a, b: sympy.Eq(a, b),
    "!=": lambda a, b: sympy.Ne(a, b),
    "<": lambda a, b: sympy.Lt(a, b),
    "<=": lambda a, b: sympy.Le(a, b),
    ">": lambda a, b: sympy.Gt(a, b),
    ">=": lambda a, b: sympy.Ge(a, b),
    "and": lambda *parts: sympy.And(*parts),
}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{name: getattr(sympy, name) for name in "sqrt cbrt exp sin cos tan asin acos atan sinh cosh tanh floor".split()},
    **{name: getattr(sympy, name) for name in "factorial binomial gcd lcm root".split()},
    "abs": sympy.Abs,
    "ceil": sympy.ceiling,
    "ln": sympy.log,
    "log": lambda value, base=10: sympy.log(value, base),
    "log10": lambda value: sympy.log(value, 10),
    "log2": lambda value: sympy.log(value, 2),
    "min": sympy.Min,
    "max": sympy.Max,
    "mod": lambda a, b: sympy.Mod(a, b),
    "sum": lambda *values: sum(values),
    "mean": lambda *values: sum(values) / sympy.Integer(len(values)),
}


def _divided(a: Any, b: Any) -> Any:
    if b == 0:
        raise Untold("this divides by zero")
    return a / b


def _variables(expressions: list[Any]) -> list[Any]:
    found: set[Any] = set().union(*(one.free_symbols for one in expressions))
    return sorted(found, key=lambda symbol: (symbol.name != "x", symbol.name))


def _changed(do: str, formula: Any, variables: list[Any], more: list[Any]) -> dict[str, Any]:
    if isinstance(formula, sympy.Eq) or (getattr(formula, "is_Boolean", False) and do != "simplify"):
        raise Untold("this is an equation, and a formula is wanted", "Leave the equals sign out, or ask to solve it")
    by = variables[0] if variables else sympy.Symbol("x")
    match do:
        case "simplify":
            return _told(sympy.simplify(formula))
        case "expand":
            return _told(sympy.expand(formula))
        case "factor":
            return _factored(formula)
        case "derivative":
            return _told(sympy.simplify(sympy.diff(formula, by)))
        case "integral":
            return _integral(formula, by, more)
        case _:
            return _limit(formula, by, more[0])


def _limit(formula: Any, by: Any, to: Any) -> dict[str, Any]:
    """From both sides, which must agree; only from the one where there are real values."""
    real = sympy.Symbol(by.name, real=True)
    formula = formula.subs(by, real)
    if to in (sympy.oo, -sympy.oo):
        return _told(sympy.limit(formula, real, to))
    left, right = (_one_sided(formula, real, to, side) for side in "-+")
    if left is None and right is None:
        raise Untold("no limit was found")
    if left is None or right is None:
        side = "right" if left is None else "left"
        found = _told(right if left is None else left)
        return {**found, "note": f"from the {side}: on the other side there are no real values"}
    if left == right or sympy.simplify(left - right) == 0:
        return _told(left)
    from_left, from_right = (_told(one)["exact"] for one in (left, right))
    return _text(f"there is no limit: from the left it is {from_left}, from the right {from_right}")


def _one_sided(formula: Any, by: Any, to: Any, side: str) -> Any:
    """None where there are no real values on this side."""
    found = sympy.limit(formula, by, to, side)
    if found.has(_I):
        return None
    return found


def _factored(formula: Any) -> dict[str, Any]:
    if not formula.is_Integer:
        return _told(sympy.factor(formula))
    factors = sympy.factorint(formula)
    return _text(" * ".join(str(p) if n == 1 else f"{p}^{n}" for p, n in factors.items()) or str(formula))


def _integral(formula: Any, by: Any, more: list[Any]) -> dict[str, Any]:
    result = sympy.integrate(formula, (by, *more) if more else by)
    if result.has(sympy.Integral):
        if not more:
            raise Untold("no integral in closed form was found")
        return {"result": _decimal(result.evalf(15)), "exact": ""}
    return _told(result) if more else _text(f"{written(result)} + C")


def _solved(formulas: list[Any], variables: list[Any]) -> dict[str, Any]:
    equations = [one if _is_relation(one) else sympy.Eq(one, 0) for one in formulas]
    if any(one == sympy.false for one in equations):
        return _text("no solution")
    equations = [one for one in equations if one != sympy.true]
    wanted = variables or _variables(equations)
    if not wanted or not equations:
        return _text("true for every value")
    if all(isinstance(one, sympy.Eq) for one in equations):
        return _solutions(equations, wanted if len(equations) > 1 or variables else wanted[:1])
    if len(wanted) > 1:
        raise Untold("an inequality is solved in one variable", "Ask for one at a time")
    return _range(equations, wanted[0])


def _is_relation(one: Any) -> bool:
    return isinstance(one, sympy.core.relational.Relational) or one in (sympy.true, sympy.false)


def _range(relations: list[Any], variable: Any) -> dict[str, Any]:
    real = sympy.Symbol(variable.name, real=True)
    result = sympy.reduce_inequalities([one.subs(variable, real) for one in relations], real)
    if result == sympy.true:
        return _text("true for every value")
    if result == sympy.false:
        return _text("no solution")
    text = re.sub(r"\(?-oo < \w+\)? & | & \(?\w+ < oo\)?", "", written(result))
    text = re.sub(r"\(([^()]*[<>][^()]*)\)", r"\1", text)
    return _text(text.replace(" & ", " and ").replace(" | ", " or "))


def _solutions(equations: list[Any], variables: list[Any]) -> dict[str, Any]:
    try:
        alone = len(equations) == len(variables) == 1
        found = sympy.solve(equations[0] if alone else equations, *variables, dict=True)
    except NotImplementedError:
        return _searched(equations, variables)
    if not found:
        return _text("no solution")
    real = [one for one in found if not any(value.has(_I) or value.is_real is False for value in one.values())]
    exact = " or ".join(_one_solution(one, variables, written) for one in real or found)
    decimal = " or ".join(_one_solution(one, variables, _decimal) for one in real or found)
    told = _text(exact)["exact"]
    if not real:
        return {"result": f"no real solution; complex: {told}"[:MAX_RESULT], "exact": told}
    many = any(one.has(sympy.sin, sympy.cos, sympy.tan) for one in equations)
    note = {"note": "there may be more solutions: the function is periodic"} if many else {}
    return {"result": decimal, "exact": "" if "CRootOf" in told else told, **note}


def _one_solution(solution: Mapping[Any, Any], variables: list[Any], tell: Callable[[Any], str]) -> str:
    given = [f"{name} = {tell(solution[name])}" for name in variables if name in solution]
    return ", ".join(given)


def _searched(equations: list[Any], variables: list[Any]) -> dict[str, Any]:
    """Roots found by Newton's method from a few places, where no formula gives them."""
    if len(equations) > 1 or len(variables) > 1:
        raise Untold("no solution was found")
    function = equations[0].lhs - equations[0].rhs
    found = dict[str, None]()
    for start in (-10, -3, -1, -0.3, 0.3, 1, 3, 10):
        try:
            root: Any = sympy.nsolve(function, variables[0], start)
        except (ValueError, ZeroDivisionError, TypeError):
            continue
        if root.is_real:
            found[f"{variables[0]} = {_decimal(root)}"] = None
    if not found:
        raise Untold("no solution was found")
    return {"result": " or ".join(found), "exact": "", "note": "found numerically; there may be more solutions"}


def _told(result: Any) -> dict[str, Any]:
    """A result, with a decimal where it is a number."""
    if result in (sympy.oo, -sympy.oo, sympy.zoo, sympy.nan):
        return _text({sympy.oo: "infinity", -sympy.oo: "-infinity"}.get(result, "undefined"))
    if isinstance(result, sympy.AccumBounds):
        return _text("there is no limit")
    told = _text(written(result))
    return {**told, "result": _decimal(result)} if result.is_number else told


def _text(text: str) -> dict[str, Any]:
    if len(text) > MAX_RESULT:
        raise Untold(f"the result is longer than {MAX_RESULT} characters", "Ask for something smaller")
    return {"result": text, "exact": text}


def written(value: Any) -> str:
    """As the calculator reads it: 2*x^2, i for the imaginary unit, ln."""
    text = str(value).replace("**", "^")
    return re.sub(r"\bI\b", "i", re.sub(r"\blog\(", "ln(", re.sub(r"\bE\b", "e", text)))


def _decimal(value: Any) -> str:
    """12 significant digits, where it is a real number that is no integer; exact otherwise."""
    if not value.is_number or value.is_Integer or value.has(_I):
        return written(value)
    text = str(sympy.N(value, 12))
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
