"""Which language a text is in, told by its script."""

import re

_SCRIPTS = {
    "zh": re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"),
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "ko": re.compile(r"[\u1100-\u11ff\uac00-\ud7af]"),
    "ru": re.compile(r"[\u0400-\u04ff]+"),
    "el": re.compile(r"[\u0370-\u03ff]+"),
    "he": re.compile(r"[\u0590-\u05ff]+"),
    "ar": re.compile(r"[\u0600-\u06ff]+"),
    "hi": re.compile(r"[\u0900-\u097f]+"),
    "th": re.compile(r"[\u0e00-\u0e7f]+"),
    "en": re.compile(r"[A-Za-z\u00c0-\u024f]+"),
}
"""One character of Chinese, Japanese and Korean counts as much as one word of the others."""


def language_of(text: str, *, default: str = "en") -> str:
    """The two-letter code (ISO 639-1) of most of the text; every Latin script counts as English.

    Args:
        default: What a text without letters is taken for.

    Example:
        >>> language_of("用Python写一个程序"), language_of("你好 means hello, my friend")
        ('zh', 'en')
    """
    counts = {language: len(script.findall(text)) for language, script in _SCRIPTS.items()}
    if counts["ja"] * 4 > counts["zh"]:  # Japanese mixes kana and Han; Chinese quotes kana at most
        counts["ja"] += counts.pop("zh")
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] else default
