"""Days that a sentence mentions, in its own words."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.tools.mentions.days import days


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Is it dry the day after tomorrow?", ["the day after tomorrow"]),
        ("next Friday or this weekend", ["next Friday", "this weekend"]),
        ("June 12th, 2027", ["June 12th, 2027"]),
        ("the 14th of March.", ["14th of March"]),
        ("2026-10-03", ["2026-10-03"]),
        ("Sunday afternoon", ["Sunday"]),
        ("下周三不行，后天可以", ["下周三", "后天"]),
        ("下个星期天", ["下个星期天"]),
        ("十月十二号", ["十月十二号"]),
        ("2026年11月3日", ["2026年11月3日"]),
        ("周三天气", ["周三"]),
        ("周一到周五", ["周一", "周五"]),
    ],
)
def test_days_are_found_in_the_words_of_the_sentence(text: str, found: list[str]) -> None:
    assert days(text) == found


@pytest.mark.parametrize(
    "text",
    ["a mondayish mood of todays", "May I come?", "you may go", "3 may I", "May 20%", "march on", "12号楼", "三号线",
     "每周三次", "一周三次", "3号宿舍楼", "10/3"],
)  # fmt: skip
def test_what_is_no_day_is_not_found(text: str) -> None:
    assert days(text) == []


@given(st.integers(1, 12), st.integers(1, 31), st.sampled_from("日号"))
def test_a_chinese_date_is_found_whole(month: int, day: int, end: str) -> None:
    assert days(f"请改到{month}月{day}{end}吧") == [f"{month}月{day}{end}"]


@pytest.mark.parametrize("text", ["上" * 10_000, "1" * 10_000, "the day " * 1_000, "十月" * 5_000, "1" + " " * 10_000])
def test_a_text_made_to_be_slow_is_read_at_once(text: str) -> None:
    began = time.thread_time()
    days(text)
    assert time.thread_time() - began < 0.5
