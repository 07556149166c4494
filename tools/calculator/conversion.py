"""Units: what is to be converted into what, as a question to the process that knows them."""

import re
from dataclasses import dataclass
from typing import Any

from ..base.errors import InputError
from ..base.suggest import did_you_mean
from .grammar.parser import parse
from .grammar.tokens import wrong
from .grammar.tree import Call, Name, Node, Op, names, parts_of, plain
from .spoken_numbers import halved, with_figures
from .units_named import CHINESE, FIGURES, KNOWN, in_english, is_unit, meaning
from .wording import as_formula, without_asking

_TURNED = re.compile(
    r"^(?:把|将)?\s*(?P<what>.*\S)\s*(?:\bin(?:to)?\b|\bto\b|\bas\b|->|换算成|换算为|换成|转换成|转换为|转成|转为|化成"
    r"|(?:等于|是|合|有|=)\s*(?:多少|几个?|[?])|等于)\s*(?:个)?\s*(?P<target>[^\d,]*\S)$",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(
    r"^how (?:many|much)\s+(?P<target>\S.*?)\s+(?:(?:are|is)(?: there)? in|are|is|in|make(?: up)?)\s+(?P<what>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_HAN_MANY = re.compile(r"^(?P<what>.*?)\s*(?:等于|是|合|有)?\s*(?:多少|几)\s*个?\s*(?P<target>[^\d,]+)$", re.DOTALL)
_ASKING = re.compile(r"^(?:please |can you |what(?:'s| is) |calculate |convert |换算|请|计算)+\s*", re.IGNORECASE)
_A_UNIT = re.compile(r"^(?:there (?:are )?in )?(?:an?|one|each|every)\s+(?=[A-Za-z])", re.IGNORECASE)
_LASTS = re.compile(
    r"(?<![\d.])(\d[\d.]*+) ?h(?:ours?|rs?)?[ ,]*(?:and )?(\d[\d.]*) ?m(?:in(?:ute)?s?)?(?![A-Za-z0-9^*/])"
    r"(?:[ ,]*(?:and )?(\d[\d.]*) ?s(?:ec(?:ond)?s?)?\b)?",
    re.IGNORECASE,
)
_HAN_COUNTED = (
    rf"(?:[\d.]++|两?[{FIGURES[:-1]}]++|两)\s*(?:{'|'.join(sorted(CHINESE, key=len, reverse=True))}|分(?!之))"
)
_HAN_AFTER_ANOTHER = re.compile(rf"(?<![\d.{FIGURES}/每]){_HAN_COUNTED}(?:\s*零?{_HAN_COUNTED})+(?![{FIGURES}\d])")
_COUNTED = r"(?<![\d.])\d[\d.]*+\s*[A-Za-z]+"
_AFTER_ANOTHER = re.compile(rf"{_COUNTED}(?:\s+(?:and\s+)?{_COUNTED})+")
_EXPANDED = 8
"""How deep a unit's meaning may hold others."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """A quantity, and what it is to be told in (None: in its own units); `name` of that, as people wrote it."""

    what: Node
    target: Node | None
    name: str

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        target = plain(self.target) if self.target is not None else None
        return {"do": "convert", "what": plain(self.what), "target": target, "name": self.name}


def conversion(text: str) -> Conversion | None:
    """What is asked of units; None where nothing is.

    Args:
        text: As `wording.as_printed` leaves it.
    Raises:
        InputError: it is about units, but cannot be read.
    """
    asked = _ASKING.sub("", text.rstrip(" ?.")).strip()
    found = _HOW_MANY.match(text.rstrip(" ?.")) or _TURNED.match(asked) or _HAN_MANY.match(asked)
    if found is not None:
        target = _target(found["target"])
        if target is not None:
            return Conversion(_quantity(found["what"]), target, found["target"].strip(" ?"))
    return _own(asked)


def _target(text: str) -> Node | None:
    """The unit that something is converted into; None where no text is meant to be one."""
    written = in_english(text.strip(" ?"))
    try:
        node = parse(re.sub(r"°\s*([CFcf])\b", r"deg\1", written), units=True)[0]
    except InputError:
        return None
    found = names(node)
    if not found or not all(re.fullmatch(r"[A-Za-zµμ°_]+\d?", one.name) for one in found):
        return None
    return _meant(node)


def _own(text: str) -> Conversion | None:
    """A formula all of whose names are units, told in its own."""
    try:
        node = _read(without_asking(text))
    except InputError:
        return None
    found = names(node)
    sure = bool(found) and all(is_unit(one.name) for one in found)
    if not sure or _has_equation(node):
        return None
    return Conversion(_meant(node), None, "")


def _has_equation(node: Node) -> bool:
    return isinstance(node, Op) and node.sign in ("=", "<", ">", "<=", ">=", "!=", "and")


def _read(text: str) -> Node:
    text = _HAN_AFTER_ANOTHER.sub(_summed_in_chinese, halved(text))
    written = as_formula(with_figures(in_english(_LASTS.sub(_lasting, _A_UNIT.sub("1 ", text)))))
    written = re.sub(r"°\s*([CFcf])\b", r" deg\1", written)
    written = _AFTER_ANOTHER.sub(_summed, written)
    return parse(written, units=True)[0]


def _lasting(found: re.Match[str]) -> str:
    """2h 15m -> (2 hour+15 minute): behind hours an m is a minute."""
    seconds = f"+{found[3]} second" if found[3] else ""
    return f"({found[1]} hour+{found[2]} minute{seconds})"


def _summed_in_chinese(found: re.Match[str]) -> str:
    """3斤2两 -> (3斤+2两)."""
    return f"({'+'.join(re.findall(_HAN_COUNTED, found[0]))})"


def _summed(found: re.Match[str]) -> str:
    """5 ft 3 in -> (5 ft+3 in)."""
    return f"({'+'.join(re.findall(_COUNTED, found[0]))})"


def _quantity(text: str) -> Node:
    node = _read(text)
    unknown = [one for one in names(node) if not one.name.isascii() and one.name not in KNOWN]
    if unknown:
        raise wrong(f"there is no unit called {unknown[0].name!r}", text, 1, did_you_mean(unknown[0].name, KNOWN))
    return _meant(node)


def _meant(node: Node, depth: int = 0) -> Node:
    """With every name as what pint calls it."""
    match node:
        case Name(name, at):
            formula = meaning(name)
            if formula == name or depth > _EXPANDED:
                return node
            inner = parse(formula, units=True)[0]
            return Name(inner.name, at) if isinstance(inner, Name) else _meant(inner, _EXPANDED + 1)
        case Op(sign, _, at):
            return Op(sign, tuple(_meant(part, depth) for part in parts_of(node)), at)
        case Call(name, _, at):
            return Call(name, tuple(_meant(part, depth) for part in parts_of(node)), at)
        case _:
            return node
