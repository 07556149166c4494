"""Chinese: what is rewritten before the grammars write out the figures."""

import re
from collections.abc import Callable

Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_DIGITS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
_TO = r"\s*[-–—~～〜]+\s*"
_UNIT = r"(?=\s*(?:[\u4e00-\u9fff]|%|‰|°|[kcm]?m\b|[km]?g\b|ml\b|GB\b|MB\b|km/h|m/s))"


def _digits(text: str) -> str:
    return "".join(_DIGITS.get(character, character) for character in text)


def _span(found: re.Match[str]) -> str:
    return f"{found[1]}到{found[2]}" if int(found[1]) < int(found[2]) else found[0]


def _rule(pattern: str, replacement: str | Callable[[re.Match[str]], str], flags: int = 0) -> Rule:
    return re.compile(pattern, flags), replacement


RULES: list[Rule] = [
    # How numbers are written
    _rule(r"(?<=\d)[,，](?=\d{3}(?!\d))", ""),
    _rule(r"^(\d{1,3})[.．、)）]\s*(?!\d)", r"\1、"),
    _rule(r"(?<![\d-])([12]\d{3})-(0?[1-9]|1[0-2])(?![\d-])", r"\1年\2月"),
    # Spans: of years, of counts, of percent
    _rule(rf"(?<![\d.-])([12]\d{{3}})年?{_TO}([12]\d{{3}})(?![\d-])(年|学年)?",
          lambda found: f"{_digits(found[1])}到{_digits(found[2])}{found[3] or '年'}"),
    _rule(rf"(?<![\d.-])(\d+(?:\.\d+)?)%?{_TO}(\d+(?:\.\d+)?)%", r"百分之\1到\2"),
    _rule(rf"(?<![\d.-])(\d+(?:\.\d+)?)([%‰]?){_TO}(\d+(?:\.\d+)?)(?![\d.-]){_UNIT}", r"\1\2到\3"),
    _rule(r"(?<![\d.+×÷*/=-])([1-9]\d*)-([1-9]\d*)(?![\d.-]|\s*[=＝+×÷*/-])", _span),
    # Parts of a whole
    _rule(r"\b7[*×]24\b|\b24/7\b", "七天二十四"),
    _rule(r"(?<![\d/.])(\d{1,3})/(\d{1,3})(?=分(?!之))", r"\2分之\1"),
    _rule(r"(\d+(?:\.\d+)?)‰", r"千分之\1"),
    # Numbers in names
    _rule(r"(?<![A-Za-z])[Nn][Oo]\.?\s*(\d+)(?!\s*号)", r"\1号"),
    _rule(r"(?<=[A-Za-z])-(?=\d)", " "),
    _rule(r"(\d+)(?:st|nd|rd|th)\b", r"第\1"),
    # Signs
    _rule(r"(?<=[\w)])\s*\^\s*(-?\d+)", r"的\1次方"),
    _rule(r"(?<!m)²", "的平方"),
    _rule(r"(?<!m)³", "的立方"),
    _rule(r"(?<=\d)\s*÷\s*(?=\d)", "除以"),
    _rule(r"(?<=\w)\s*[×*]\s*(?=\d)", "乘以"),
    _rule(r"\s*≈\s*", "约等于"),
    _rule(r"(?<=[A-Za-z])\s*=\s*", "等于"),
    _rule(r"\s*±\s*", "正负"),
    _rule(r"\s*[<＜]\s*(?=\d)", "小于"),
    _rule(r"\s*[>＞]\s*(?=\d)", "大于"),
    _rule(r"√\s*(?=\d)", "根号"),
    _rule(r"[~～](?=\d)", "约"),
    _rule(r"\s*→\s*", "到"),
    _rule(r"\s*&\s*", "和"),
]  # fmt: skip
