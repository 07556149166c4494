"""CEL text read for the names it uses, without compiling it: which are declared, of which type, and which are not."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

from ...tools.base.suggest import did_you_mean
from .cel_habits import name_habit
from .flaws import Flaw
from .scopes import Names, UnknownName
from .shapes import ANY, STRING, Type

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*)"""
    r"""|(?P<raw>[bB]?[rR](?:'''.*?'''|\"\"\".*?\"\"\"|'[^'\n]*'|"[^"\n]*"))"""
    r"""|(?P<string>[bB]?(?:'''(?:\\.|.)*?'''|\"\"\"(?:\\.|.)*?\"\"\"|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"))"""
    r"""|(?P<number>0[xX][0-9a-fA-F]+[uU]?|(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[uU]?)"""
    r"""|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"""
    r"""|(?P<sign>&&|\|\||[=!<>]=|\S)""",
    re.DOTALL,
)
MACROS = frozenset({"all", "exists", "exists_one", "filter", "map"})
"""Methods whose first argument names the item: `state.words.filter(word, word != '')`."""
_ELSEWHERE = {
    "result": "result is there only in the into of a node",
    "error": "error is there only in on_error: {set: ...}",
}
_WORDS = frozenset({"true", "false", "null", "in"})


class Token(NamedTuple):
    """A piece of CEL text; `start` is its index."""

    kind: Literal["string", "raw", "number", "name", "sign"]
    text: str
    start: int

    @property
    def end(self) -> int:
        """The index behind it."""
        return self.start + len(self.text)


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[Token, ...]:
    """The pieces of CEL text, without its comments."""
    return tuple(
        Token(found.lastgroup, found[0], found.start())  # type: ignore[arg-type]
        for found in _TOKEN.finditer(text)
        if found.lastgroup != "comment"
    )


def closing(text: str, start: int) -> int:
    """The index of the brace that closes the one before `start`, or -1; braces in strings do not count."""
    depth = 1
    for token in tokens(text[start:]):
        depth += (token.text == "{") - (token.text == "}")
        if not depth:
            return start + token.start
    return -1


@lru_cache(maxsize=4096)
def names_in_expression(text: str) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """The dotted names of CEL text, declared or not, each with the index it begins at; nothing is compiled."""
    return tuple((found.start, found.chain) for found in scanned(text, None).chains)


class Found(NamedTuple):
    """A dotted name as it is written."""

    start: int
    chain: tuple[str, ...]


@dataclass(slots=True)
class Scan:
    """What is known of CEL text.

    Attributes:
        chains: Its dotted names, without those that stand for the items of a list.
        reads: The longest declared part of each, with its type.
        wrong: Complaints.
        whole: The type of the whole, where it is one name with its parts and indices.
        growth: How many times as long as what goes in the outcome may become, by what is written in the text alone.
    """

    chains: list[Found] = field(default_factory=list)
    reads: dict[tuple[str, ...], Type] = field(default_factory=dict)
    wrong: list[Flaw] = field(default_factory=list)
    whole: Type | None = None
    growth: int = 1


def scanned(text: str, names: Names | None) -> Scan:
    """Read CEL text; without `names` only its chains are found."""
    return _Scanner(tokens(text), names).scan()


@dataclass(slots=True)
class _Bracket:
    """An open bracket: what is called or indexed, and the name that a macro gives to an item."""

    sign: str
    called: str = ""
    of: Type | None = None
    variable: str = ""
    item: Type = ANY
    uses: int = 0


