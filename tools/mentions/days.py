"""Days in a sentence, as they were said: tomorrow, next Friday, 12 June, 下周三, 十月十二号."""

import re

_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?"
)
_ENGLISH = re.compile(
    rf"\b(?:the\s+day\s+after\s+tomorrow|the\s+day\s+before\s+yesterday|today\b|tomorrow\b|tonight\b|yesterday\b"
    rf"|(?:(?:this|next|coming|last)\s+)?(?:{_WEEKDAY}|weekend)\b"
    rf"|(?:this|next)\s+(?:week|month)\b"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?!\s+(?:i|we|you|he|she|they|it)\b)(?:,?\s+\d{{4}}\b)?"
    rf"|{_MONTH}\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?(?!\s*%)"
    rf"|\d{{4}}-\d{{2}}-\d{{2}}\b)",
    re.IGNORECASE,
)
_NUMBER = "[0-9〇零一二三四五六七八九十]"
_CHINESE = re.compile(
    rf"(?:{_NUMBER}{{2,4}}年)?(?<!{_NUMBER}){_NUMBER}{{1,3}}月{_NUMBER}{{1,3}}[日号]?"
    rf"|(?:(?:上{{1,3}}|下{{1,3}}|这|本)个?)?(?:周|星期|礼拜)(?:[一二三四五六日天末])(?!\d*[个次年岁])"
    rf"|大后天|大前天|今天|明天|后天|昨天|前天|今日|明日|今晚|明晚"
    rf"|(?<!{_NUMBER}){_NUMBER}{{1,3}}号(?![线门房院桌厅店球机库馆站口车位])(?!宿?舍?教?学?办?公?楼)"
)


def days(text: str) -> list[str]:
    """Days in the order of the sentence, in its own words.

    Example:
        >>> days("Move it from Monday to the 14th of March."), days("下周三不行，后天可以")
        (['Monday', '14th of March'], ['下周三', '后天'])
    """
    found = [(match.start(), match[0].strip(" .")) for form in (_ENGLISH, _CHINESE) for match in form.finditer(text)]
    return list(dict.fromkeys(said for _, said in sorted(found)))
