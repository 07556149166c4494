"""A formula's text read into a tree, by recursive descent.

From loose to tight: comparisons; + and -; * / mod and products without a sign (2x, 3(4+5)); a minus before; ^, from
right to left; ! and % behind. In units, a number and the name behind it belong together: 100 km / 2 h is 50 km/h.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from ...base.suggest import did_you_mean
from .functions import CONSTANTS, FUNCTIONS, MANY
from .tokens import MAX_TEXT, Token, tokens, wrong
from .tree import Call, Name, Node, Num, Op

MAX_DEPTH = 40
"""Brackets in brackets."""
MAX_SIGNS = 5
"""Of ! and % behind a number."""
_COMPARISONS = frozenset(("=", "!=", "<", "<=", ">", ">="))
_PRODUCTS = frozenset(("*", "/", "//", "mod"))
_ROOTS = {"√": "sqrt", "∛": "cbrt"}


def parse(text: str, *, units: bool = False) -> tuple[Node, ...]:
    """The formulas of a text, one or several with commas or semicolons between them.

    Raises:
        InputError: it is no formula, too long or too deep; the column is told.
    """
    if len(text) > MAX_TEXT:
        raise wrong(f"the expression is longer than {MAX_TEXT} characters", text, MAX_TEXT + 1, "Ask for less at once")
    parser = _Parser(text, tokens(text, MANY.__contains__), units)
    found = [parser.comparison()]
    while parser.next.text in (",", ";"):
        parser.take()
        found.append(parser.comparison())
    if parser.next.kind != "end":
        raise parser.unexpected()
    return tuple(found)


@dataclass(slots=True)
class _Parser:
    text: str
    tokens: list[Token]
    units: bool
    place: int = 0
    depth: int = field(default=0)

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        token = self.next
        self.place += 1
        return token

    def unexpected(self) -> Exception:
        token, before = self.next, self.tokens[self.place - 1]
        if token.kind == "end":
            return wrong("the expression breaks off: something is missing at its end", self.text, token.at)
        if token.text == ")":
            return wrong("this ')' has no '(' before it, or nothing between them", self.text, token.at)
        if self.place and token.kind == "number" and before.kind == "number":
            return wrong("two numbers stand side by side", self.text, token.at, "Put an operator between them")
        return wrong(f"{token.text!r} cannot stand here", self.text, token.at)

    def comparison(self) -> Node:
        left = self.sum()
        compared = list[Node]()
        while self.next.text in _COMPARISONS:
            token = self.take()
            right = self.sum()
            compared.append(Op(token.text, (left, right), token.at))
            left = right
        if not compared:
            return left
        return compared[0] if len(compared) == 1 else Op("and", tuple(compared), compared[0].at)

    def sum(self) -> Node:
        left = self.product()
        while self.next.text in ("+", "-"):
            token = self.take()
            right = self.product()
            if _is_percent(right) and not _is_percent(left):
                left = Op(f"{token.text}%", (left, right), token.at)
            else:
                left = Op(token.text, (left, right), token.at)
        return left

    def product(self) -> Node:
        left = self.signed()
        while True:
            if self.next.text in _PRODUCTS or self._is_modulo():
                token = self.take()
                left = Op("mod" if token.text == "%" else token.text, (left, self.signed()), token.at)
            elif self._begins_factor():
                at = self.next.at
                left = Op("*", (left, self.power()), at)
            else:
                return left

    def _begins_factor(self) -> bool:
        token = self.next
        if token.kind == "number":
            return self.tokens[self.place - 1].text == ")"
        return token.kind == "name" or token.text == "(" or token.text in _ROOTS

    def _is_modulo(self) -> bool:
        after = self.tokens[min(self.place + 1, len(self.tokens) - 1)]
        return self.next.text == "%" and (after.kind in ("number", "name") or after.text == "(")

    def signed(self) -> Node:
        if self.next.text not in ("-", "+"):
            return self.power()
        token = self._deeper()
        inner = self.signed()
        self.depth -= 1
        return Op("neg", (inner,), token.at) if token.text == "-" else inner

    def _deeper(self) -> Token:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise wrong(f"more than {MAX_DEPTH} brackets or signs stand in each other", self.text, self.next.at)
        return self.take()

    def power(self) -> Node:
        base = self.postfix(self.atom())
        if self.units and isinstance(base, Num) and self.next.kind == "name":
            at = self.next.at
            return Op("*", (base, self.power()), at)
        if self.next.text != "^":
            return base
        token = self._deeper()
        exponent = self.signed()
        self.depth -= 1
        return self.postfix(Op("^", (base, exponent), token.at))

    def postfix(self, inner: Node) -> Node:
        signs = 0
        while self.next.text == "!" or (self.next.text == "%" and not self._is_modulo()):
            token = self.take()
            signs += 1
            if signs > MAX_SIGNS:
                raise wrong(f"more than {MAX_SIGNS} signs stand behind each other", self.text, token.at)
            if token.text == self.next.text == "!":
                self.take()
                inner = Op("!!", (inner,), token.at)
                if self.next.text == "!":
                    raise wrong("more than two '!' stand behind each other", self.text, self.next.at, "Use brackets")
            else:
                inner = Op(token.text, (inner,), token.at)
        return inner

    def atom(self) -> Node:
        token = self.next
        if token.kind == "number":
            self.take()
            return Num(Fraction(token.text), token.at)
        if token.kind == "name":
            self.take()
            return self.named(token)
        if token.text == "(":
            return self.group()
        if token.text in _ROOTS:
            self._deeper()
            inner = self.postfix(self.atom())
            self.depth -= 1
            return Call(_ROOTS[token.text], (inner,), token.at)
        raise self.unexpected()

    def group(self) -> Node:
        opened = self._deeper()
        inner = self.comparison()
        self.close(opened)
        return inner

    def close(self, opened: Token) -> None:
        if self.next.kind == "end":
            raise wrong("this '(' is never closed", self.text, opened.at, "Add a ')'")
        if self.next.text != ")":
            raise self.unexpected()
        self.take()
        self.depth -= 1

    def named(self, token: Token) -> Node:
        name = token.text if token.text in FUNCTIONS else token.text.lower()
        if name not in FUNCTIONS or (self.units and self.next.text != "("):
            known = self.units or len(token.text) == 1 or token.text.lower() in CONSTANTS
            if self.next.text == "(" and not known:
                hint = did_you_mean(token.text, FUNCTIONS)
                raise wrong(f"there is no function called {token.text!r}", self.text, token.at, hint)
            return Name(token.text, token.at)
        if self.next.text == "(":
            return self.call(name, token)
        if not self._begins_factor() and self.next.kind != "number":
            raise wrong(f"{name} needs an argument", self.text, token.at, f"Write {name}(...)")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise wrong(f"more than {MAX_DEPTH} functions stand in each other", self.text, token.at)
        inner = self.power()
        self.depth -= 1
        return self.checked(name, (inner,), token)

    def call(self, name: str, token: Token) -> Node:
        opened = self._deeper()
        arguments = [self.comparison()]
        while self.next.text in (",", ";"):
            self.take()
            arguments.append(self.comparison())
        self.close(opened)
        return self.checked(name, tuple(arguments), token)

    def checked(self, name: str, arguments: tuple[Node, ...], token: Token) -> Node:
        function = FUNCTIONS[name]
        if not function.least <= len(arguments) <= function.most:
            wants = function.least if len(arguments) < function.least else function.most
            values = f"{wants} value{'s' * (wants != 1)}"
            raise wrong(
                f"{name} takes {'at least' if wants == function.least else 'at most'} {values}, not {len(arguments)}",
                self.text,
                token.at,
            )
        return Call(function.name, arguments, token.at)


def _is_percent(node: Node) -> bool:
    return isinstance(node, Op) and node.sign == "%"
