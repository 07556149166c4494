"""Algebra: what is to be done with which formulas, as a question to the process that does it."""

import re
from dataclasses import dataclass, field
from typing import Any

from ..base.errors import InputError
from ..base.suggest import did_you_mean
from .exact import evaluate
from .grammar.functions import CONSTANTS, FUNCTIONS
from .grammar.parser import parse
from .grammar.tokens import wrong
from .grammar.tree import Call, Name, Node, Op, every, names, parts_of, plain
from .spoken_numbers import with_figures
from .wording import as_formula, without_asking

_GREEK = frozenset("alpha beta gamma delta epsilon theta lambda mu sigma omega phi psi rho oo infinity inf".split())
_VERBS: tuple[tuple[str, str], ...] = (
    ("derivative", r"derivative of|differentiate|derive|d/d(?P<by>[a-z])\b|求导数?|导数|微分"),
    ("integral", r"(?:definite |indefinite )?integral of|integrate|integral|∫|求?不?定积分|求?积分"),
    ("limit", r"limit of|limit|lim\b|求?极限"),
    ("simplify", r"simplify|化简|简化"),
    ("expand", r"expand|multiply out|展开"),
    ("factor", r"factori[sz]e|factor|因式分解|分解因式|分解质因数|质因数分解"),
    (
        "solve",
        r"solve(?: for)?(?: the)?(?: equations?| system| inequality)?|解不等式|解方程组?|求解|解",
    ),
)
_LEAD = r"^(?:please |can you |find |compute |calculate |what is |what's |请|求|计算)*(?:the )?"
_FIND_BEFORE = re.compile(r"^求(?P<by>[a-z])\s*[,:;]\s*(?P<rest>.+)$", re.IGNORECASE)
_FIND_BEHIND = re.compile(r"[,;]? ?求[a-z](?: ?[,和与] ?[a-z])*(?:的值)?$|的(?:解集?|根)$", re.IGNORECASE)
_WHAT = re.compile(r"(?: ?(?:等于|为|是)(?:多少|什么|几))$")
_FIRST = tuple(
    (do, re.compile(rf"{_LEAD}(?:{verb})(?![a-z])[\s::]*(?P<rest>.+)$", re.IGNORECASE | re.DOTALL))
    for do, verb in _VERBS
)
_LAST = tuple(
    (
        do,
        re.compile(
            rf"^(?:把|将|求|对)?\s*(?P<rest>.+?)\s*(?:的|进行)?\s*(?:{verb})$".replace("(?P<by>[a-z])", "[a-z]"),
            re.DOTALL,
        ),
    )
    for do, verb in _VERBS
)
_FILLER = re.compile(r"一元[一二三]次|二元一次|方程组?|不等式|函数|表达式|多项式|[::]")
_FOR = re.compile(
    r"\s*,?\s*(?:\bfor|\bwith respect to|\bwrt|关于|对)\s*(?P<by>[a-z](?:\s*(?:,|and|和)\s*[a-z])*)\s*(?:的|求)?\s*$",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s*(?:\bfrom|从)\s*(?P<low>.+?)\s*(?:\bto\b|到)\s*(?P<high>.+)$", re.IGNORECASE | re.DOTALL)
_AS = re.compile(
    r"\s*(?:\bas|\bwhen|当|,)?\s*(?P<by>[a-z])\s*(?:->|to|approaches|tends to|goes to|趋于|趋近于|趋向于)"
    r"\s*(?P<to>.+?)(?:时|的)*$",
    re.IGNORECASE | re.DOTALL,
)
_AND = re.compile(r"(?<=[\w)])\s*(?:\band\b|\n|和|且)\s*(?=[^=]*=)")
_LETTERS = re.compile(r"[A-Za-z\u03b1-\u03c9]+\d*(?:_\w+)?")
_FOR_FIRST = re.compile(r"^solve for ([a-z])\b\s*[:,]?\s*(.+)$", re.IGNORECASE)
_AS_FIRST = re.compile(r"^\(?([a-z])\s*(?:->|to)\s*([^\s)]+)\)?\s+(.+)$", re.IGNORECASE)
MAX_FORMULAS = 8


@dataclass(frozen=True, slots=True)
class Algebra:
    """What to do with formulas, in which variables; `more` are further formulas: the ends of an integral, a limit."""

    do: str
    formulas: tuple[Node, ...]
    variables: tuple[str, ...] = ()
    more: tuple[Node, ...] = field(default=())

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        formulas, more = [plain(one) for one in self.formulas], [plain(one) for one in self.more]
        return {"do": self.do, "formulas": formulas, "variables": list(self.variables), "more": more}


def asked_algebra(text: str) -> Algebra | None:
    """What a text with a verb of algebra asks; None where it has none.

    Raises:
        InputError: it has one, but the formula cannot be read.
    """
    bare = _FOR_FIRST.sub(r"solve \2 for \1", _WHAT.sub("", text.strip().rstrip("?.!").strip()))
    if found := _FIND_BEFORE.match(bare):
        return _asked("solve", found["rest"], (found["by"],))
    for do, pattern in (*_FIRST, *_LAST):
        found = pattern.match(bare)
        if found is not None and re.search(r"[\da-zA-Z]", found["rest"]):
            by = found.groupdict().get("by")
            return _asked(do, found["rest"], (by,) if by else ())
    behind = _FIND_BEHIND.search(bare)
    if behind is not None and re.search(r"[=<>]", bare):
        return _asked("solve", bare[: behind.start()].removeprefix("求"), ())
    return None


def _asked(do: str, text: str, by: tuple[str, ...]) -> Algebra:
    text, more = _FILLER.sub(" ", text).strip(), tuple[str, ...]()
    if do == "limit":
        text, by, more = _limit(text)
    if do == "integral":
        text, more = _between(text)
        text = re.sub(r"\s*\bd([a-z])\s*$", r" for \1", text)
    if found := _FOR.search(text):
        text, by = text[: found.start()], tuple(re.findall(r"\b[a-z]\b(?<!and)", found["by"], re.IGNORECASE))
    text = re.sub(r"^[fy]\s*(?:\([a-z]\))?\s*=", "", text) if do not in ("solve", "limit") else text
    formulas = _read(text if do != "solve" else _AND.sub(" ; ", text))
    return Algebra(do, formulas, by, tuple(_read(one)[0] for one in more))


def _limit(text: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    found = _AS.search(_AS_FIRST.sub(r"\3 as \1 -> \2", text))
    text = found.string if found is not None else text
    if found is None or not (text[: found.start()] or text[found.end() :]).strip():
        raise InputError("it is not said where the limit is", at=repr(text), hint="Write limit of sin(x)/x as x -> 0")
    return text[: found.start()].strip(" ,"), (found["by"],), (re.sub("正?无穷大?", "oo", found["to"]),)


def _between(text: str) -> tuple[str, tuple[str, ...]]:
    found = _RANGE.search(text)
    return (text[: found.start()], (found["low"], found["high"].rstrip("的 "))) if found else (text, ())


def free_algebra(nodes: tuple[Node, ...]) -> Algebra | None:
    """What formulas with variables, without a verb, ask: to be solved or simplified; None without variables."""
    if not any(_is_variable(one.name) for node in nodes for one in names(node)):
        return None
    equations = all(isinstance(node, Op) and node.sign in ("=", "<", ">", "<=", ">=") for node in nodes)
    return Algebra("solve" if equations else "simplify", nodes)


def _read(text: str) -> tuple[Node, ...]:
    written = as_formula(with_figures(without_asking(text)))
    return in_variables(parse(written), written)


def in_variables(nodes: tuple[Node, ...], text: str) -> tuple[Node, ...]:
    """Names of several letters as products of one each; numbers of any size are refused.

    Raises:
        InputError: a name is none, or a power without variables is too big.
    """
    if len(nodes) > MAX_FORMULAS:
        raise InputError(f"these are more than {MAX_FORMULAS} formulas", hint="Ask for fewer at once")
    read = tuple(_split(node, text) for node in nodes)
    for node in read:
        _check_sizes(node, text)
    return read


def _split(node: Node, text: str) -> Node:
    match node:
        case Name(name, at) if not _LETTERS.fullmatch(name):
            raise wrong(f"{name!r} is no part of a formula", text, at, "Variables are letters such as x and y")
        case Name(name, at) if name.isalpha() and len(name) > 1 and not _is_word(name):
            if len(name) > 3:
                known = CONSTANTS | FUNCTIONS.keys()
                hint = f"{did_you_mean(name, known)} Variables have one letter"
                raise wrong(f"there is nothing called {name!r}", text, at, hint)
            product: Node = Name(name[0], at)
            for i, letter in enumerate(name[1:], start=1):
                product = Op("*", (product, Name(letter, at + i)), at)
            return product
        case Op(sign, _, at):
            return Op(sign, tuple(_split(part, text) for part in parts_of(node)), at)
        case Call(name, _, at):
            return Call(name, tuple(_split(part, text) for part in parts_of(node)), at)
        case _:
            return node


def _is_word(name: str) -> bool:
    return name.lower() in _GREEK or name.lower() in CONSTANTS


def _is_variable(name: str) -> bool:
    return name.lower() not in CONSTANTS


def _check_sizes(node: Node, text: str) -> None:
    """Refuse what is too big before a process is asked: 9^9^9, 10^9!."""
    for one in every(node):
        if isinstance(one, Op) and one.sign in ("^", "!", "!!") and not names(one):
            evaluate(one, text)
