"""Lengths of time in a sentence: an hour and a quarter, 90 seconds, 一个半小时, 一刻钟."""

import re
from fractions import Fraction

from ..base.numerals import as_figures

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_UNIT = {"sec": "second", "min": "minute", "hr": "hour", "h": "hour", "秒": "second", "分": "minute", "天": "day"}
_UNIT_EN = r"(?P<unit>seconds?|secs?|minutes?|mins?|hours?|hrs?|days?)\b"
_ENGLISH = re.compile(
    rf"(?:(?P<whole>\d+(?:\.\d+)?)|(?P<part>half|(?:a\s+)?quarter|three\s+quarters|3\s+quarters)(?:\s+of)?\s+an?|\ban?\b(?!\s+day))"
    rf"(?P<more>\s+and\s+(?:a\s+)?(?:half|quarter))?[\s-]*{_UNIT_EN}"
    rf"(?P<tail>\s+and\s+a\s+(?:half|quarter)\b(?!\s+of))?",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"(?P<whole>\d+(?:\.\d+)?|半)?(?P<counted>个)?(?P<half>半)?(?P<unit>小时|钟头|分钟|分(?!之)|秒钟?|天|刻钟)(?P<tail>半)?"
)


def lengths(text: str) -> list[Fraction]:
    """Lengths of time in seconds, in the order of the sentence; those that follow one another are one.

    Example:
        >>> [int(one) for one in lengths("an hour and a quarter, or 2 hours 5 minutes")]
        [4500, 7500]
        >>> [int(one) for one in lengths("一个半小时或者一刻钟")]
        [5400, 900]
    """
    text = as_figures(text)
    found = [(match.span(), _english(match)) for match in _ENGLISH.finditer(text)]
    found += [(match.span(), value) for match in _CHINESE.finditer(text) if (value := _chinese(match))]
    several, end = list[Fraction](), -1
    for (start, stop), value in sorted(found):
        joined = end >= 0 and re.fullmatch(r"\s*(?:,|and|又|零|加)?\s*", text[end:start], re.IGNORECASE)
        if joined and several:
            several[-1] += value
        else:
            several.append(value)
        end = stop
    return several


def _english(match: re.Match[str]) -> Fraction:
    name = match["unit"].lower().rstrip("s")
    size = _SECONDS[_UNIT.get(name, name)]
    count = _share(match["part"]) if match["part"] else Fraction(match["whole"] or 1)
    return (count + sum(_share(match[more]) for more in ("more", "tail") if match[more])) * size


def _share(said: str) -> Fraction:
    said = said.lower()
    return Fraction(3, 4) if said.startswith(("three", "3")) else Fraction(1, 2) if "half" in said else Fraction(1, 4)


def _chinese(match: re.Match[str]) -> Fraction:
    if not match["whole"] and not match["half"]:
        return Fraction(0)
    whole, unit = match["whole"] or "", match["unit"]
    count = Fraction(1, 2) if whole == "半" else Fraction(whole or 0)
    count += Fraction(1, 2) * sum(1 for more in ("half", "tail") if match[more])
    size = 900 if unit == "刻钟" else 3600 if unit in ("小时", "钟头") else _SECONDS[_UNIT[unit[0]]]
    return count * size
