"""Times of day in a sentence: 4 pm, half past three, 下午四点半."""

import re

from ..base.numerals import CHINESE, as_figures, chinese_value

_PART = r"in\s+the\s+(?P<part>morning|afternoon|evening)|(?P<night>at\s+night|tonight|this\s+(?:afternoon|evening))"
_HALF_DAY = rf"(?:\s*(?P<half>[ap])\.?\s?m(?![a-z])\.?|(?P<clock>\s*o['’]?\s?clock))?(?:\s+(?:{_PART}))?"
_ENGLISH = re.compile(
    rf"(?<![0-9A-Za-z.$€£¥:])(?<!C[+-])(?<!T[+-])"
    rf"(?:(?P<count>half|(?:a\s+)?quarter|\d\d?)(?P<minutes>\s+minutes?)?"
    rf"(?:\s+(?P<side>past|after|to|before)\s+|\s*(?:[-–]|\b(?:till|until|and|or)\b)\s*))?"
    rf"(?P<hour>\d\d?)(?![\d/%-])(?:(?P<between>[:h.]|\s+)(?P<minute>[0-5]\d)(?![\d%]|\.\d)(?!(?<=\s\d\d):))?"
    rf"(?![.,]\d){_HALF_DAY}",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?P<off>\b(?:half|quarter|minutes?|\d\d?)\s+(?:past|after|to|before)\s+)?\b(?P<name>noon|midday|midnight)\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"\b(?:at|by|for|until|till|around|about|is|it['’]s)\s+(?:about\s+|around\s+)?\Z", re.IGNORECASE)
_AT = re.compile(r"\bat\s+\Z", re.IGNORECASE)
_EVENING_AT = re.compile(r"\b(?:tonight|afternoon|evening|tomorrow\s+night)\s+at\s+\Z", re.IGNORECASE)
_ENDS = re.compile(r"\s*(?:[.,;!?](?!\d)|\Z|(?:on|today|tomorrow|tonight|please|and|with|for|sharp)\b)")
_LOOSE = ("5", "10", "20", "25")
"""Minutes that are said without the word: ten to five, but not two to five."""

_FIGURE = rf"(?:\d\d?|[{CHINESE}]{{1,3}})"
_MINUTE = (
    r"\d\d(?!\d)分?|[零〇][一二三四五六七八九]分?|[二两三四五]?十[一二三四五六七八九]?分?|[\d一二三四五六七八九]分"
)
_CHINESE = re.compile(
    rf"(?:(?P<part>凌晨|清晨|早上|早晨|今早|明早|上午|中午|下午|傍晚|晚上|今晚|明晚|夜里|半夜|午夜)\s{{0,3}})?"
    rf"(?:差(?P<short>{_FIGURE}分钟?|一刻)到?)?"
    rf"(?P<hour>(?:(?<![\d:.第周期拜{CHINESE}])|(?<=[周期拜][一二三四五六])){_FIGURE})\s{{0,3}}(?:点(?!\d*[个块元钱])|:(?=[0-5]\d))(?P<exact>钟|整)?"
    rf"(?:(?P<half>半)|(?P<quarters>[一三])刻|(?P<minute>{_MINUTE}))?(?!分之)"
)
_NO_TIME = re.compile(
    rf"建议|意见|要求|原因|理由|问题|内容|注意|看法|想法|要点|不同|区别|优|缺|好处|坏处|希望|说明"
    rf"|[\d{CHINESE}]+(?![\d{CHINESE}个位人张桌间份名])"
)
_LATE = ("下午", "傍晚", "晚上", "今晚", "明晚", "夜里", "半夜", "午夜")
_DARK = ("晚上", "今晚", "明晚", "夜里", "半夜", "午夜")
_NEAR = 40
"""Characters that are looked at on either side."""


