"""Times of day that a sentence mentions."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.tools.mentions.times import times

HOURS, MINUTES = st.integers(0, 23), st.integers(0, 59)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Wake me at 7.", ["07:00"]),
        ("at seven thirty", ["07:30"]),
        ("seven fifteen in the morning", ["07:15"]),
        ("at 7.30pm", ["19:30"]),
        ("half past three in the afternoon", ["15:30"]),
        ("quarter to one", ["12:45"]),
        ("quarter to six this evening", ["17:45"]),
        ("wake me at ten to five", ["04:50"]),
        ("twenty five past six", ["06:25"]),
        ("12 am or 12 pm", ["00:00", "12:00"]),
        ("half past twelve at night", ["00:30"]),
        ("2 at night", ["02:00"]),
        ("tonight at 8", ["20:00"]),
        ("noon", ["12:00"]),
        ("a table for 4 at 7 pm", ["19:00"]),
        ("2026-10-03 10:30", ["10:30"]),
        ("下午四点半", ["16:30"]),
        ("周三三点", ["03:00"]),
        ("差一刻八点", ["07:45"]),
        ("晚上差十分九点", ["20:50"]),
        ("晚上八点两个人", ["20:00"]),
        ("夜里两点", ["02:00"]),
        ("晚上十二点", ["00:00"]),
        ("中午一点", ["13:00"]),
        ("晚上 7：30", ["19:30"]),
        ("把会议改到 3 pm", ["15:00"]),
    ],
)
def test_times_are_read_as_hours_and_minutes(text: str, found: list[str]) -> None:
    assert times(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from 3 to 5 pm", ["15:00", "17:00"]),
        ("4-5pm", ["16:00", "17:00"]),
        ("between 9 and 10 am", ["09:00", "10:00"]),
        ("从九点到十一点", ["09:00", "11:00"]),
    ],
)
def test_a_range_is_two_times(text: str, found: list[str]) -> None:
    assert times(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "2 to 4 people", "page 3 to 5", "within 2 to 3 hours", "add 10 to 12", "ratio 16:9", "8.15", "24:00", "at 730",
        "I am 5", "at 4 shops", "half past", "5 past the hour", "afternoon", "5 minutes to midnight", "quickly",
        "三点建议", "我有两点要求", "三点五公斤", "圆周率三点一四", "一点", "有点", "第三点", "3点5元", "星期三点外卖",
        "百分之三点五",
    ],
)  # fmt: skip
def test_what_is_no_time_is_not_found(text: str) -> None:
    assert times(text) == []


@given(HOURS, MINUTES)
def test_a_time_in_figures_is_read_back(hour: int, minute: int) -> None:
    written = f"{hour:02}:{minute:02}"
    assert times(f"Call me at {written}, please.") == times(f"请在{written}叫我") == [written]


@given(st.integers(1, 12), MINUTES, st.sampled_from(["am", "pm", "a.m.", " PM"]))
def test_a_time_of_half_a_day_is_read_back(hour: int, minute: int, half: str) -> None:
    whole = hour % 12 + (12 if "p" in half.lower() else 0)
    assert times(f"At {hour}:{minute:02}{half} it rings.") == [f"{whole:02}:{minute:02}"]


@given(st.integers(1, 11), st.integers(1, 59), st.sampled_from(["上午", "下午"]))
def test_a_chinese_time_is_read_back(hour: int, minute: int, part: str) -> None:
    whole = hour + (12 if part == "下午" else 0)
    assert times(f"{part}{hour}点{minute}分叫我") == [f"{whole:02}:{minute:02}"]


@pytest.mark.parametrize(
    "text", ["1" * 10_000, "1" + " " * 10_000 + "x", " " * 10_000, "at 1 " * 2_000, "十百千" * 3_000, "1 to " * 2_000]
)
def test_a_text_made_to_be_slow_is_read_at_once(text: str) -> None:
    began = time.thread_time()
    times(text)
    assert time.thread_time() - began < 0.5
