"""Numbers in Chinese or English words, with fractions and percentages, in figures."""

import re
from decimal import Decimal, InvalidOperation

from ..base.numerals import CHINESE, WORDS, as_figures, chinese_value

_NUMERAL = re.compile(rf"(?<![\d.])[\d.]*+[{CHINESE}万亿][{CHINESE}万亿\d.点]*(?<!点)")
_HALVED = "(?=小时|钟头|分钟|公?斤|公?里|英里|千[克米]|[天年月米吨升亩磅两])"
_HALF = re.compile(rf"(?<![\d{CHINESE}])半个?{_HALVED}")
_AND_A_HALF = re.compile(rf"(?<=[\d{CHINESE}])个半(?=小时|钟头|星期|月)")
_ENGLISH = re.compile(rf"\b(?:{'|'.join(WORDS)}|hundred)\b", re.IGNORECASE)
_MANY = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_SIZES = (("亿", 10**8), ("万", 10**4))


def with_figures(text: str) -> str:
    """A text with its number words in figures; a fraction in brackets.

    Example:
        >>> with_figures("三分之二"), with_figures("百分之十五"), with_figures("一万二千"), with_figures("1.5亿")
        ('(2/3)', '15%', '12000', '150000000')
    """
    text = re.sub(r"百分之", "％", halved(text.replace("一半", "(1/2)")))
    text = _NUMERAL.sub(lambda found: _figure(found[0]), text)
    text = re.sub(r"％\s*([\d.]+)", r"\1%", text)
    text = re.sub(r"(?<![\d.])([\d.]++)\s*分之\s*([\d.]+)", r"(\2/\1)", text)
    if _ENGLISH.search(text):
        text = as_figures(text)
    return re.sub(
        r"(?<![\d.,])(\d[\d.,]*+)\s*(thousand|million|billion)\b",
        lambda found: f"({found[1]}*{_MANY[found[2].lower()]})",
        text,
        flags=re.IGNORECASE,
    )


def halved(text: str) -> str:
    """Half units in figures.

    Example:
        >>> halved("半斤"), halved("一个半小时")
        ('0.5斤', '一点五小时')
    """
    return _HALF.sub("0.5", _AND_A_HALF.sub("点五", text))


def _figure(numeral: str) -> str:
    """A numeral in figures; as it is where it is none. 三万五 is 35000, as said."""
    try:
        value, rest, last = Decimal(0), numeral, 1
        for sign, size in _SIZES:
            above, found, below = rest.rpartition(sign)
            if found:
                value, rest, last = value + _small(above) * size, below, size
        short = last > 1 and len(rest) == 1 and rest not in "十百千"
        value += _small(rest) * (last // 10 if short else 1) if rest else 0
        return str(int(value)) if value == int(value) else format(value, "f")
    except (InvalidOperation, KeyError, ValueError):
        return numeral


def _small(numeral: str) -> Decimal:
    """A numeral without 万 and 亿, in figures or not."""
    whole, _, part = numeral.partition("点")
    figures = "".join(str(chinese_value(char)) if char in CHINESE else char for char in part)
    if whole and all(char in CHINESE for char in whole):
        whole = str(chinese_value(whole))
    return Decimal(f"{whole}.{figures}" if figures else whole)
