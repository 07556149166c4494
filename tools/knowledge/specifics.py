"""What a question asks about in particular, a moment or a number: who does not speak of it does not answer."""

import re

_MOMENT = re.compile(
    r"\b(?:yesterday|tomorrow|tonight|right now|this (?:morning|evening|week|month|year)"
    r"|(?:last|next) (?:week|month|year|time|\w+day))\b"
    r"|昨[天晚]|今[天晚早年]|明[天晚早年]|去年|刚才|[上下](?:周|次|个月|个星期)",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d[\d.,]*|[零〇一二两三四五六七八九十百千万亿]{2,}|\b(?:hundred|thousand|million|billion)th\b", re.IGNORECASE
)
_SCALE_ALONE = re.compile("[十百千万亿]+|一[些百千万]|[一两二三四五六七八九]十?[百千万]?")


def asks_for_more(question: str, text: str) -> bool:
    """Whether the question names a moment or a number that a text does not.

    Example:
        >>> asks_for_more("What erupted in 1783?", "It erupted in 1783."), asks_for_more("Who won yesterday?", "A won.")
        (False, True)
    """
    moments = {found.lower() for found in _MOMENT.findall(question)}
    numbers = {found.rstrip(".,") for found in _NUMBER.findall(question) if not _SCALE_ALONE.fullmatch(found)}
    return any(one not in text.lower() for one in moments | numbers)
