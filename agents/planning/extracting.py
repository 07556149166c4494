"""The answer in what a model wrote, in one normal form, so that strategies vote on it and benchmarks compare it."""

import re
import unicodedata
from decimal import Context, Decimal
from fractions import Fraction
from typing import Literal

from ...tools.base.numerals import CHINESE, as_figures

Kind = Literal["text", "number", "choice"]
"""What an answer is: free text, one number, or one letter (or yes, no, true, false)."""

_LABEL = r"(?:\b(?:final )?answer\b|(?:最终)?答案)"
_OPENS = re.compile(rf"(?P<open>\*\*|__)?{_LABEL}(?P<mid>\*\*|__)?\s*[:：]", re.IGNORECASE)
"""What stands before an answer in words."""
_BEGUN = "|".join(
    label[:end] for label in ("final answer", "answer", "最终答案", "答案") for end in range(len(label), 0, -1)
)
_MAY_OPEN = re.compile(rf"(?:\*\*?|__?)?(?:{_BEGUN})?(?:\*\*?|__?)?\s*\Z", re.IGNORECASE)
_HELD = 64
"""The beginning of a marker at the end of a text, and how far back it is looked for."""
_MARKER = re.compile(rf"{_OPENS.pattern}|\banswer is\b|答案[是为]|####|\\boxed\s*(?=\{{)", re.IGNORECASE)
"""What stands before a number or a letter."""
_AT_MOST = 20_000
"""Characters looked at, from the end."""
_MARKERS, _BEHIND = 20, 1000
"""So many of the last markers are tried, with so many characters behind each."""
_DIGITS = r"(?:\d+(?:\.\d+)?|\.\d+)"
_SIGN = r"(?<![\w)\]%.])(?<![\d)]\s)[-−]"
_NUMBER = re.compile(
    rf"(?P<minus>{_SIGN}\s?(?=[$¥￥€£])|{_SIGN})?(?:[$¥￥€£]\s?(?P<inner>[-−])?)?"
    rf"(?:(?P<whole>\d+)\s+(?=\d+/\d))?(?P<number>{_DIGITS}(?:e[-+]?\d{{1,3}}(?!\w))?)"
    r"(?:\s?/\s?(?P<under>\d+(?:\.\d+)?)(?!\s?/\s?\d))?",
    re.IGNORECASE,
)
_LATEX = (
    (re.compile(r"(?<=\d)\\[dt]?frac\s*\{(\d+)\}\s*\{(\d+)\}"), r" \1/\2"),
    (re.compile(r"\\[dt]?frac\s*\{(-?\d+)\}\s*\{(\d+)\}"), r"\1/\2"),
    (re.compile(r"(?<=\d)(?:\{,\}|\\,|\\!)(?=\d)"), ","),
    (re.compile(r"\\(?:text|mathrm|mathbf)\s*\{([^{}]*)\}"), r" \1 "),
    (re.compile(r"\\[$%]"), lambda m: m[0][1]),
)
_GROUPS = re.compile(r"(?<=\d)[,，\u202f\u2009\u00a0](?=\d{3}(?!\d))")
_LONG = ((re.compile(r"(\.\d{20})\d+"), r"\1"), (re.compile(r"\d{61,}"), "…"))
"""Endless digits, which small models write now and then, would take the other patterns seconds."""
_VULGAR = re.compile("[¼-¾⅐-⅞]")
_SCALES = (
    (re.compile(rf"({_DIGITS})\s?(?:万|萬)(\d{{1,4}})?(?!\d)"), 10**4),
    (re.compile(rf"({_DIGITS})\s?(?:亿|億)(\d{{1,8}})?(?!\d)"), 10**8),
    (re.compile(rf"({_DIGITS}) thousand\b()", re.IGNORECASE), 10**3),
    (re.compile(rf"({_DIGITS}) million\b()", re.IGNORECASE), 10**6),
    (re.compile(rf"({_DIGITS}) billion\b()", re.IGNORECASE), 10**9),
)
_LONGEST = 60
"""Characters of a number; what is longer was not reckoned."""
_TWELVE = Context(prec=12)
_CHOICE = re.compile(
    r"\b(?P<word>[Yy]es|YES|[Nn]o|NO|[Tt]rue|[Ff]alse)\b|\((?P<inside>[A-Ja-j])\)"
    r"|(?<!\w)(?P<letter>[B-HJ]|[AI](?! [a-z]))(?![\w'’])|(?P<zh>[是否对错])"
)


def final_number(text: str) -> str | None:
    """The number a text comes to, as normal decimal text: "1,234.50 dollars" is "1234.5"; None where it has none.

    It is the number after the last "Answer:", "答案：", "####" or in the last \\boxed{}, else the last number of all.
    After a marker, what stands behind an equals sign counts before what stands in front of it. Percent and currency
    signs are dropped. A fraction is divided; a result has 12 significant digits, for floats that should be the same.
    Numbers in words count only after a marker, or where there are no figures.

    Example:
        >>> final_number("3 * 12 = 36, 36 - 6 = 30. Answer: $30.00"), final_number("一共三十五个苹果")
        ('30', '35')
    """
    text = _plain(text[-_AT_MOST:])
    for marker in reversed(list(_MARKER.finditer(text))[-_MARKERS:]):
        behind = text[marker.end() : marker.end() + _BEHIND].strip()
        line = next((one for one in behind.splitlines() if one.strip(" *_")), "")
        found = _numbers(line.rpartition("=")[2]) or _numbers(line) or _numbers(_in_figures(line))
        if found:
            return found[0]
    found = _numbers(text) or _numbers(_in_figures(text))
    return found[-1] if found else None


