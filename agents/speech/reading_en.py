"""English: what is rewritten before the grammars write out the figures."""

import re
from collections.abc import Callable

from .number_words import NUMBER_WORDS, decade, digits, ordinal, roman, two_digits, year

Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)
_MONTH = rf"({'|'.join(_MONTHS)}|(?:{'|'.join(month[:3] for month in _MONTHS)}|Sept)\b\.?)"
_UNITS = {
    "m": "meter",
    "s": "second",
    "sec": "second",
    "secs": "second",
    "min": "minute",
    "mins": "minute",
    "hr": "hour",
    "hrs": "hour",
    "yr": "year",
    "yrs": "year",
    "L": "liter",
    "l": "liter",
}
_COINS = {"$": ("dollar", "cent", "cents"), "£": ("pound", "penny", "pence"), "€": ("euro", "cent", "cents")}
_KINGS = (
    "Louis|Henry|Elizabeth|Charles|George|Edward|James|William|Richard|Napoleon|Catherine|Philip|Alexander"
    "|Frederick|Francis|Leo|Pius|Gregory|Benedict|John Paul|Peter|Nicholas|Ivan|Ptolemy|Cleopatra|Mary"
    "|Rames?ses|Thutmose"
)
_NUMBERED = "Chapter|Part|Act|Volume|Book|Section|Type|Phase|Level|Scene|Title|War|Apollo|Rocky|Fantasy|Factor|Class"
_ROMAN = r"(?!I\b)(X{0,3}(?:IX|IV|V?I{1,3}|V)|X{1,3})"
"""II to XXXIX; a single I is nearly always the pronoun."""
_YEAR = r"(?:1[1-9]|20)\d\d"
_ALONE = r"(?<![\w.,/:$£€¥-])"
_DATED = r"(?<![Ii]n )(?<!of )(?<![Ss]ince )(?<!by )(?<!from )(?<!year )"
_THINGS = r"(?!was|is|has|its|this|us\b)(?:[a-z]+ )?(?:[a-z]{2,}s|people|children|men|women|feet)\b"
_UNIT = r"\s?(?:[kcm]?m|[km]?g|ml|[KMG]B|°)\b"
_AMOUNT = r"-?\d+(?:,\d{3})*(?:\.\d+)?"
_THOUSAND = re.compile(r"((?:\b[a-z]+ )?)thousand\b")


def one_thousand(said: str) -> str:
    """The grammar reads 1,500 as "thousand five hundred": put the "one" before it."""
    before = NUMBER_WORDS | {"a", "several", "few", "many"}
    return _THOUSAND.sub(lambda found: found[0] if found[1].strip() in before else f"{found[1]}one thousand", said)


def _month(name: str) -> str:
    return next(month for month in _MONTHS if month.startswith(name.rstrip(".")[:3]))


def _date(month: str, day: str, of: str | None) -> str:
    return f"{month} {ordinal(int(day))}" + (f", {year(int(of))}" if of else "")


def _numeric_date(found: re.Match[str]) -> str:
    month, day = int(found["month"]), int(found["day"])
    possible = 1 <= month <= 12 and 1 <= day <= 31
    return _date(_MONTHS[month - 1], found["day"], found["year"]) if possible else found[0]


def _money(found: re.Match[str]) -> str:
    unit, cent, cents = _COINS[found[1]]
    part = int(found[3])
    whole = f"{found[2]} {_many(unit, found[2])}"
    small = f"{part} {cent if part == 1 else cents}"
    if part == 0:
        return whole
    return small if found[2] == "0" else f"{whole} and {small}"


def _many(unit: str, amount: str) -> str:
    return unit if amount in ("1", "-1") else unit + "s"


def _rule(pattern: str, replacement: str | Callable[[re.Match[str]], str], flags: int = 0) -> Rule:
    return re.compile(pattern, flags), replacement


