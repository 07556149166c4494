"""Days between dates, dates before and after others, and days of the week."""

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

from ..base.errors import InputError
from .spoken_numbers import with_figures
from .wording import as_printed

_SHORT = {name[:3].lower(): i for i, name in enumerate(calendar.month_name) if name}
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DATES = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?<!\d)(?P<y>\d{4})(?P<sign>[-/.])(?P<m>\d{1,2})(?P=sign)(?P<d>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号]?",
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+(?P<y>\d{{4}})",
        rf"\b{_MONTH}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})",
    )
)
_RELATIVE = {
    "today": 0,
    "tomorrow": 1,
    "yesterday": -1,
    "今天": 0,
    "明天": 1,
    "昨天": -1,
    "大后天": 3,
    "后天": 2,
    "前天": -2,
}
_TODAY = re.compile(r"\b(?:today|tomorrow|yesterday)\b|今天|明天|昨天|大后天|后天|前天", re.IGNORECASE)
_MARK = "\ue000"
"""Stands for a date that is read."""
_SPAN = re.compile(r"(?P<n>\d{1,9})\s*个?(?P<unit>(?:day|week|month|year)s?\b|天|日|星期|周|月|年)", re.IGNORECASE)
_UNITS = {"天": "day", "日": "day", "星期": "week", "周": "week", "月": "month", "年": "year"}
_WEEKDAY = re.compile(r"week ?day|(?:what|which) day|day of (?:the )?week|星期几|周几|礼拜几", re.IGNORECASE)
_SIGN = re.compile(r"(?P<back>-|\bminus\b|减去?)|\+|\bplus\b|加上?", re.IGNORECASE)
_SIDE = re.compile(r"(?P<back>\bbefore\b|\bago\b|前)|\bafter\b|\blater\b|后|过", re.IGNORECASE)
_SINCE = re.compile(r"\bsince\b", re.IGNORECASE)
_FROM_NOW = re.compile(r"\bago\b|\bfrom now\b|\blater\b|[之以]?[前后]|过", re.IGNORECASE)
_ORDER = re.compile(r"\bfrom\b|\buntil\b|\btill\b|\bto\b|到|至|离|距", re.IGNORECASE)
_UNTIL = re.compile(r"\b(?:until|till|to)\b|[到离距].*(?:天|日|还有)", re.IGNORECASE)
_WORDS = re.compile(
    r"\b(?:what|which|when|is|was|will|be|it|on|are|there|how|many|the|date|days?|of|week|weekday|between|and|from|to|now|"
    r"until|till|since|after|before|have|has|passed|later|ago|plus|minus|calculate|falls?|does|do|number|difference|in|please|then|a|s)\b"
    r"|请问|计算|请|是|星期|礼拜|周|几|哪一?|天|日期?|号|月|什么|多少|相差|之?间|从|到|至|离|距|和|与|有|还|的|再?过|加上?|减去?|再|"
    r"之?[前后]|以[前后]|往|数|那|呢|了|差|[-+=?,.!:'\s]",
    re.IGNORECASE,
)
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_DAYS_ZH = "星期一 星期二 星期三 星期四 星期五 星期六 星期日".split()


def answered(text: str, today: Callable[[], date] = date.today) -> dict[str, str] | None:
    """What is asked about dates; None where the text is not about them.

    Raises:
        InputError: there is no such date, or it is not clear what is asked.

    Example:
        >>> answered("2026-12-25 - 2026-11-22")
        {'result': '33 days', 'exact': '33'}
        >>> answered("2026年2月14日是星期几")
        {'result': '星期六', 'exact': '2026-02-14'}
    """
    written = with_figures(as_printed(_digit_years(text)))
    found, rest = _found(written, today)
    bare = _SPAN.sub("", rest)
    left = _WORDS.sub("", bare).replace(_MARK, "").strip()
    if not found:
        if left or len(_FROM_NOW.findall(bare)) != 1 or not _SPAN.search(rest):
            return None
        found, rest = [today()], _MARK + rest
    spans = list(_SPAN.finditer(rest)) if len(found) == 1 else []
    if re.fullmatch(r"\d+(?:\.\d+)?", left):
        hint = f"Write {left} days, weeks, months or years"
        raise InputError(f"it is not said what is counted: {left} what?", at=repr(text), hint=hint)
    if left:
        if found and re.fullmatch(r"[^\d]*", written):
            return None
        raise InputError(f"{left!r} is not understood in a question about dates", at=repr(text), hint=_ASK)
    return _told(found, rest, spans, today, chinese=bool(re.search("[\u4e00-\u9fff]", text)))


_ASK = "Ask as in: 2026-12-25 - 2026-11-22, 2026-11-22 + 45 days, weekday of 2026-02-14"


def _digit_years(text: str) -> str:
    """二零二六年 -> 2026年, which is read digit by digit."""
    digits = dict(zip("〇零一二三四五六七八九", "00123456789", strict=True))
    return re.sub(r"[〇零一二三四五六七八九]{4}(?=年)", lambda found: "".join(digits[char] for char in found[0]), text)


