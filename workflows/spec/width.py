"""How many columns a text takes on a screen: a Chinese character takes two."""

from unicodedata import east_asian_width


def width(text: str) -> int:
    """Columns of a text.

    >>> width("ab"), width("月亮")
    (2, 4)
    """
    return len(text) if text.isascii() else sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
