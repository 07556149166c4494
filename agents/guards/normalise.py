"""Text as units to match against: one unit a word in English, one a character in Chinese.

What does not change the meaning is taken away: case, full width, accents, invisible characters, apostrophes,
fillers, traditional script, letters written as digits.
"""

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from pathlib import Path

_UNIT = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]")
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ`´")
_LEET = str.maketrans("013457", "oieast")
_LOOK_ALIKES = str.maketrans("аеорсухіѕԁ", "aeopcyxisd")
"""Cyrillic letters that look Latin."""


def plain(text: str) -> str:
    """Full-width forms made ordinary and invisible characters removed; for regular expressions."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")


def units(text: str, *, fillers: Collection[str] = ()) -> tuple[str, ...]:
    """Split text into units.

    Args:
        fillers: Units left out, such as "um" and "嗯".

    Example:
        >>> units("I don't  LIKE 打火機")
        ('i', 'dont', 'like', '打', '火', '机')
    """
    text = text if text.isascii() else _folded(text)
    found = _UNIT.findall(text.lower().translate(_APOSTROPHES))
    return tuple(unit for unit in map(_letters, found) if unit not in fillers)


def filler_units(fillers: Collection[str]) -> frozenset[str]:
    """The units that the fillers of a rules file are made of."""
    return frozenset(unit for filler in fillers for unit in units(filler))


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    kept = (c for c in decomposed if unicodedata.category(c) not in ("Cf", "Mn"))
    return "".join(kept).casefold().translate(_LOOK_ALIKES).translate(_simplified())


def _letters(unit: str) -> str:
    """`b0mb` is `bomb`; `84` stays."""
    return unit if unit.isalpha() or unit.isdigit() else unit.translate(_LEET)


@cache
def _simplified() -> dict[int, str]:
    lines = Path(__file__).with_name("traditional.txt").read_text(encoding="utf-8").splitlines()
    pairs = " ".join(line for line in lines if not line.startswith("#")).split()
    return {ord(pair[0]): pair[1] for pair in pairs}
