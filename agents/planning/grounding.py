"""What code can tell of an argument: whether the request says it, and how it is spelt there.

A tiny model fills in what nobody said (an optional day) and respells what it should copy (Lisboa for Lisbon).
"""

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any

from .acting import parameters

LIKE = 0.8
"""From this likeness on (Ratcliff and Obershelp, 0 to 1) a value is a respelling of words in the request."""
LONG = 100
"""A longer value is a text, and not a respelling; to compare it everywhere would take long."""
_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]+|[\u3400-\u9fff]|\d+(?:[.,:]\d+)*")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")
_NUMERAL = re.compile(
    r"\d|[一二两三四五六七八九十百千万半零]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred|thousand|"
    r"half|quarter|noon|midnight|an?\s+(?:hour|minute|dozen))\b",
    re.IGNORECASE,
)


def grounded(arguments: Mapping[str, Any], schema: Mapping[str, Any], request: str) -> dict[str, Any]:
    """Arguments spelt as the request has them, without optional ones of which it says nothing.

    Only what can be compared is left out: a number where the request holds none, words in the same script.

    Example:
        >>> grounded({"city": "Lisboa", "day": "tomorrow"}, {"required": ["city"]}, "Is it raining in Lisbon?")
        {'city': 'Lisbon'}
    """
    required, known = schema.get("required", ()), parameters(schema)
    kept = {}
    for name, value in arguments.items():
        if name not in required and not _is_said(value, request):
            continue
        fixed = "enum" in known.get(name, {}) or "const" in known.get(name, {})
        kept[name] = value if fixed or not isinstance(value, str) else _spelt(value, request)
    return kept


def lacks_number(schema: Mapping[str, Any], text: str) -> bool:
    """Whether a tool must have a number, and nowhere in the text is one: such a call could only be made up."""
    required, known = schema.get("required", ()), parameters(schema)
    wants = any(known.get(name, {}).get("type") in ("number", "integer") for name in required)
    return wants and not _NUMERAL.search(text)


def _is_said(value: Any, request: str) -> bool:
    """Whether a request may have said it; what cannot be told may."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return True
    text = str(value)
    if not _LETTER.search(text):
        return bool(_NUMERAL.search(request)) and bool(text)
    if bool(_CHINESE.search(text)) != bool(_CHINESE.search(request)):
        return not _CHINESE.search(text)  # 北京 may be Beijing; but who speaks English says no 今天
    said = {word.casefold() for word in _WORD.findall(request)}
    return any(word.casefold() in said for word in _WORD.findall(text))


def _spelt(value: str, request: str) -> str:
    """The words of the request that a value respells, or the value."""
    wanted, words = _WORD.findall(value), list(_WORD.finditer(request))
    if not wanted or not 4 <= len(value) <= LONG or value.casefold() in request.casefold() or _NUMERAL.search(value):
        return value
    near, at = 0.0, value
    for start in range(len(words) - len(wanted) + 1):
        span = request[words[start].start() : words[start + len(wanted) - 1].end()]
        if abs(len(span) - len(value)) > len(value) or _NUMERAL.search(span):
            continue
        likeness = SequenceMatcher(None, value.casefold(), span.casefold(), autojunk=False).ratio()
        if likeness > near:
            near, at = likeness, span
    return at if near >= LIKE else value
