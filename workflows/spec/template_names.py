"""What a prompt's template uses, read from its syntax tree: names with their types, filters, and what it may not do."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from jinja2 import nodes

from ...tools.base.suggest import did_you_mean
from .flaws import Flaw
from .scopes import Names, UnknownName
from .shapes import ANY, STRING, Type, record
from .template_sandbox import FILTERS, GLOBALS, LOOP, OWN_TESTS
from .template_types import mixed, no_list, root_of, signed, type_of_part

MAX_DEPTH = 40
"""How deep blocks and expressions may nest."""
MAX_BLOCKS = 8
"""How deep loops and set blocks may nest."""
_OTHER_FILES = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
_NEEDLESS = {
    nodes.Macro: "macros",
    nodes.CallBlock: "call blocks",
    nodes.Block: "blocks to be overridden",
    nodes.ScopedEvalContextModifier: "autoescape",
    nodes.EvalContextModifier: "autoescape",
    nodes.ExprStmt: "do",
    nodes.NSRef: "namespaces",
    nodes.Pow: "powers",
}
_SAME = frozenset(("list", "sort", "reverse", "unique", "select", "reject", "selectattr", "rejectattr", "default", "d"))
_ONE = frozenset(("first", "last", "min", "max"))
_TEXT = frozenset(("lower", "upper", "trim", "title", "capitalize", "truncate", "replace", "join", "indent", "tojson"))
_DOLLAR = re.compile(r"\$\{\s*([a-z_][\w.]*)[^{}]*\}")
_LOOP = record(**dict.fromkeys(LOOP, ANY))


@dataclass(slots=True)
class Reading:
    """What was found in a template: its dotted names with their lines, the declared ones, and complaints."""

    chains: dict[tuple[str, ...], int] = field(default_factory=dict)
    reads: dict[tuple[str, ...], None] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)


def read_tree(tree: nodes.Template, text: str, names: Names | None) -> Reading:
    """Read a parsed template; without `names` only its chains are found."""
    reader = _Reader(text, names)
    reader.every(tree.body)
    return reader.found


class _Reader:
    def __init__(self, text: str, names: Names | None) -> None:
        self.text, self.names = text, names
        self.lines = text.splitlines(keepends=True)
        self.found = Reading()
        self.scopes: list[dict[str, Type]] = [{}]
        self.depth = 0

    def every(self, parts: Iterable[nodes.Node]) -> None:
        for part in parts:
            self.node(part)

    def node(self, node: nodes.Node) -> Type:
        """Read a part; the type of its value, where it has one."""
        self.depth += 1
        try:
            if self.depth > MAX_DEPTH:
                if self.depth == MAX_DEPTH + 1:
                    self._flaw(node, "", "the template is nested too deeply", "Write it flatter", "E601")
                return ANY
            read = _READ.get(type(node).__name__)
            return read(self, node) if read else self._other(node)
        finally:
            self.depth -= 1

    def _other(self, node: nodes.Node) -> Type:
        if isinstance(node, _OTHER_FILES):
            hint = "Name the other text in the workflow, or put it in here"
            self._flaw(node, "", "a prompt cannot read another file", hint, "E603")
            return ANY
        self._flaw(node, "", f"a prompt has no {_NEEDLESS.get(type(node), type(node).__name__)}", "", "E604")
        return ANY

    def _data(self, node: nodes.TemplateData) -> Type:
        for found in _DOLLAR.finditer(node.data):
            chain = found[1]
            if self.names is not None and chain.split(".")[0] in self.names.roots:
                self._flaw(
                    node, found[0], f"'{found[0]}' stays as it is in a prompt", f"Write {{{{ {chain} }}}}", "E601"
                )
        return STRING

    def _name(self, node: nodes.Name) -> Type:
        return self._chained(node, (node.name,))

    def _part(self, node: nodes.Getattr | nodes.Getitem) -> Type:
        """A name and its parts, or the part of another value."""
        chain: list[str] = []
        base: nodes.Node = node
        while isinstance(base, nodes.Getattr | nodes.Getitem):
            key = _key(base)
            if key is None:
                return self._indexed(base, chain)
            if key.startswith("_"):
                self._flaw(base, key, f"a prompt cannot reach {key!r}", "Keys that begin with _ are not read", "E604")
                return ANY
            chain.insert(0, key)
            base = base.node
        if isinstance(base, nodes.Name):
            return self._chained(base, (base.name, *chain))
        return self._parts(base, self.node(base), chain)

    def _indexed(self, base: nodes.Getattr | nodes.Getitem, chain: list[str]) -> Type:
        assert isinstance(base, nodes.Getitem)
        type_ = self.node(base.node)
        self.node(base.arg)
        if type_.name != "list" or isinstance(base.arg, nodes.Slice):
            return type_ if type_.name == "list" and not chain else ANY
        return self._parts(base, type_.items or ANY, chain)

    def _parts(self, node: nodes.Node, type_: Type, chain: list[str]) -> Type:
        for key in chain:
            if type_.fields is None:
                return ANY
            if key not in type_.fields:
                hint = did_you_mean(key, type_.fields)
                self._flaw(node, key, f"nothing is called {key!r} there", hint, "E602")
                return ANY
            type_ = type_.fields[key]
        return type_

    def _chained(self, node: nodes.Name, chain: tuple[str, ...]) -> Type:
        local = next((scope[chain[0]] for scope in reversed(self.scopes) if chain[0] in scope), None)
        if local is not None:
            return self._found(node, chain, Names({chain[0]: local}))[1]
        self.found.chains.setdefault(chain, node.lineno)
        if self.names is None:
            return ANY
        if chain[0] not in self.names.roots:
            self._flaw(node, chain[0], f"nothing is called {chain[0]!r}", self._meant(chain[0]), "E602")
            return ANY
        known, type_ = self._found(node, chain, self.names)
        if known:
            self.found.reads[known] = None
        return type_ if known == chain else ANY

    def _found(self, node: nodes.Node, chain: tuple[str, ...], names: Names) -> tuple[tuple[str, ...], Type]:
        try:
            known, type_ = names.find(chain)
        except UnknownName as error:
            self._flaw(node, ".".join(chain), f"nothing is called {error.name!r}", error.hint, "E602")
            return (), ANY
        if len(known) == 1 and known[0] in ("state", "input") and names is self.names:
            hint = "Name one of its fields: " + ", ".join(sorted(type_.fields or {}))
            self._flaw(node, known[0], f"{known[0]!r} is no value", hint, "E602")
        return known, type_ if known == chain else ANY

    def _meant(self, name: str) -> str:
        assert self.names is not None
        if name in GLOBALS:
            return f"Call it: {name}(...)"
        full = [f"{root}.{name}" for root, type_ in self.names.roots.items() if name in (type_.fields or {})]
        return f"Did you mean {full[0]!r}?" if full else did_you_mean(name, self.names.roots)

    def _call(self, node: nodes.Call) -> Type:
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        if name not in GLOBALS:
            called = name or (node.node.attr if isinstance(node.node, nodes.Getattr) else "")
            hint = f"It can call {' and '.join(sorted(GLOBALS))}, and use filters: {{{{ state.words | join(', ') }}}}"
            if not called.startswith("_"):  # told below
                self._flaw(node, called, f"a prompt cannot call {called or 'a value'!r}", hint, "E604")
            if not name:
                self.node(node.node)
        self.every((*node.args, *node.kwargs))
        if node.dyn_args or node.dyn_kwargs:
            self._flaw(node, "*", "a prompt has no * arguments", "", "E604")
        return STRING

    def _filter(self, node: nodes.Filter) -> Type:
        self._known(node, node.name, FILTERS, "filter")
        type_ = self.node(node.node) if node.node is not None else STRING
        if node.node is not None and node.name in ("join", "first", "last"):
            self._unfit(node, node.name, no_list(self._surely(node.node, type_), node.name))
        self._named_inside(node)
        self.every((*node.args, *node.kwargs))
        if node.dyn_args or node.dyn_kwargs:
            self._flaw(node, "*", "a prompt has no * arguments", "", "E604")
        if node.name in _SAME:
            return type_
        if node.name in _ONE:
            return (type_.items or ANY) if type_.name == "list" else ANY
        return STRING if node.name in _TEXT else ANY

    def _named_inside(self, node: nodes.Filter) -> None:
        """Filters and tests that `map`, `select` and the like are given by name, and keys by `attribute`."""
        given = [one.value if isinstance(one, nodes.Const) else None for one in node.args]
        keys = [one.value.value for one in node.kwargs if one.key == "attribute" and isinstance(one.value, nodes.Const)]
        match node.name:
            case "map" if node.args:
                self._known(node, str(given[0]), FILTERS, "filter")
            case "select" | "reject" if node.args:
                self._known(node, str(given[0]), OWN_TESTS, "test")
            case "selectattr" | "rejectattr":
                keys += given[:1]
                if len(given) > 1:
                    self._known(node, str(given[1]), OWN_TESTS, "test")
            case "sort" | "unique" | "sum" | "min" | "max":
                keys += [one for one in given if isinstance(one, str)]
        for key in keys:
            if any(part.startswith("_") for part in str(key).split(".")):
                self._flaw(node, str(key), f"a prompt cannot reach {key!r}", "", "E604")

    def _test(self, node: nodes.Test) -> Type:
        self._known(node, node.name, OWN_TESTS, "test")
        self.every((node.node, *node.args, *node.kwargs))
        return ANY

    def _known(self, node: nodes.Node, name: str, known: Iterable[str], what: str) -> None:
        if name not in known:
            hint = did_you_mean(name, [one for one in known if one.isidentifier()])
            self._flaw(node, name, f"prompts have no {what} {name!r}", hint, "E605")

    def _for(self, node: nodes.For) -> Type:
        type_ = self.node(node.iter)
        self._unfit(node, f"in {root_of(node.iter)}", no_list(self._surely(node.iter, type_), "for"))
        if node.recursive:
            self._flaw(node, "recursive", "a prompt has no recursive loops", "", "E604")
        with self._scope():
            self._assign_to(node.target, (type_.items or ANY) if type_.name == "list" else ANY)
            self.scopes[-1]["loop"] = _LOOP
            if node.test is not None:
                self.node(node.test)
            self.every(node.body)
        self.every(node.else_)
        return ANY

    def _assign(self, node: nodes.Assign) -> Type:
        self._assign_to(node.target, self.node(node.node))
        return ANY

    def _assign_block(self, node: nodes.AssignBlock) -> Type:
        if node.filter is not None:
            self.node(node.filter)
        with self._scope():
            self.every(node.body)
        self._assign_to(node.target, STRING)
        return ANY

    def _with(self, node: nodes.With) -> Type:
        types = [self.node(value) for value in node.values]
        with self._scope():
            for target, type_ in zip(node.targets, types, strict=True):
                self._assign_to(target, type_)
            self.every(node.body)
        return ANY

    def _operator(self, node: nodes.BinExpr) -> Type:
        for side in (node.left, node.right):
            if isinstance(side, nodes.Const) and isinstance(side.value, str):
                sign = "*" if isinstance(node, nodes.Mul) else "%"
                self._flaw(node, sign, f"a prompt uses {sign} with numbers only", "", "E604")
        return self._children(node)

    def _joined(self, node: nodes.BinExpr | nodes.Compare) -> Type:
        first = node.expr if isinstance(node, nodes.Compare) else node.left
        before = self._surely(first, self.node(first))
        for sign, part in signed(node):
            after = self._surely(part, self.node(part))
            self._unfit(node, sign, mixed(sign, before, after))
            before = after
        return ANY

    def _surely(self, node: nodes.Node, type_: Type) -> Type:
        """The type of a literal or a declared name; a name of the template's own may be given another value."""
        root = root_of(node)
        return ANY if any(root in scope for scope in self.scopes) else type_of_part(node, type_)

    def _unfit(self, node: nodes.Node, sought: str, found: tuple[str, str] | None) -> None:
        if found is not None:
            self._flaw(node, sought, *found, "E503")

    def _children(self, node: nodes.Node) -> Type:
        self.every(node.iter_child_nodes())
        return ANY

    def _assign_to(self, target: nodes.Node, type_: Type) -> None:
        if isinstance(target, nodes.Name):
            self.scopes[-1][target.name] = type_
        elif isinstance(target, nodes.Tuple):
            for part in target.items:
                self._assign_to(part, ANY)
        else:
            self.node(target)

    @contextmanager
    def _scope(self) -> Iterator[None]:
        self.scopes.append({})
        if len(self.scopes) == MAX_BLOCKS + 2:
            self.found.flaws.append(Flaw(0, 0, "the template is nested too deeply", "Write it flatter", "E601"))
        yield
        self.scopes.pop()

    def _flaw(self, node: nodes.Node, sought: str, problem: str, hint: str, code: str) -> None:
        start, width = place(self.lines, node.lineno or 1, sought)
        self.found.flaws.append(Flaw(start, width, problem, hint, code))