class _Scanner:
    """One walk over the tokens; `self.type` is the type of what ends before the next token, None where unknown."""

    def __init__(self, found: tuple[Token, ...], names: Names | None) -> None:
        self.tokens, self.names = found, names
        self.result = Scan()
        self.open: list[_Bracket] = []
        self.type: Type | None = None
        self.alone = True
        self.i = 0

    def scan(self) -> Scan:
        while self.i < len(self.tokens):
            token = self.tokens[self.i]
            if token.kind == "name":
                self._name(token)
            elif token.kind == "sign":
                self._sign(token)
            else:
                self._other()
            self.i += 1
        self.result.whole = self.type if self.alone else None
        return self.result

    def _is(self, ahead: int, text: str) -> bool:
        at = self.i + ahead
        return 0 <= at < len(self.tokens) and self.tokens[at].text == text

    def _other(self) -> None:
        self.type = None
        self.alone = self.alone and bool(self.open)

    def _sign(self, token: Token) -> None:
        match token.text:
            case "(" | "[" | "{":
                called = self.tokens[self.i - 1].text if self.i and token.text == "(" else ""
                bracket = _Bracket(token.text, called, self.type)
                self.open.append(bracket)
                if token.text == "[":
                    self._from_the_end()
                if called in MACROS and self._is(-2, ".") and self._is(2, ","):
                    bracket.variable, bracket.item = self.tokens[self.i + 1].text, _item(self.type)
                    self.i += 2
                self.type = None
            case ")" | "]" | "}":
                self.type = self._closed()
            case ".":
                pass
            case _:
                self._other()

    def _from_the_end(self) -> None:
        """`list[-1]` is an error when it runs, and of no type that CEL could tell before."""
        before = self.tokens[self.i - 1] if self.i else None
        indexed = before is not None and (before.kind == "name" or before.text in (")", "]"))
        number = self.tokens[self.i + 2] if self.i + 3 < len(self.tokens) else None
        if not indexed or number is None or not (self._is(1, "-") and number.kind == "number" and self._is(3, "]")):
            return
        first = self.i
        while first and (self.tokens[first - 1].kind == "name" or self.tokens[first - 1].text == "."):
            first -= 1
        list_ = "".join(token.text for token in self.tokens[first : self.i])
        hint = f"Count from the end with size: {list_}[size({list_}) - {number.text}]" if list_ else ""
        sign = self.tokens[self.i + 1]
        problem = f"a list has no place {sign.text}{number.text}: places count from 0"
        self._complain(sign.start, number.end - sign.start, problem, hint, "E503")

    def _closed(self) -> Type | None:
        if not self.open:
            return None
        bracket = self.open.pop()
        if bracket.called == "map":
            self.result.growth *= max(bracket.uses, 1)
        elif bracket.called in ("replace", "join") and bracket.sign == "(":
            given = self.tokens[self.i - 1]
            self.result.growth *= max(len(given.text) - 2, 1) if given.kind in ("string", "raw") else 100
        if bracket.sign == "[":
            if bracket.of is not None and bracket.of.name == "list":
                return bracket.of.items
            key = self.tokens[self.i - 1]
            if bracket.of is not None and bracket.of.fields and key.kind == "string" and self._is(-2, "["):
                return self._part(bracket.of, key, key.text[1:-1])
            return None
        self.alone = self.alone and (bool(self.open) or bracket.called == "filter")
        return bracket.of if bracket.called == "filter" else None

    def _name(self, token: Token) -> None:
        if self._is(-1, ".") and self.i > 1:  # a part of what is before it
            if not self._is(1, "("):
                self.type = self._part(self.type, token, token.text)
        elif token.text in _WORDS or self._is(1, "("):
            self._other()
        else:
            chain = self._chain(token)
            last = self.tokens[self.i]
            local = next((one for one in reversed(self.open) if one.variable == chain[0]), None)
            if local is not None:
                local.uses += 1
                self.type = self._parts(local.item, chain, token, last)
            else:
                self.result.chains.append(Found(token.start, chain))
                self.type = self._root(chain, token, last) if self.names is not None else None

    def _chain(self, token: Token) -> tuple[str, ...]:
        """The dotted name that begins here; the name before a bracket is a method, and no part of it."""
        chain = [token.text]
        while self._is(1, ".") and self.i + 2 < len(self.tokens) and self.tokens[self.i + 2].kind == "name":
            if self._is(3, "("):
                break
            self.i += 2
            chain.append(self.tokens[self.i].text)
        return tuple(chain)

    def _root(self, chain: tuple[str, ...], first: Token, last: Token) -> Type:
        assert self.names is not None
        if chain[0] not in self.names.roots:
            self._complain(first.start, len(chain[0]), f"nothing is called {chain[0]!r}", self._meant(chain))
            self.result.reads[chain[:1]] = ANY
            return ANY
        try:
            known, type_ = self.names.find(chain)
        except UnknownName as error:
            self._complain(first.start, last.end - first.start, f"nothing is called {error.name!r}", error.hint)
            self.result.reads[chain] = ANY
            return ANY
        if len(known) == 1 and known[0] in ("state", "input"):
            fields = ", ".join(sorted(type_.fields or {}))
            hint = f"Name one of its fields: {fields}" if fields else f"The workflow declares no {known[0]}"
            self._complain(first.start, len(known[0]), f"{known[0]!r} is no value", hint)
            type_ = ANY
        elif known == chain and self._in_has():
            problem = f"{'.'.join(chain)!r} is declared, so it is always there"
            self._complain(first.start, last.end - first.start, problem, "Compare its value instead", "E506")
        self.result.reads[known] = type_
        self._compared(type_, first, last)
        return type_ if known == chain else ANY

    def _in_has(self) -> bool:
        return bool(self.open) and self.open[-1].called == "has"

    def _meant(self, chain: tuple[str, ...]) -> str:
        """What an undeclared root may stand for: most often `state.` was forgotten."""
        assert self.names is not None
        name = chain[0]
        if name in _ELSEWHERE:
            return _ELSEWHERE[name]
        full = [f"{root}.{name}" for root, type_ in self.names.roots.items() if name in (type_.fields or {})]
        return f"Did you mean {full[0]!r}?" if full else name_habit(name) or did_you_mean(name, [*self.names.roots])

    def _parts(self, type_: Type, chain: tuple[str, ...], first: Token, last: Token) -> Type | None:
        """The type of a part of an item."""
        item = Names({chain[0]: type_})
        try:
            known, found = item.find(chain)
        except UnknownName as error:
            self._complain(first.start, last.end - first.start, f"nothing is called {error.name!r}", error.hint)
            return ANY
        if known == chain and len(chain) > 1:
            self._compared(found, first, last)
        return found if known == chain else None

    def _part(self, type_: Type | None, token: Token, name: str) -> Type | None:
        if type_ is None or type_.fields is None:
            return None
        if name not in type_.fields:
            hint = did_you_mean(name, type_.fields)
            self._complain(token.start, len(token.text), f"nothing is called {name!r} there", hint)
            return ANY
        return type_.fields[name]

    def _compared(self, type_: Type, first: Token, last: Token) -> None:
        """A field of a few texts is compared with one it never is."""
        at = self.i
        before = self.tokens.index(first)
        beside: list[Token] = []
        if type_.enum and at + 2 < len(self.tokens) and self.tokens[at + 1].text in ("==", "!="):
            beside.append(self.tokens[at + 2])
        if type_.enum and before > 1 and self.tokens[before - 1].text in ("==", "!="):
            beside.append(self.tokens[before - 2])
        if type_.enum and self._is(1, "in") and self._is(2, "["):
            rest = self.tokens[at + 3 :]
            beside += rest[: next((i for i, one in enumerate(rest) if one.text == "]"), 0)]
        for token in beside:
            value = token.text[1:-1]
            if token.kind == "string" and "\\" not in value and value not in type_.enum:
                hint = did_you_mean(value, type_.enum)
                self._complain(token.start, len(token.text), f"it is never {value!r}", hint, "E206")

    def _complain(self, start: int, width: int, problem: str, hint: str, code: str = "E502") -> None:
        self.result.wrong.append(Flaw(start, width, problem, hint, code))


def _item(type_: Type | None) -> Type:
    if type_ is not None and type_.name == "list":
        return type_.items or ANY
    return STRING if type_ is not None and type_.name == "object" else ANY
