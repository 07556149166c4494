"""Lengths of time that a sentence mentions, in seconds."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.tools.mentions.lengths import lengths


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("an hour and a quarter", [4500]),
        ("two and a half hours", [9000]),
        ("half an hour", [1800]),
        ("a half-hour timer", [1800]),
        ("three quarters of an hour", [2700]),
        ("1 hour, 20 minutes and 5 seconds", [4805]),
        ("1h20m", [4800]),
        ("1 h 20 min", [4800]),
        ("90 seconds", [90]),
        ("一个半小时", [5400]),
        ("三刻钟", [2700]),
        ("两小时半", [9000]),
        ("一分半", [90]),
        ("1小时20分", [4800]),
        ("3分20秒", [200]),
        ("两个小时零五分钟", [7500]),
        ("半小时", [1800]),
    ],
)
def test_lengths_are_read_as_seconds(text: str, found: list[int]) -> None:
    assert lengths(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2 or 3 hours", [7200, 10_800]),
        ("20-30分钟", [1200, 1800]),
        ("两三个小时", [7200, 10_800]),
        ("5 minutes, 10 minutes", [300, 600]),
    ],
)
def test_a_range_is_two_lengths(text: str, found: list[int]) -> None:
    assert lengths(text) == found


@pytest.mark.parametrize(
    "text",
    ["80 km per hour", "50 dollars an hour", "a few minutes", "a couple of hours", "2 houses", "每小时80公里",
     "十几分钟", "一个多小时", "三点十五分", "第三天", "周三天气", "星期三天津见", "五分之一", "等了半天"],
)  # fmt: skip
def test_what_is_no_length_is_not_found(text: str) -> None:
    assert lengths(text) == []


@given(st.integers(1, 48), st.integers(1, 59))
def test_hours_and_minutes_are_one_length(hours: int, minutes: int) -> None:
    seconds = hours * 3600 + minutes * 60
    assert lengths(f"in {hours} hours and {minutes} minutes") == lengths(f"{hours}小时{minutes}分钟") == [seconds]


@pytest.mark.parametrize(
    "text",
    ["1" * 10_000, "1 hour" + " " * 10_000 + "x 1 hour", "1小时" * 2_000, "half " * 2_000, "一" * 10_000, "a-" * 5_000],
)
def test_a_text_made_to_be_slow_is_read_at_once(text: str) -> None:
    began = time.thread_time()
    lengths(text)
    assert time.thread_time() - began < 0.5
