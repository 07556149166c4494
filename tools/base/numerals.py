"""Numbers written in words: Chinese numerals and English ones."""

import re

_DIGITS_ZH = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_TENS_ZH = {"十": 10, "百": 100, "千": 1000}
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
WORDS = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
"""English number words below a hundred, without those put together."""
CHINESE = "".join((*_DIGITS_ZH, *_TENS_ZH))


def chinese_value(figure: str) -> int:
    """The value of a Chinese numeral below ten thousand, or of one read digit by digit; 一千五 is 1500, as said.

    Example:
        >>> chinese_value("三百八十四"), chinese_value("二零二六"), chinese_value("十"), chinese_value("一千五")
        (384, 2026, 10, 1500)
    """
    if not any(char in _TENS_ZH for char in figure):
        return int("".join(str(_DIGITS_ZH[char]) for char in figure))
    total, digit, size = 0, 0, 1
    for char in figure:
        if char in _TENS_ZH:
            total += (digit or 1) * _TENS_ZH[char]
            digit, size = 0, _TENS_ZH[char] // 10
        elif _DIGITS_ZH[char]:
            digit = _DIGITS_ZH[char]
        else:
            size = 1
    return total + digit * size


def as_figures(text: str) -> str:
    """A text with its numbers in figures, for what is read by a machine.

    Example:
        >>> as_figures("twenty-one plus seven"), as_figures("七乘以八")
        ('21 plus 7', '7乘以8')
    """
    tens, ones = "|".join(_TENS), "|".join(_ONES[1:10])
    text = re.sub(
        rf"\b({tens})[ -]({ones})\b",
        lambda m: str(WORDS[m[1].lower()] + WORDS[m[2].lower()]),
        text,
        flags=re.IGNORECASE,
    )
    every = "|".join(WORDS)
    text = re.sub(rf"\b({every})\b", lambda m: str(WORDS[m[1].lower()]), text, flags=re.IGNORECASE)
    text = re.sub(
        r"\b(a|\d\d?) hundred(?:(?: and)? (\d\d?))?\b",
        lambda m: str((1 if m[1].lower() == "a" else int(m[1])) * 100 + int(m[2] or 0)),
        text,
        flags=re.IGNORECASE,
    )
    return re.sub(rf"(?<![{CHINESE}])[{CHINESE}]{{1,40}}(?![{CHINESE}])", lambda m: str(chinese_value(m[0])), text)
