"""What people write in ways of their own, and texts made to be slow."""

import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.tools.base.errors import InputError
from antiphon.tools.calculator.asking import understood
from antiphon.tools.calculator.calculator_tool import calculator


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22 + 2 weeks - 3 days", "2026-12-03"),
        ("2026-11-22 + 1 month - 10 days", "2026-12-12"),
        ("2026-11-22 - 2 weeks + 3 days", "2026-11-11"),
        ("2026年1月1日加1个月减1天", "2026-01-31"),
        ("2026-1-5 - 2026-1-1", "4"),
        ("2026/01/05 - 2026/01/01", "4"),
        ("2000 - 10 - 5", "1985"),
        ("一千五", "1500"),
        ("一百五", "150"),
        ("三万五", "35000"),
        ("两千三", "2300"),
        ("一千零五", "1005"),
        ("0x10", "16"),
        ("0b101", "5"),
        ("5!!", "15"),
        ("100打10折", "100"),
        ("100打8.5折", "85"),
        ("负三乘以负四", "12"),
        ("5的3倍", "15"),
        ("10除以3的余数", "1"),
        ("sin 30 degrees", "1/2"),
        ("3元5角", "7/2"),
        ("求3+4的值", "7"),
    ],
)
def test_every_step_and_saying_has_its_own_meaning(text: str, expected: str) -> None:
    found = understood(text)
    assert isinstance(found, dict)
    assert (found["exact"] or found["result"]) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2026-11-22 + -3 days", "forwards and which back"),
        ("2 weeks before 2026-11-22 + 3 days", "forwards and which back"),
        ("2026-1-31 + 1", "not said what is counted"),
        ("12/25/2026 - 11/22/2026", "which is the day"),
        ("12:30 + 45 minutes", "times of day"),
        ("0b12", "no number to base 2"),
        ("5!!!", "more than two '!'"),
        ("exp(-1000000)", "so near to 0"),
    ],
)
def test_what_is_unclear_is_refused_with_the_reason(text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        understood(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 MB in Mb", "8 Mb"),
        ("5 Mb in MB", "5/8 MB"),
        ("1 ML in L", "1000000 L"),
        ("1 acre in m^2", "316160658/78125 m^2"),
        ("1 decade in years", "10 years"),
        ("how many seconds in a day", "86400 seconds"),
        ("2h 15m", "9/4 hour"),
        ("半斤是多少克", "250 克"),
        ("3斤2两是多少克", "1600 克"),
        ("limit of 1/x as x -> 0", "there is no limit: from the left it is -infinity, from the right infinity"),
        ("limit of |x|/x as x -> 0", "there is no limit: from the left it is -1, from the right 1"),
        ("求x+1的值", "x + 1"),
        ("求x^2的导数", "2*x"),
        ("求x^2的积分", "x^3/3 + C"),
        ("求x^2-1=0的解", "x = -1 or x = 1"),
        ("solve x²-4=0", "x = -2 or x = 2"),
        ("x²=4", "x = -2 or x = 2"),
        ("x²的导数", "2*x"),
    ],
)
async def test_units_limits_and_chinese_algebra(text: str, expected: str) -> None:
    assert (await calculator(Path(), {"limit_s": 30})(expression=text))["exact"] == expected


SLOW = [
    "x " + " " * 480 + "y",
    "cbrt(7^4000)+" * 13 + "1",
    "两" * 500,
    "1" * 500,
    "三斤" * 200 + "x",
    "1几" * 200 + ",",
]


@pytest.mark.parametrize("text", SLOW)
def test_a_text_made_to_be_slow_is_read_at_once(text: str) -> None:
    assert seconds(text[:500]) < 0.1


pieces = st.sampled_from("1 x 两 三 斤 米 小时 from to a-> , = \n 几 的 求 解 in and ! 1. 百分之 元 角 (".split(" "))


@settings(max_examples=30)
@given(st.lists(pieces, min_size=1, max_size=4), st.sampled_from(("", "x", "1", "limit ")))
def test_any_text_repeated_is_read_at_once(repeated: list[str], end: str) -> None:
    assert seconds(("".join(repeated) * 500)[:490] + end) < 0.1


def seconds(text: str) -> float:
    """Of this thread, whatever else the machine does."""
    began = time.thread_time()
    with suppress(InputError):
        understood(text)
    return time.thread_time() - began
