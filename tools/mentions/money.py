"""Currencies in a sentence, as codes of ISO 4217."""

import re

_CODES = {
    "AED": "dirham 迪拉姆",
    "AUD": "a$ au$ australian_dollar aussie_dollar 澳元 澳币 澳大利亚元",
    "BRL": "brazilian_real reais 雷亚尔",
    "CAD": "c$ ca$ canadian_dollar 加元 加币 加拿大元",
    "CHF": "swiss_franc 瑞士法郎 瑞郎",
    "CNY": "yuan renminbi rmb kuai 人民币",
    "CZK": "czech_crown czech_koruna 捷克克朗",
    "DKK": "danish_krone danish_kroner danish_crown 丹麦克朗",
    "EUR": "euro € 欧元",
    "GBP": "pound sterling quid £ 英镑",
    "HKD": "hk$ hong_kong_dollar hk_dollar 港币 港元",
    "HUF": "forint 福林",
    "IDR": "rupiah 印尼盾",
    "ILS": "shekel 谢克尔",
    "INR": "rupee ₹ 卢比",
    "JPY": "yen 日元 日币 日圆",
    "KRW": "korean_won ₩ 韩元 韩币 韩圆",
    "MXN": "mexican_peso 墨西哥比索",
    "MYR": "ringgit 林吉特 马币",
    "NOK": "norwegian_krone norwegian_kroner norwegian_crown 挪威克朗",
    "NZD": "nz$ new_zealand_dollar kiwi_dollar 新西兰元 纽币",
    "PHP": "philippine_peso 菲律宾比索",
    "PLN": "zloty złoty 兹罗提",
    "RUB": "rouble ruble ₽ 卢布",
    "SEK": "swedish_krona swedish_kronor swedish_crown 瑞典克朗",
    "SGD": "s$ singapore_dollar singaporean_dollar 新加坡元 新币",
    "THB": "baht ฿ 泰铢",
    "TRY": "turkish_lira lira ₺ 里拉",
    "TWD": "nt$ taiwan_dollar taiwanese_dollar 新台币 台币",
    "USD": "us$ us_dollar american_dollar dollar buck $ 美元 美金",
    "VND": "dong ₫ 越南盾",
    "ZAR": "rand 兰特",
}
"""What people call them; a name that several share (dollar, pound, lira) is the most traded one's."""
_BY_NAME = {name.replace("_", " "): code for code, names in _CODES.items() for name in names.split()}
_NAME = re.compile(
    "|".join(
        rf"(?<![a-z]){re.escape(name)}{'s?(?![a-z])(?! of )' if name[-1].isalpha() else ''}"
        if name.isascii() and name[0].isalpha()
        else re.escape(name)
        for name in sorted(_BY_NAME, key=len, reverse=True)
    ),
    re.IGNORECASE,
)
_WORDS = ("TRY", "CAD", "PHP")
"""Codes that are something else in small letters."""
_CODE = re.compile(
    rf"(?<![A-Za-z])(?:{'|'.join(_CODES)}|(?i:{'|'.join(code for code in _CODES if code not in _WORDS)}))(?![A-Za-z])"
)


def currencies(text: str) -> list[str]:
    """Codes of the currencies in a sentence, each once, in its order.

    Example:
        >>> currencies("How many Swiss francs are 20 dollars?"), currencies("八百港币换成人民币")
        (['CHF', 'USD'], ['HKD', 'CNY'])
    """
    found = [(match.start(), match[0].upper()) for match in _CODE.finditer(text)]
    for match in _NAME.finditer(text.replace("-", " ")):
        said = match[0].lower()
        found.append((match.start(), _BY_NAME.get(said) or _BY_NAME[said.removesuffix("s")]))
    return list(dict.fromkeys(code for _, code in sorted(found)))
