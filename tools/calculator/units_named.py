"""Names of units, in Chinese and as people write them, for the formula parser and for pint."""

import re
from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "平方公里": "km^2", "平方千米": "km^2", "平方米": "m^2", "平方厘米": "cm^2", "平方分米": "dm^2", "平方毫米": "mm^2",
    "平方英尺": "ft^2", "平方英里": "mi^2", "立方米": "m^3", "立方分米": "dm^3", "立方厘米": "cm^3",
    "公里": "km", "千米": "km", "英里": "mi", "海里": "nmi", "分米": "dm", "厘米": "cm", "毫米": "mm", "微米": "um",
    "纳米": "nm", "英尺": "ft", "英寸": "inch", "市里": "(500*m)", "光年": "light_year",
    "公斤": "kg", "千克": "kg", "毫克": "mg", "微克": "ug", "市斤": "(500*g)", "盎司": "oz", "英镑重": "lb",
    "公顷": "hectare", "英亩": "acre", "毫升": "mL", "加仑": "gallon",
    "小时": "hour", "钟头": "hour", "分钟": "minute", "毫秒": "ms", "星期": "week", "世纪": "century",
    "摄氏度": "degC", "华氏度": "degF", "开尔文": "kelvin", "弧度": "radian", "角度": "degree",
    "千瓦时": "kWh", "千瓦": "kW", "千卡": "kcal", "大卡": "kcal", "焦耳": "joule", "帕斯卡": "pascal",
    "字节": "byte", "比特": "bit", "马力": "hp",
    "米": "m", "里": "(500*m)", "尺": "(m/3)", "寸": "(m/30)", "丈": "(10*m/3)", "码": "yard",
    "克": "g", "斤": "(500*g)", "吨": "tonne", "磅": "lb", "亩": "(2000*m^2/3)", "升": "L",
    "两": "(50*g)", "秒": "s", "天": "day", "周": "week", "节": "knot", "瓦": "W", "卡": "cal",
}  # fmt: skip
"""Market units are exact: a jin is 500 g, a mu 2000/3 m² (State Council of China, 1959 and 1984)."""

_SAME: Mapping[str, str] = {
    "c": "degC", "f": "degF", "degc": "degC", "degf": "degF", "celsius": "degC", "centigrade": "degC",
    "fahrenheit": "degF", "k": "kelvin", "h": "hour", "hr": "hour", "hrs": "hour", "sec": "second", "secs": "second",
    "mins": "minute", "lbs": "pound", "mph": "mile/hour", "kph": "km/hour", "kmh": "km/hour", "kg": "kg",
    "l": "liter", "ml": "milliliter", "cc": "cm^3", "sqft": "ft^2", "sqm": "m^2", "m2": "m^2", "m3": "m^3",
    "km2": "km^2", "cm2": "cm^2", "cm3": "cm^3", "ft2": "ft^2", "gal": "gallon", "feet": "foot", "inches": "inch",
    "tbsp": "tablespoon", "tsp": "teaspoon", "kwh": "kWh", "nmi": "nautical_mile", "mo": "month", "yr": "year",
    "metre": "meter", "metres": "meter", "litre": "liter", "litres": "liter", "kilometre": "km", "kilometres": "km",
    "centimetre": "cm", "centimetres": "cm", "millimetre": "mm", "millimetres": "mm", "jin": "(500*g)",
    "mu": "(2000*m^2/3)", "Mb": "megabit", "Gb": "gigabit", "Tb": "terabit", "Kb": "kilobit", "ML": "megaliter",
    "Ml": "megaliter", "Mbps": "megabit/second", "Gbps": "gigabit/second", "decade": "(10*year)",
    "decades": "(10*year)", "mb": "megabyte", "gb": "gigabyte", "kb": "kilobyte", "tb": "terabyte", "tonnes": "tonne",
    "rad": "radian", "deg": "degree", "°": "degree", "°c": "degC", "°f": "degF", "in": "inch",
}  # fmt: skip
"""What is meant by people where pint knows another unit of the name (C is a coulomb, F a farad) or none.

Exact spellings come before those in small letters: Mb is a megabit, mb what people write for MB.
"""

_PLAIN = (
    "m km cm mm dm um nm mi mile yd yard ft foot inch nautical_mile light_year g kg mg ug t tonne ton lb pound "
    "oz ounce stone s ms second min minute hour day week month year century liter L mL milliliter "
    "gallon quart pint cup tablespoon teaspoon hectare ha acre meter kilometer centimeter millimeter gram "
    "kilogram milligram kelvin degC degF radian degree joule kilojoule kJ J cal kcal calorie kWh W kW MW watt "
    "kilowatt hp horsepower N newton Pa kPa bar atm psi pascal V volt A ampere ohm Hz kHz MHz GHz hertz bit "
    "byte kilobyte megabyte gigabyte terabyte knot Wh mAh milliliters kelvins"
).split()
KNOWN = frozenset(_PLAIN) | _SAME.keys()
FIGURES = "一二三四五六七八九十百千万半两"
_ALONE = {"两": rf"(?:(?<=[\d{FIGURES}])|^)两(?![\d{FIGURES}])(?=\W*$|[^斤吨克升米里天周年公英])"}
"""两 is a unit of 50 g behind a number, and the number two elsewhere."""
_LONGEST = re.compile("|".join(_ALONE.get(one, re.escape(one)) for one in sorted(CHINESE, key=len, reverse=True)))


def in_english(text: str) -> str:
    """Chinese units as formulas, with 每 as /.

    Example:
        >>> in_english("5公里每小时")
        '5 km / hour '
    """
    text = re.sub(r"(?<=[\d一二三四五六七八九十])\s*分(?![之钟米])", " minute ", text.replace("每", "/"))
    return _LONGEST.sub(lambda found: f" {CHINESE[found[0]]} ", text)


def is_unit(name: str) -> bool:
    """Whether this is a unit, for sure; pint knows more."""
    return name in KNOWN or name.lower() in KNOWN or (len(name) > 3 and name.endswith("s") and name[:-1] in KNOWN)


def meaning(name: str) -> str:
    """What a name is as a formula of pint's names; itself where nothing else is meant."""
    if name in ("C", "F", "K"):
        return _SAME[name.lower()]
    return name if name in _PLAIN else _SAME.get(name, _SAME.get(name.lower(), name))