def times(text: str) -> list[str]:
    """Times of day in the order of the sentence, as 24 hours and minutes.

    A bare number counts only where something says that it is a time: a colon, am, "in the morning", "half past". Of a
    range both ends count. Where nothing tells the half of the day, it is the hour that was said.

    Example:
        >>> times("At half past three in the afternoon, or 8pm"), times("下午四点半或者晚上八点一刻")
        (['15:30', '20:00'], ['16:30', '20:15'])
    """
    text = text.replace("：", ":")
    found = [(match.start(), [_chinese(match)]) for match in _CHINESE.finditer(text)]
    if not re.search("[\u4e00-\u9fff]", text) or not any(time for _, (time,) in found):
        figures = as_figures(text)
        found = [(match.start(), _english(match)) for match in _ENGLISH.finditer(figures)]
        named = {"noon": "12:00", "midday": "12:00", "midnight": "00:00"}
        found += [(m.start(), [named[m["name"].lower()]]) for m in _NAMED.finditer(figures) if not m["off"]]
    return list(dict.fromkeys(time for _, several in sorted(found) for time in several if time))


def _chinese(match: re.Match[str]) -> str:
    hour = _value(match["hour"])
    minute = 30 if match["half"] else 15 * _value(match["quarters"] or "零") or _value(match["minute"] or "零")
    part = match["part"] or ""
    bare = not (part or match["short"] or match["exact"] or match["half"] or match["quarters"] or match["minute"])
    if bare and (match[0] == "一点" or _NO_TIME.match(match.string, match.end())):  # a little; three pieces of advice
        return ""
    if match["short"]:
        hour, minute = (hour - 1) or 12, 60 - (15 if "刻" in match["short"] else _value(match["short"].rstrip("分钟")))
    if hour == 12:
        hour = 0 if part in _DARK or part == "凌晨" else 12
    elif hour < 12 and (part in _LATE or (part == "中午" and hour < 3)):
        hour += 0 if part in _DARK and hour < 5 else 12
    return _written(hour, minute)


def _value(figure: str) -> int:
    figure = figure.rstrip("分")
    return int(figure) if figure.isdigit() else chinese_value(figure)


def _english(match: re.Match[str]) -> list[str]:
    text, side = match.string, (match["side"] or "").lower()
    marked = bool(match["part"] or match["night"] or match["half"] or match["clock"])
    first = match.start("hour")
    off = _off(match, text[max(0, match.start() - _NEAR) : match.start()], marked)
    start = match.start() if off else first
    before, behind = text[max(0, start - _NEAR) : start], text[match.end() : match.end() + _NEAR]
    bare = bool(_AT.search(before)) and bool(_ENDS.match(behind))
    if not (marked or bare or off or match["between"] in (":", "h", "H")):
        return []
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if off:
        hour, minute = (hour, off) if side in ("past", "after") else ((hour - 1) or 12, 60 - off)
    late = bool(_EVENING_AT.search(before)) and not marked
    times_ = [_written(_of_the_day(hour, match, late), minute)]
    if match["count"] and match["count"].isdigit() and not off and marked:
        times_.insert(0, _written(_of_the_day(int(match["count"]), match, late), 0))
    return times_


def _off(match: re.Match[str], before: str, marked: bool) -> int:
    """Minutes past or to the hour; 0 where it is something else, such as a range."""
    count, side, sure = (match["count"] or "").lower(), (match["side"] or "").lower(), bool(match["minutes"])
    if not side or match["minute"] or not 1 <= int(match["hour"]) <= 12:
        return 0
    if not count.isdigit():
        return 15 if "quarter" in count else 30 if side in ("past", "after") else 0
    usual = count in _LOOSE and (side == "past" or (side != "before" and bool(_BEFORE.search(before))))
    ends = marked or side == "past" or bool(_ENDS.match(match.string, match.end()))
    return int(count) % 60 if sure or (usual and ends) else 0


def _of_the_day(hour: int, match: re.Match[str], late: bool) -> int:
    half, part, night = (match[name] or "" for name in ("half", "part", "night"))
    if night.lower().endswith("night"):
        return 0 if hour == 12 else hour if hour < 5 or hour > 12 else hour + 12
    if late or night or half.lower() == "p" or part.lower() in ("afternoon", "evening"):
        return hour % 12 + 12 if hour <= 12 else hour
    return 0 if hour == 12 and (half or part.lower() == "morning") else hour


def _written(hour: int, minute: int) -> str:
    return f"{hour:02}:{minute:02}" if 0 <= hour < 24 and 0 <= minute < 60 else ""
