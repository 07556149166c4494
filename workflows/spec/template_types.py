"""Whether the values in a prompt's template go together: texts with texts, numbers with numbers, lists gone through."""

from collections.abc import Iterator

from jinja2 import nodes

from .shapes import ANY, Type, type_of

_NUMBERS = frozenset(("integer", "number"))
_SINGLE = _NUMBERS | {"boolean", "string"}
_WANTS_LIST = {"join": _SINGLE, "first": _SINGLE - {"string"}, "last": _SINGLE - {"string"}}
"""Filters of lists, with what they make no sense of; a text has a first letter."""
_SIGNS = {nodes.Add: "+", nodes.Sub: "-", nodes.Div: "/", nodes.FloorDiv: "//"}
_COMPARED = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">="}


def root_of(node: nodes.Node) -> str:
    """The first name of `state.words`; "" of what is no name and its parts."""
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        node = node.node
    return node.name if isinstance(node, nodes.Name) else ""


def type_of_part(node: nodes.Node, named: Type) -> Type:
    """What is known of a part: its literal's type, or `named` of a name."""
    if isinstance(node, nodes.Const):
        return type_of(node.value)
    return named if root_of(node) else ANY


def signed(node: nodes.BinExpr | nodes.Compare) -> Iterator[tuple[str, nodes.Expr]]:
    """Each sign in `a + b` or `a < b < c`, with what stands behind it."""
    if isinstance(node, nodes.Compare):
        yield from ((_COMPARED.get(one.op, ""), one.expr) for one in node.ops)
    else:
        yield _SIGNS.get(type(node), ""), node.right


def mixed(sign: str, one: Type, other: Type) -> tuple[str, str] | None:
    """What is wrong with a text beside a number, and the way out."""
    names = {one.name, other.name}
    if not sign or "string" not in names or not names & _NUMBERS:
        return None
    hint = "Write ~ to put texts together" if sign == "+" else "Make a number of the text first: input.text | int"
    return f"{sign} cannot stand between {_a(one)} and {_a(other)}", hint


def no_list(type_: Type, what: str) -> tuple[str, str] | None:
    """What is wrong with going through a value, by `for` or by the filter `what`."""
    if type_.name not in _WANTS_LIST.get(what, _SINGLE):
        return None
    return f"{what} goes through a list, and this is {_a(type_)}", "Name a list here, or use the value as it is"


def _a(type_: Type) -> str:
    return {"string": "a text", "integer": "a whole number", "boolean": "true or false"}.get(type_.name, "a number")
