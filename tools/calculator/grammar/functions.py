"""The names a formula may use: constants, and functions with how many arguments they take."""

from dataclasses import dataclass

CONSTANTS = frozenset(("pi", "π", "e", "tau"))


@dataclass(frozen=True, slots=True)
class Function:
    """What it is called everywhere else, and its least and most arguments."""

    name: str
    least: int = 1
    most: int = 1


_ONE = "sqrt cbrt abs exp ln log2 log10 sin cos tan asin acos atan sinh cosh tanh floor ceil factorial"
_SAME = {
    "lg": "log10",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "ceiling": "ceil",
    "average": "mean",
    "avg": "mean",
    "choose": "binomial",
    "comb": "binomial",
    "ncr": "binomial",
    "C": "binomial",
    "npr": "permutations",
    "perm": "permutations",
    "nthroot": "root",
}
_MANY = {
    "log": Function("log", 1, 2),
    "root": Function("root", 2, 2),
    "round": Function("round", 1, 2),
    "mod": Function("mod", 2, 2),
    "binomial": Function("binomial", 2, 2),
    "permutations": Function("permutations", 2, 2),
    **{name: Function(name, 2, 50) for name in ("gcd", "lcm")},
    **{name: Function(name, 1, 50) for name in ("min", "max", "sum", "mean", "median")},
}
_OWN = {name: Function(name) for name in _ONE.split()} | _MANY
FUNCTIONS = _OWN | {other: _OWN[name] for other, name in _SAME.items()}
MANY = frozenset(name for name, function in FUNCTIONS.items() if function.most > 1)
"""Functions between whose brackets a comma stands between arguments, and not in 1,234."""
