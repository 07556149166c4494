"""Lengths of time in a sentence: an hour and a quarter, 90 seconds, 一个半小时, 一刻钟."""

import re
from fractions import Fraction

from ..base.numerals import CHINESE, as_figures

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_UNIT = {"sec": "second", "min": "minute", "hr": "hour", "h": "hour"}
_UNIT |= {"秒": "second", "分": "minute", "天": "day"}
_UNIT_EN = r"(?P<unit>seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|h)(?![a-z])"
_WHOLE = r"(?P<whole>(?<![\d.,:])\d{1,9}(?:\.\d{1,9})?)"
_ENGLISH = re.compile(
    rf"(?:{_WHOLE}|\b(?P<part>half|(?:a\s+)?quarter|three\s+quarters|3\s+quarters)(?:(?:\s+of)?\s+an?)?|\ban?\b(?!\s+day))"
    rf"(?P<more>\s+and\s+(?:a\s+)?(?:half|quarter))?[\s-]*{_UNIT_EN}"
    rf"(?P<tail>\s+and\s+a\s+(?:half|quarter)\b(?!\s+(?:of|an?|hour|minute)))?",
    re.IGNORECASE,
)
_SHORT = re.compile(r"(?<=\d)\s?h\s?(\d\d?)(?:\s?m(?:in(?:ute)?s?)?)?(?![\da-z:])", re.IGNORECASE)
"""1h20m, 1 h 20."""
_CHINESE = re.compile(
    r"(?P<whole>(?<![\d.点第周期拜:：])\d{1,9}(?:\.\d{1,9})?|半(?!天))?(?P<counted>个)?(?P<half>半)?"
    r"(?P<unit>小时|钟头|分钟|分(?![之数享析])|秒钟?|天(?![气津空才])|刻钟)(?P<tail>半)?"
)
_ABOUT = re.compile(rf"(?<![{CHINESE}])([一两二三四五六七八])([二三四五六七八九])(?=个?半?(?:小时|钟头|分钟|秒|天))")
_RANGE = re.compile(r"(?P<from>\d{1,9}(?:\.\d{1,9})?)\s*(?:-|–|~|to|or|到|至|或)\s*\Z", re.IGNORECASE)
_RATE = re.compile(r"\d[\d.,]*\s*(?!for\b|in\b|of\b|at\b|and\b|[ap]m\b)[a-z]*\s+\Z", re.IGNORECASE)
_JOINED = ("", ",", "and", ", and", "又", "零", "加", "0")
_NEAR = 40


def lengths(text: str) -> list[Fraction]:
    """Lengths of time in seconds, in the order of the sentence; those that follow one another are one.

    Example:
        >>> [int(one) for one in lengths("an hour and a quarter, or 2 hours 5 minutes")]
        [4500, 7500]
        >>> [int(one) for one in lengths("一个半小时或者一刻钟")]
        [5400, 900]
    """
    text = _SHORT.sub(r" hours \1 minutes", as_figures(_ABOUT.sub(r"\1或\2", text)))
    found = [(match, *_english(match)) for match in _ENGLISH.finditer(text)]
    found += [(match, *_chinese(match)) for match in _CHINESE.finditer(text)]
    several, end, last = list[Fraction](), 0, 0
    for match, count, size in sorted(found, key=lambda one: one[0].start()):
        before = text[max(0, match.start() - _NEAR) : match.start()]
        if not count or (match[0][0] in "aA" and _RATE.search(before)):
            continue
        if size < last and text[end : match.start()].strip().lower() in _JOINED:
            several[-1] += count * size
        else:
            if match["whole"] and (least := _RANGE.search(before)):
                several.append(Fraction(least["from"]) * size)
            several.append(count * size)
        end, last = match.end(), size
    return several


def _english(match: re.Match[str]) -> tuple[Fraction, int]:
    name = match["unit"].lower().rstrip("s")
    count = _share(match["part"]) if match["part"] else Fraction(match["whole"] or 1)
    count += sum(_share(match[more]) for more in ("more", "tail") if match[more])
    return count, _SECONDS[_UNIT.get(name, name)]


def _share(said: str) -> Fraction:
    said = said.lower()
    return Fraction(3, 4) if said.startswith(("three", "3")) else Fraction(1, 2) if "half" in said else Fraction(1, 4)


def _chinese(match: re.Match[str]) -> tuple[Fraction, int]:
    """How many, 0 where that is not said, and of how many seconds."""
    whole, unit = match["whole"] or "", match["unit"]
    size = 900 if unit == "刻钟" else 3600 if unit in ("小时", "钟头") else _SECONDS[_UNIT[unit[0]]]
    if (not whole and not match["half"]) or match[0] == "半天":  # half the day: a long while
        return Fraction(0), size
    count = Fraction(1, 2) if whole == "半" else Fraction(whole or 0)
    return count + Fraction(1, 2) * sum(1 for more in ("half", "tail") if match[more]), size
