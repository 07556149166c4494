"""What people write, in Chinese, in words or in print, as a formula that the parser reads."""

import re
import unicodedata

from ..base.errors import InputError

_SIGNS = {
    **dict.fromkeys("×✕✖·⋅∙", "*"),
    **dict.fromkeys("÷∕⁄", "/"),
    **dict.fromkeys("−–—‐‑", "-"),
    **dict.fromkeys("，、", ","),
    **dict.fromkeys("。？！“”‘’`$¥￥\u200b\ufeff", " "),
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "→": " to ",
    "【": "(",
    "】": ")",
    "½": "(1/2)",
    "¼": "(1/4)",
    "¾": "(3/4)",
    "℃": " degC ",
    "℉": " degF ",
}
_SPACES = re.compile(r"\s+")
_KEPT = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_ASKING = re.compile(
    r"^(?:\s*(?:what(?:'?s| is| are)|how (?:much|many)(?: is| are)?|calculate|compute|evaluate|work out|please"
    r"|can you|tell me|find|the (?:value|result) of|请问|请|帮我|麻烦|算一下|算一算|算算|计算一下|计算|求值)"
    r"(?![a-zA-Z])\s*:?)+",
    re.IGNORECASE,
)
_FIND = re.compile(r"^\s*(?:请|计算)?求(?=.*(?:的(?:值|结果|余数)|多少|几))")
_ASKED = re.compile(
    r"(?:\s*(?:equals?(?: what)?|[=?!.:]|please|等于(?:多少|几|什么)?|是(?:多少钱?|几|什么)|得(?:多少|几)|有多少"
    r"|多少钱?|的(?:值|结果)|呢|吗|啊|呀))+\s*$",
    re.IGNORECASE,
)
_NUMBER = r"(?<![\d.])\d[\d.]*+"
_BASED = re.compile(r"(?<![\w.])0(?P<base>[xbo])(?P<figures>[\da-f]+)(?![\w.])", re.IGNORECASE)
_BASES = {"x": 16, "b": 2, "o": 8}
_HAN = r"(?:(?<![\d.])[\d.]++|(?<![零一二两三四五六七八九十百千万点])[零一二两三四五六七八九十百千万点]++)"
_YUAN = re.compile(rf"({_HAN})\s*(?:元|块钱?)\s*({_HAN})\s*[角毛](?:钱|\s*({_HAN})\s*分钱?)?")
_ENDS = r"(?=钱|\s*(?:[-+*/)?=]|[加减乘除等是的]|$))钱?"
_KUAI = re.compile(rf"({_HAN})\s*块\s*([\d一二三四五六七八九]){_ENDS}")
_JIAO = re.compile(rf"({_HAN})\s*[角毛]{_ENDS}")
_PHRASES = tuple(
    (re.compile(found, re.IGNORECASE), instead)
    for found, instead in (
        (rf"({_NUMBER}) is what percent(?:age)? of ({_NUMBER})", r"\1/\2"),
        (rf"what percent(?:age)? is ({_NUMBER}) of ({_NUMBER})", r"\1/\2"),
        (rf"what percent(?:age)? of ({_NUMBER}) is ({_NUMBER})", r"\2/\1"),
        (rf"({_NUMBER})\s*是\s*({_NUMBER})\s*的\s*(?:几|多少)倍", r"\1/\2"),
        (rf"({_NUMBER})\s*除以\s*({_NUMBER})\s*(?:的?余数|余(?:几|多少))", r"\1 mod \2"),
        (rf"(?:the )?remainder (?:of|when) ({_NUMBER})(?: is)? divided by ({_NUMBER})", r"\1 mod \2"),
        (r"负(?=\s*[\d(])", "-"),
        (rf"({_NUMBER})\s*倍的\s*(?=[\d(])", r"\1 * "),
        (r"(?<=[\d)])\s*倍", " "),
        (rf"\b(sin|cos|tan)(?: of)? ?(\(?) ?({_NUMBER}) ?deg(?:ree)?s?\b", r"\1 \2(\3*pi/180)"),
        (rf"({_NUMBER})\s*是\s*({_NUMBER})\s*的?(?:百分之几|百分之多少|％几|％多少)", r"\1/\2"),
        (rf"increase ({_NUMBER}) by ({_NUMBER}) ?%", r"\1+\2%"),
        (rf"decrease ({_NUMBER}) by ({_NUMBER}) ?%", r"\1-\2%"),
        (rf"({_NUMBER})\s*(?:°|度)(?!\s*[CF])", r"(\1*pi/180)"),
        (r"(?<=[\d)])\s*(?:元|块钱?)", " "),
        (r"的?\s*打?\s*(?<![\d.])([1-9](?:\.\d+)?|10)\s*折(?:后|是|要|的价格|的价钱)*", r" * (\1/10) "),
        (r"的?\s*打?\s*(?<![\d.])([1-9]\d)\s*折(?:后|是|要|的价格|的价钱)*", r" * 0.\1 "),
        (rf"({_NUMBER}) ?% off ({_NUMBER})", r"\2-\1%"),
        (r"(?<!\d)(\d++) choose (\d+)", r"binomial(\1;\2)"),
        (r"\|([^|]+)\|", r"abs(\1)"),
        (r"(?:the )?square root of\b", " sqrt "),
        (r"(?:the )?cube root of\b", " cbrt "),
        (r"(?:the )?factorial of\b", " factorial "),
        (r"\bsquared\b", " ^2 "),
        (r"\bcubed\b", " ^3 "),
        (r"\b(?:raised )?to the power(?: of)?\b", " ^ "),
        (r"(?<=[\d)])\s*factorial\b", "!"),
        (r"\bdivided by\b|\bover\b", " / "),
        (r"\bmultiplied by\b|\btimes\b", " * "),
        (r"\bplus\b", " + "),
        (r"\bminus\b", " - "),
        (r"(?<=[\d)])\s*per ?cent\b", "% "),
        (r"(?<=[\d)%])\s*of\b", " * "),
        (r"\bhalf of\b", " 1/2 * "),
        (r"(?<=\d)\s*[xX]\s*(?=\d)", " * "),
        (rf"({_NUMBER})\s*[和与,]\s*({_NUMBER})\s*的?最大公[约因]数", r" gcd(\1;\2) "),
        (rf"({_NUMBER})\s*[和与,]\s*({_NUMBER})\s*的?最小公倍数", r" lcm(\1;\2) "),
        (rf"(?:根号|√)\s*({_NUMBER})", r" sqrt(\1) "),
        (rf"({_NUMBER})\s*的?(?:算术)?平方根", r" sqrt(\1) "),
        (rf"({_NUMBER})\s*的?立方根", r" cbrt(\1) "),
        (r"的?平方", "^2 "),
        (r"的?立方", "^3 "),
        (r"的?\s*(?<!\d)(\d++)\s*次[方幂]", r"^\1 "),
        (r"的?阶乘", "! "),
        (r"加上|加", " + "),
        (r"减去|减", " - "),
        (r"乘以|乘上|乘", " * "),
        (r"除以", " / "),
        (r"(?<=[\d)%])\s*的", " * "),
        (r"大于等于|不小于", " >= "),
        (r"小于等于|不大于", " <= "),
        (r"大于", " > "),
        (r"小于", " < "),
        (r"等于", " = "),
        (r"圆周率", " pi "),
    )
)


