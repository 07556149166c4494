"""How many columns a text takes on a screen: a Chinese character takes two, an accent set over a letter none."""

from unicodedata import category, east_asian_width


def width(text: str) -> int:
    """Columns of a text.

    >>> width("ab"), width("月亮"), width("e\u0301")
    (2, 4, 1)
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(letter: str) -> int:
    if category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(letter) in "WF" else 1