def _found(text: str, today: Callable[[], date]) -> tuple[list[date], str]:
    """The dates in a text, in its order, and the text with marks in their places."""
    places = [(match, _date(match)) for form in _DATES for match in form.finditer(text)]
    places += [(match, _moved(today(), _RELATIVE[match[0].lower()])) for match in _TODAY.finditer(text)]
    places.sort(key=lambda one: one[0].start())
    rest, end = "", 0
    kept = list[date]()
    for match, value in places:
        if match.start() >= end:
            rest += text[end : match.start()] + _MARK
            end = match.end()
            kept.append(value)
    return kept, rest + text[end:]


def _date(match: re.Match[str]) -> date:
    named = match.groupdict().get("month")
    month = _SHORT[named.lower()] if named else int(match["m"])
    try:
        return date(int(match["y"]), month, int(match["d"]))
    except ValueError as error:
        hint = "Write year, month and day, as in 2026-02-14"
        raise InputError(f"there is no such date: {error}", at=repr(match[0].strip()), hint=hint) from None


def _told(
    found: list[date], rest: str, spans: list[re.Match[str]], today: Callable[[], date], *, chinese: bool
) -> dict[str, str]:
    if len(found) > 2:
        raise InputError("more than two dates are named", hint=_ASK)
    if len(found) == 1 and not spans and _UNTIL.search(rest):
        found = [today(), *found]
        rest = f"{_MARK} to {_MARK}"
    elif len(found) == 1 and not spans and _SINCE.search(rest):
        found, rest = [*found, today()], f"{_MARK} to {_MARK}"
    if len(found) == 2:
        return _between(found[0], found[1], rest, chinese)
    value = found[0]
    if spans:
        for span, sign in zip(spans, _signs(rest, spans), strict=True):
            value = _shifted(value, sign * int(span["n"]), _UNITS.get(span["unit"], span["unit"].lower().rstrip("s")))
    name = (_DAYS_ZH if chinese else _DAYS)[value.weekday()]
    if _WEEKDAY.search(rest):
        return {"result": name, "exact": value.isoformat()}
    if not spans and re.search(r"[-+]|加|减", rest):
        raise InputError("it is not clear what is asked about this date", hint=_ASK)
    return {"result": f"{value.isoformat()} ({name})", "exact": value.isoformat()}


def _signs(rest: str, spans: list[re.Match[str]]) -> list[int]:
    """1 or -1 for each step: its own sign, or that of the step before; or one "before" or "after" for all.

    Raises:
        InputError: signs and words are mixed, or a sign has no step of its own.
    """
    sides = {bool(found["back"]) for found in _SIDE.finditer(_SPAN.sub(" ", rest))}
    signs, sign, used, end = list[int](), 1, 0, 0
    for span in spans:
        own = list(_SIGN.finditer(rest, end, span.start()))
        if own:
            sign = -1 if own[-1]["back"] else 1
            used += 1
        signs.append(sign)
        end = span.end()
    all_signs = len(_SIGN.findall(rest))
    if all_signs == 1 and rest.find("+", end) >= 0 and _MARK in rest[end:]:
        all_signs = 0  # 3 days + a date
    agree = len(sides) < 2 and (not sides or not used or (sides == {False} and -1 not in signs))
    if used != all_signs or not agree:
        raise InputError("it is not clear which steps go forwards and which back", hint=_ASK_STEPS)
    return [-1] * len(spans) if sides == {True} else signs


_ASK_STEPS = "Write a sign before each step: 2026-11-22 + 2 weeks - 3 days"


def _between(first: date, second: date, rest: str, chinese: bool) -> dict[str, str]:
    """A - B is the days from B to A; from A to B has the sign of its order; between A and B has none."""
    days = (second - first).days
    between = rest.partition(_MARK)[2].rpartition(_MARK)[0]
    if between.strip() in ("-", "minus", "减", "减去"):
        days = -days
    elif not _ORDER.search(rest):
        days = abs(days)
    return {"result": f"{days} 天" if chinese else f"{days} day{'s' * (abs(days) != 1)}", "exact": str(days)}


def _shifted(value: date, amount: int, unit: str) -> date:
    if unit == "day":
        return _moved(value, amount)
    if unit == "week":
        return _moved(value, 7 * amount)
    return _months_later(value, amount * (12 if unit == "year" else 1))


def _moved(value: date, days: int) -> date:
    try:
        return value + timedelta(days=days)
    except OverflowError:
        raise _out_of_range() from None


def _months_later(value: date, months: int) -> date:
    """The same day so many months later; the last one of a month that has no such day."""
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise _out_of_range()
    return date(year, month + 1, min(value.day, calendar.monthrange(year, month + 1)[1]))


def _out_of_range() -> InputError:
    return InputError("this date is before the year 1 or after 9999", hint="Ask for a nearer one")
