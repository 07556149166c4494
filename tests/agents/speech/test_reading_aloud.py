"""Figures, dates and units as they are read aloud, in English and in Chinese."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.agents.speech.reading import read_aloud

ENGLISH = {
    "in 1999": "in nineteen ninety nine",
    "since 2005": "since two thousand five",
    "the 1990s": "the nineteen nineties",
    "in his 20s": "in his twenties",
    "1939-1945": "nineteen thirty nine to nineteen forty five",
    "1000 years": "one thousand years",
    "1,500 km": "one thousand five hundred kilometers",
    "1234 people": "one thousand two hundred and thirty four people",
    "384,400 km": "three hundred eighty four thousand four hundred kilometers",
    "2.5 billion": "two point five billion",
    "-5°C": "negative five degrees Celsius",
    "3/4": "three quarters",
    "1½ cups": "one and a half cups",
    "at 10:30": "at ten thirty",
    "10:00": "ten o'clock",
    "24/7": "twenty four seven",
    "2026-11-21": "November twenty first, twenty twenty six",
    "Nov. 21, 2026": "November twenty first, twenty twenty six",
    "21 November 2026": "November twenty first, twenty twenty six",
    "50%": "fifty percent",
    "5-10%": "five to ten percent",
    "$5.20": "five dollars and twenty cents",
    "$1.5 million": "one point five million dollars",
    "£3.50": "three pounds and fifty pence",
    "3.5kg": "three point five kilograms",
    "100 m": "one hundred meters",
    "1 m": "one meter",
    "20 m²": "twenty square meters",
    "60 km/h": "sixty kilometers per hour",
    "9.8 m/s²": "nine point eight meters per second squared",
    "30 min": "thirty minutes",
    "H2O and CO₂": "H two O and C O two",
    "COVID-19": "COVID nineteen",
    "the 21st century": "the twenty first century",
    "3-5 years": "three to five years",
    "3–5 years": "three to five years",
    "13800138000": "one three eight zero zero one three eight zero zero zero",
    "call 911": "call nine one one",
    "No. 5": "number five",
    "Louis XIV": "Louis the fourteenth",
    "World War II": "World War two",
    "x² = 9": "x squared equals nine",
    "3 × 4 = 12": "three times four equals twelve",
    "5'10\" tall": "five feet ten inches tall",
    'He said "5 dogs".': 'He said "five dogs".',
    "+5": "plus five",
    "No figures here.": "No figures here.",
}

CHINESE = {
    "1999年": "一九九九年",
    "2026年11月21日": "二零二六年十一月二十一日",
    "2026-11-21": "二零二六年十一月二十一日",
    "1939-1945": "一九三九到一九四五年",
    "2024-2025学年": "二零二四到二零二五学年",
    "384,400公里": "三十八万四千四百公里",
    "1,234,567": "一百二十三万四千五百六十七",
    "2.5亿": "二点五亿",
    "-5℃": "负五摄氏度",
    "−5°C": "负五摄氏度",
    "3/4": "四分之三",
    "1/2": "二分之一",
    "现在10:30": "现在十点三十分",
    "50%": "百分之五十",
    "20%-30%": "百分之二十到三十",
    "5‰": "千分之五",
    "$5.20": "五点二零美元",
    "¥20": "二十元",
    "3.5kg": "三点五千克",
    "100 m": "一百米",
    "20㎡": "二十平方米",
    "100km/h": "每小时一百公里",
    "COVID-19": "COVID 十九",
    "21世纪": "二十一世纪",
    "3-5年": "三到五年",
    "1～2个": "一到两个",
    "100-200": "一百到两百",
    "5-3=2": "五减三等于二",
    "13800138000": "幺三八零零幺三八零零零",
    "010-12345678": "零一零一二三四五六七八",
    "第3名": "第三名",
    "2个人": "两个人",
    "比分3:2": "比分三比二",
    "3×4=12": "三乘以四等于十二",
    "10^6": "十的六次方",
    "x²": "x的平方",
    "1. 首先": "一、首先",
    "用Python 3.11写": "用Python 三点一一写",
    "他说“5个”": "他说“五个”",
}


@pytest.mark.parametrize(("written", "said"), ENGLISH.items())
def test_english_figures_are_written_out(written: str, said: str) -> None:
    assert read_aloud(written, "en") == said


@pytest.mark.parametrize(("written", "said"), CHINESE.items())
def test_chinese_figures_are_written_out(written: str, said: str) -> None:
    assert read_aloud(written, "zh") == said


def test_other_languages_are_left_to_the_voice() -> None:
    assert read_aloud("3,5 km", "fr") == "3,5 km"


@given(
    st.text(st.sampled_from("0123456789.,:/-–+%$°²½ abkmXI月年元个\"\\'"), max_size=20),
    st.sampled_from(["en", "zh"]),
)
def test_any_text_can_be_read(text: str, language: str) -> None:
    """The grammars give up on some texts; then what they cannot read is left for the voice."""
    assert isinstance(read_aloud(text, language), str)