def place(lines: list[str], line: int, sought: str) -> tuple[int, int]:
    """The index and width of a text sought on a line, counted from 1; of the line where it is not there."""
    before = sum(map(len, lines[: max(line - 1, 0)]))
    inside = lines[line - 1] if 0 < line <= len(lines) else ""
    first = max(inside.find("{%"), 0)
    opened = max(inside.find("{{"), 0) if "{{" in inside else first
    at = next((at for begin in (opened, first) if (at := inside.find(sought, begin)) >= 0), -1) if sought else -1
    return (before + at, len(sought)) if at >= 0 else (before + opened, 0)


def _key(node: nodes.Getattr | nodes.Getitem) -> str | None:
    if isinstance(node, nodes.Getattr):
        return node.attr
    return node.arg.value if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str) else None


_READ: dict[str, Callable[[_Reader, Any], Type]] = {
    "TemplateData": _Reader._data,
    "Name": _Reader._name,
    "Getattr": _Reader._part,
    "Getitem": _Reader._part,
    "Call": _Reader._call,
    "Filter": _Reader._filter,
    "Test": _Reader._test,
    "For": _Reader._for,
    "Assign": _Reader._assign,
    "AssignBlock": _Reader._assign_block,
    "With": _Reader._with,
    "Mul": _Reader._operator,
    "Mod": _Reader._operator,
    **dict.fromkeys(("Add", "Sub", "Div", "FloorDiv", "Compare"), _Reader._joined),
}
_PLAIN = """Output Const List Tuple Dict Pair Keyword Slice CondExpr Concat Operand And Or Not Neg Pos If
FilterBlock""".split()
_READ |= dict.fromkeys(_PLAIN, _Reader._children)
