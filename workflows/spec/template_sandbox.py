"""The Jinja2 in which prompts are filled in: values are read and never called, and no prompt grows without end."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from contextvars import ContextVar
from typing import Any

from jinja2 import StrictUndefined, Undefined, nodes
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS as SHIPPED
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS
from jinja2.visitor import NodeTransformer

from ...agents.guards.instructions import guard_instructions, quoted

MAX_PROMPT = 1_000_000
"""Characters that filling in one prompt may make, and passes its loops may take."""
GLOBALS: Mapping[str, Callable[..., str]] = {"quoted": quoted, "guard_instructions": guard_instructions}
"""All a template may call: what a child or an article says goes in as `quoted(text, "name")`."""
LOOP = frozenset(("index", "index0", "revindex", "revindex0", "first", "last", "length", "depth", "depth0"))
"""What `loop` has."""
_LEFT: ContextVar[list[int] | None] = ContextVar("left", default=None)


def with_budget(fill: Callable[[], str]) -> str:
    """Call it with MAX_PROMPT characters to spend.

    Raises:
        SecurityError: they were not enough.
    """
    token = _LEFT.set([MAX_PROMPT])
    try:
        return fill()
    finally:
        _LEFT.reset(token)


def _spend(amount: int) -> None:
    left = _LEFT.get()
    if left is None:
        return
    left[0] -= amount
    if left[0] < 0:
        raise SecurityError(f"it comes to more than {MAX_PROMPT:,} characters and passes of loops")


def _concat(pieces: Iterable[str]) -> str:
    kept = []
    for piece in pieces:
        _spend(len(piece))
        kept.append(piece)
    return "".join(kept)


def _joined(pieces: Iterable[Any]) -> str:
    """What `~` does."""
    return _concat(map(str, pieces))


def _each(items: Any) -> Any:
    """What a loop goes through."""
    if isinstance(items, Undefined):
        return items
    found = items if isinstance(items, Collection) else list(items)
    _spend(len(found))
    return found


def _join(value: Iterable[Any], between: str = "") -> str:
    texts = [str(one) for one in value]
    _spend(sum(map(len, texts)) + len(between) * max(len(texts) - 1, 0))
    return between.join(texts)


def _replace(text: str, old: str, new: str) -> str:
    text, old, new = str(text), str(old), str(new)
    _spend(len(text) + text.count(old) * len(new))
    return text.replace(old, new)


def _indent(text: str, width: int = 4, first: bool = False) -> str:
    margin = " " * min(int(width), 40)
    lines = str(text).splitlines()
    _spend(len(text) + len(margin) * len(lines))
    indented = [margin + line if line and (first or i) else line for i, line in enumerate(lines)]
    return "\n".join(indented)


def _tojson(value: Any) -> str:
    """JSON as people read it: Chinese stays Chinese."""
    text = json.dumps(value, ensure_ascii=False)
    _spend(len(text))
    return text


def _round(value: float, precision: int = 0) -> float:
    return round(float(value), min(max(int(precision), -20), 20))


def _list(value: Any) -> list[Any]:
    return list(_each(value))


_HARMLESS = """abs capitalize count d default dictsort first float int items last length lower map max min reject
rejectattr reverse select selectattr sort string sum title trim truncate unique upper wordcount""".split()
FILTERS: Mapping[str, Callable[..., Any]] = {
    **{name: SHIPPED[name] for name in _HARMLESS},
    "indent": _indent,
    "join": _join,
    "list": _list,
    "replace": _replace,
    "round": _round,
    "tojson": _tojson,
}
"""The filters a template may use: Jinja's own, where they can neither reach Python nor make much out of little."""
_TESTS = """boolean defined divisibleby eq equalto even false float ge greaterthan gt in integer iterable le lessthan
lower lt mapping ne none number odd sequence string true undefined upper""".split()
_SIGNS = ("==", "!=", ">", ">=", "<", "<=")
OWN_TESTS = frozenset((*_TESTS, *_SIGNS))


class _Sandbox(ImmutableSandboxedEnvironment):
    """Only keys of objects and places of lists are read; nothing of Python's own is reached."""

    concat = staticmethod(_concat)
    intercepted_binops = frozenset(("+", "*", "**", "%"))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if operator == "+" and not numbers:
            _spend(len(left) + len(right) if isinstance(left, str | list) and isinstance(right, str | list) else 0)
        elif operator == "**" or not numbers:
            raise SecurityError(
                f"{operator} is for numbers" if operator != "**" else "powers are not allowed in a prompt"
            )
        elif operator == "*" and max(abs(left), abs(right)) > 1e15:
            raise SecurityError("the product is too large")
        return super().call_binop(context, operator, left, right)

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Undefined):
            return obj[argument]
        if isinstance(obj, Mapping):
            return obj[argument] if argument in obj else self.undefined(obj=obj, name=argument)
        if isinstance(obj, LoopContext) and argument in LOOP:
            return getattr(obj, argument)
        if isinstance(obj, list | tuple | str) and isinstance(argument, int | slice):
            try:
                return obj[argument]
            except IndexError:
                return self.undefined(obj=obj, name=str(argument))
        return self.undefined(f"{argument!r} of this value cannot be reached", name=argument, exc=SecurityError)

    def is_safe_callable(self, obj: Any) -> bool:
        return obj in GLOBALS.values()


def sandbox() -> ImmutableSandboxedEnvironment:
    """The environment of all prompts."""
    environment = _Sandbox(undefined=StrictUndefined, keep_trailing_newline=False, trim_blocks=True, optimized=False)
    environment.globals = dict(GLOBALS)
    environment.filters = {**FILTERS, "_joined": _joined, "_each": _each}
    environment.tests = {name: TESTS[name] for name in OWN_TESTS}
    return environment


class Counted(NodeTransformer):
    """Puts the filters that count what is made into a parsed template, where Jinja has no hook of its own."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802
        self.generic_visit(node)
        return _filter(nodes.List(node.nodes, lineno=node.lineno), "_joined")

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.iter = _filter(node.iter, "_each")
        return node


def _filter(value: Any, name: str) -> nodes.Filter:
    return nodes.Filter(value, name, [], [], None, None, lineno=value.lineno)