RULES: list[Rule] = [
    # How characters are written
    _rule(r"(?<![\d,.])1000(?![\d,]|\.\d)", "1,000"),
    _rule(r"(?<=\d)\s*[–—]\s*(?=[\d$£€])", "-"),
    _rule(r"(?<![\w.)])[–—](?=\d)", "-"),
    # Telephone numbers, and numbers too long to be counted
    _rule(r"(?i)\b((?:call|dial|ring|phone|text)(?: number)? )(\d{3,6})\b", lambda it: it[1] + digits(it[2])),
    _rule(r"(?<![\d.,$£€¥])(\+?\d{10,})(?![\d,]|\.\d)", lambda it: digits(it[1])),
    _rule(r"\b24/7\b", "twenty four seven"),
    _rule(r"\b9/11\b", "nine eleven"),
    # Dates and years
    _rule(r"\b(?P<year>[12]\d{3})([-/])(?P<month>\d\d?)\2(?P<day>\d\d?)\b", _numeric_date),
    _rule(r"\b(?P<month>\d\d?)/(?P<day>\d\d?)/(?P<year>[12]\d{3})\b", _numeric_date),
    _rule(
        rf"\b{_MONTH} ([12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?:,? ([12]\d{{3}}))?\b(?![:.,/]\d)",
        lambda it: _date(_month(it[1]), it[2], it[3]),
    ),
    _rule(
        rf"\b([12]\d|3[01]|[1-9])(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? ([12]\d{{3}}))?\b(?!\w)",
        lambda it: _date(_month(it[2]), it[1], it[3]),
    ),
    _rule(r"\b(1[1-9]|20)(\d0)'?s\b", lambda it: decade(int(it[1]), int(it[2]))),
    _rule(rf"{_ALONE}({_YEAR}) ?- ?({_YEAR})(?![\w-])", lambda it: f"{year(int(it[1]))} to {year(int(it[2]))}"),
    _rule(rf"{_DATED}{_ALONE}([12])(\d{{3}})(?= {_THINGS})", r"\1,\2"),
    _rule(rf"{_ALONE}([12]\d{{3}})(?![\w%°/:-]|,\d|\.\d|{_UNIT})", lambda it: year(int(it[1]))),
    # Money
    _rule(r"([$£€])(\d+(?:,\d{3})*)\.(\d\d)(?!\d| (?:million|billion|trillion))", _money),
    _rule(r"([$£€])(\d+)-\1?(\d+)\b", lambda it: f"{it[2]} to {it[3]} {_COINS[it[1]][0]}s"),
    # Units
    _rule(r"(?<=\d)\s?m/s(?:²|\^2|2)", " meters per second squared"),
    _rule(r"(?<=\d)\s?m/s\b", " meters per second"),
    _rule(
        rf"(?<![\w.,-])(?!\d0s\b)({_AMOUNT})\s?(m|s|secs?|mins?|hrs?|yrs?|L|l)\b(?![²³^/'’])",
        lambda it: f"{it[1]} {_many(_UNITS[it[2]], it[1])}",
    ),
    _rule(r"(\d)['’′](\d{1,2})[\"”″]", r"\1 feet \2 inches"),
    _rule(r"\b(\d{3,4})p\b", r"\1 p"),
    _rule(rf"(?<![\w.,-])({_AMOUNT})-({_AMOUNT})(?=\s?(?:%|°|[ap]\.?m\b))", r"\1 to \2"),
    # Numbers in names
    _rule(rf"\b({_KINGS}) {_ROMAN}\b", lambda it: f"{it[1]} the {ordinal(roman(it[2]))}"),
    _rule(rf"\b({_NUMBERED}) {_ROMAN}\b", lambda it: f"{it[1]} {two_digits(roman(it[2]))}"),
    _rule(r"\b[Nn]o\. ?(?=\d)", "number "),
    _rule(r"#(?=\d)", "number "),
    _rule(r"\b([A-Z]{2,3})(?=\d)", lambda it: " ".join(it[1]) + " "),
    _rule(r"\b([A-Z]{2,}|[A-Z][a-z]+)-(?=\d)", r"\1 "),
    # Signs
    _rule(r"(?<=[\w)])\s*\^\s*2\b|(?<=[A-Za-z)])(?<![ckm]m)(?<!\dm)(?<!\d m)²", " squared"),
    _rule(r"(?<=[\w)])\s*\^\s*3\b|(?<=[A-Za-z)])(?<![ckm]m)(?<!\dm)(?<!\d m)³", " cubed"),
    _rule(r"(?<=\d)\s*\^\s*(-?\d+)", r" to the power of \1"),
    _rule(r"(?<![\w)])\+(?=\d)", "plus "),
    _rule(r" \+ ", " plus "),
    _rule(r"\s*×\s*", " times "),
    _rule(r"\s*÷\s*", " divided by "),
    _rule(r"\s*≈\s*", " is about "),
    _rule(r"\s*±\s*", " plus or minus "),
    _rule(r"(?<=[\w)]) = (?=[\w(√-])", " equals "),
    _rule(r"(?<=[\w)]) < (?=[\w(-])", " is less than "),
    _rule(r"(?<=[\w)]) > (?=[\w(-])", " is greater than "),
    _rule(r"√(?=\d)", "the square root of "),
    _rule(r"~(?=\d)", "about "),
    _rule(r"\s*→\s*", " to "),
    _rule(r"(?<=\w) & (?=\w)", " and "),
    _rule(r"\be\.g\.,?", "for example"),
    _rule(r"\bi\.e\.,?", "that is"),
]