def as_printed(text: str) -> str:
    """One sign for each meaning, none of them full-width; one space or line break where there are several."""
    text = "".join(
        _SIGNS.get(char) or (char if char in _KEPT else unicodedata.normalize("NFKC", char)) for char in text
    )
    return _BASED.sub(_decimal, _SPACES.sub(lambda found: "\n" if "\n" in found[0] else " ", text)).strip()


def _decimal(found: re.Match[str]) -> str:
    """0x10 -> 16."""
    try:
        return str(int(found["figures"], _BASES[found["base"].lower()]))
    except ValueError:
        problem = f"this is no number to base {_BASES[found['base'].lower()]}"
        raise InputError(problem, at=repr(found[0]), hint="To multiply, write *") from None


def in_yuan(text: str) -> str:
    """Sums of money with jiao and fen as formulas.

    Example:
        >>> in_yuan("3元5角"), in_yuan("三块五")
        ('(3+5/10)', '(三+五/10)')
    """
    if not re.search("[元块角毛]", text):
        return text
    text = _YUAN.sub(lambda found: f"({found[1]}+{found[2]}/10{f'+{found[3]}/100' if found[3] else ''})", text)
    return _JIAO.sub(r"(\1/10)", _KUAI.sub(r"(\1+\2/10)", text))


def without_asking(text: str) -> str:
    """Without "what is" before and "是多少?" behind."""
    text = _FIND.sub("", text)
    if text.rstrip().endswith("!"):
        return _ASKING.sub("", text).strip()
    return _ASKED.sub("", _ASKING.sub("", text)).strip()


def as_formula(text: str) -> str:
    """With operators in signs; number words are figures already.

    Example:
        >>> as_formula("80 的 15%"), as_formula("7 plus 3")
        ('80 *  15%', '7  +  3')
    """
    for found, instead in _PHRASES:
        text = found.sub(instead, text)
    return text.strip()