def final_answer(text: str, kind: Kind) -> str:
    """The answer of a text in a normal form, "" where it has none of that kind.

    `text` is what stands after the last marker (all of it where there is no marker), `number` as `final_number`,
    `choice` one capital letter A to J or one of yes, no, true, false (是 and 对 are yes, 否 and 错 are no).
    """
    if kind == "number":
        return final_number(text) or ""
    if kind == "choice":
        return _choice(text[-_AT_MOST:])
    marked = after_marker(text)
    return (text if marked is None else marked).strip()


def after_marker(text: str) -> str | None:
    """What stands after the last marker that something stands after, without what opens it; None without a marker."""
    parts = _marked(text)
    return next((part for part in reversed(parts) if part.strip()), "") if parts else None


def visible_answer(text: str) -> str:
    """Of a text that is being written, what belongs to the answer: nothing before the first marker, nothing from
    where a second may begin, by which the model takes the first back. It only grows."""
    parts = [part for part in _marked(text) if part.strip()]
    if not parts:
        return ""
    if len(parts) > 1 or not text.endswith(parts[0]):
        return parts[0].rstrip()
    opening = _MAY_OPEN.search(parts[0], max(0, len(parts[0]) - _HELD))
    return parts[0][: opening.start() if opening else None].rstrip()


def _marked(text: str) -> list[str]:
    """What stands after each marker, up to the next."""
    markers = list(_OPENS.finditer(text))
    ends = [marker.start() for marker in markers[1:]] + [len(text)] * bool(markers)
    return [_opened(marker, text[marker.end() : end]) for marker, end in zip(markers, ends, strict=True)]


def _opened(marker: re.Match[str], rest: str) -> str:
    rest = rest.lstrip()
    if marker["open"] and not marker["mid"]:  # "**Answer:** 5": the bold type ends behind the colon
        rest = rest.lstrip("*_").lstrip()
    return rest


def alike(text: str) -> str:
    """A form in which answers that differ in case, width, spaces, articles and punctuation are the same, for voting."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = "".join(" " if unicodedata.category(char)[0] in "PZC" else char for char in text)
    return " ".join(word for word in text.split() if word not in ("a", "an", "the"))


def normal(number: Fraction) -> str:
    """Decimal text with at most 12 significant digits, no exponent, no trailing zeros; whole numbers are exact."""
    if number.denominator == 1:
        return str(number.numerator)
    value = _TWELVE.divide(Decimal(number.numerator), Decimal(number.denominator))
    shown = f"{value:f}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return "0" if shown == "-0" else shown


def _plain(text: str) -> str:
    """Without LaTeX, thousands separators, and large numbers half in words."""
    text = "".join(chr(ord(char) - 0xFEE0) if "０" <= char <= "９" or char in "．／％－" else char for char in text)
    text = _VULGAR.sub(lambda m: " " + unicodedata.normalize("NFKC", m[0]).replace("⁄", "/"), text)
    for pattern, instead in (*_LONG, *_LATEX):
        text = pattern.sub(instead, text)
    return _scaled(_GROUPS.sub("", text))


def _scaled(text: str) -> str:
    for pattern, scale in _SCALES:

        def whole(m: re.Match[str], scale: int = scale) -> str:
            return m[0] if len(m[0]) > _LONGEST else normal(Fraction(m[1]) * scale + int(m[2] or 0))

        text = pattern.sub(whole, text)
    return text


def _in_figures(text: str) -> str:
    """Numbers in words as figures: Chinese ones with 万 and 亿, decimals and fractions, and English ones."""
    text = re.sub(rf"([{CHINESE}]+)分之([{CHINESE}]+)", _fraction, text[-1000:])
    text = re.sub(rf"(?<=[{CHINESE}])点(?=[{CHINESE}])", ".", text)
    return _scaled(as_figures(re.sub(r"负(?=[\d" + CHINESE + "])", "-", text)))


def _fraction(m: re.Match[str]) -> str:
    return m[2] if m[1] == "百" else f"{m[2]}/{m[1]}"


def _numbers(text: str) -> list[str]:
    """Every number, in normal form."""
    found = []
    for match in _NUMBER.finditer(text):
        if len(match[0]) > _LONGEST:
            continue
        value = Fraction(match["number"])
        under = Fraction(match["under"] or 1)
        if abs(value) > 10**_LONGEST or not under:
            continue
        value = value / under + int(match["whole"] or 0)
        found.append(normal(-value if match["minus"] or match["inner"] else value))
    return found


def _choice(text: str) -> str:
    markers = list(_MARKER.finditer(text))
    found = _CHOICE.search(text, markers[-1].end()) if markers else None
    found = found or next(reversed(list(_CHOICE.finditer(text))), None)
    if found is None:
        return ""
    if letter := found["inside"] or found["letter"]:
        return letter.upper()
    return (found["word"] or "").lower() or ("yes" if found["zh"] in "是对" else "no")
