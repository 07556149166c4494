"""Figures, dates and units written out as they are read aloud.

The grammars are those of wetext (https://github.com/pengzhendong/wetext). What they get wrong is rewritten
before they see it, rule by rule, so that each rule can go when they learn it.
"""

import re
from functools import cache
from typing import Any

from . import reading_en, reading_zh

_RULES = {"en": reading_en.RULES, "zh": reading_zh.RULES}
_SIGNS = str.maketrans({
    **dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)),
    **dict(zip("０１２３４５６７８９％．", "0123456789%.", strict=True)),
    "½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3",
    "−": "-", "‐": "-", "‑": "-", "℃": "°C", "℉": "°F", "㎡": "m²", "￥": "¥", "\u00a0": " ", "\u202f": " ",
})  # fmt: skip
_FIGURES = re.compile(r"[^\"\\\n]*\d[^\"\\\n]*")
"""A stretch with figures, for the grammars; they would put a backslash before a quote or a backslash."""


def read_aloud(text: str, language: str) -> str:
    """Write out what is not plain words, in English and Chinese; other languages are left to the voice.

    Args:
        text: A clause or more, without Markdown (see `plain.py`).
        language: Two-letter code.
    Raises:
        ImportError: wetext is not installed.

    Example:
        >>> read_aloud("It is 384,400 km away.", "en"), read_aloud("大约3-5年", "zh")
        ('It is three hundred eighty four thousand four hundred kilometers away.', '大约三到五年')
    """
    if language not in _RULES:
        return text
    text = text.translate(_SIGNS)
    for pattern, replacement in _RULES[language]:
        text = pattern.sub(replacement, text)
    text = _FIGURES.sub(lambda found: _normalised(found.group(), language), text)
    return re.sub(r"[ \t]{2,}", " ", text).strip()


def _normalised(text: str, language: str) -> str:
    try:
        said: str = _grammar(language).normalize(text)
    except AssertionError:  # wetext's way to say that its grammar has no path through the text
        return " ".join(_token(token, language) for token in text.split(" "))
    return reading_en.one_thousand(said) if language == "en" else said


def _token(token: str, language: str) -> str:
    """One word of a text that the grammar refused as a whole; the one to blame is left as it is."""
    try:
        said: str = _grammar(language).normalize(token) if re.search(r"\d", token) else token
    except AssertionError:
        return token
    return said


@cache
def _grammar(language: str) -> Any:
    from wetext import Normalizer

    return Normalizer(lang=language, operator="tn")
