"""What the workflow beside this file calls by name: the calendar, and the plan with its total."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from antiphon import tool

WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
}
MEALS = 2
"""So many a day."""


@tool
def calendar(start: str, days: int) -> list[dict[str, str]]:
    """The dates of a journey and their weekdays; start is its first day, such as 2026-11-28."""
    first = date.fromisoformat(start)
    dates = [first + timedelta(i) for i in range(days)]
    return [{"date": one.isoformat(), "weekday": WEEKDAYS["en"][one.weekday()]} for one in dates]


@tool
def plan_trip(
    days: int, sights_a_day: int, budget: int, start: str, language: str, advice: str, prices: dict[str, Any]
) -> dict[str, Any]:
    """A plan whose every price was looked up: the best hotel that the budget allows, and the total to the last yuan.

    Sights that the advice names come first, and none is visited on a day on which it is closed.
    """
    dates = calendar.function(start, days)
    visits = _visits(dates, sights_a_day, _wished(prices["sights"], advice))
    if len(visits) < days * sights_a_day:
        return _nothing("too few sights are open on these days", "这几天开放的景点不够", language)
    by_rating = sorted(prices["hotels"], key=lambda one: (-one["rating"], one["price"]))
    tables = sorted(prices["restaurants"], key=lambda one: (-one["rating"], one["price"]))
    cheap = sorted(tables, key=lambda one: one["price"])
    plans = [_items(dates, visits, hotel, meals) for meals in (tables, cheap) for hotel in by_rating]
    least = min(_total(one) for one in plans)
    fitting = next((one for one in plans if _total(one) <= budget), None)
    if fitting is None:
        return _nothing(f"it costs at least {least} yuan", f"至少要 {least} 元", language)
    total = _total(fitting)
    return {"fits": True, "total": total, "items": fitting, "text": _told(fitting, total, budget, language)}


def _wished(sights: Sequence[Mapping[str, Any]], advice: str) -> list[Mapping[str, Any]]:
    """The sights in the order of the advice, and the others by their rating."""
    small = advice.lower()

    def rank(one: Mapping[str, Any]) -> tuple[int, float, int]:
        places = [small.find(one[name].lower()) for name in ("zh", "en")]
        found = [place for place in places if place >= 0]
        return (min(found) if found else len(small) + 1, -one["rating"], one["price"])

    return sorted(sights, key=rank)


def _visits(
    dates: Sequence[Mapping[str, str]], a_day: int, sights: Sequence[Mapping[str, Any]]
) -> list[tuple[int, Mapping[str, Any]]]:
    """Which sight is seen on which day, from 0; each once, and only where it is open."""
    left, visits = list(sights), list[tuple[int, Mapping[str, Any]]]()
    for i, day in enumerate(dates):
        seen = [one for one in left if day["weekday"] not in one["closed"]][:a_day]
        visits += [(i, one) for one in seen]
        left = [one for one in left if one not in seen]
    return visits


def _items(
    dates: Sequence[Mapping[str, str]],
    visits: Sequence[tuple[int, Mapping[str, Any]]],
    hotel: Mapping[str, Any],
    meals: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """Everything that is paid for: what, when, how many times, at which price."""
    items = [_item("sight", dates[i]["date"], one) for i, one in visits]
    for i, day in enumerate(dates):
        items += [_item("meal", day["date"], meals[(MEALS * i + j) % min(len(meals), 4)]) for j in range(MEALS)]
    nights = len(dates) - 1
    return items + ([_item("hotel", dates[0]["date"], hotel, nights)] if nights else [])


def _item(kind: str, day: str, one: Mapping[str, Any], times: int = 1) -> dict[str, Any]:
    return {"kind": kind, "date": day, "zh": one["zh"], "en": one["en"], "price": one["price"], "times": times}


def _total(items: Sequence[Mapping[str, Any]]) -> int:
    return sum(one["price"] * one["times"] for one in items)


def _told(items: Sequence[Mapping[str, Any]], total: int, budget: int, language: str) -> str:
    """The plan as people read it: each day with its prices, the hotel, the total."""
    zh = language == "zh"
    lines = []
    for day in dict.fromkeys(one["date"] for one in items):
        weekday = WEEKDAYS["zh" if zh else "en"][date.fromisoformat(day).weekday()]
        of_day = [one for one in items if one["date"] == day and one["kind"] != "hotel"]
        parts = [f"{one['zh']} {one['price']} 元" if zh else f"{one['en']} {one['price']} yuan" for one in of_day]
        lines.append(f"{day} {weekday}{'：' if zh else ': '}{('；' if zh else '; ').join(parts)}")
    for one in (one for one in items if one["kind"] == "hotel"):
        cost = one["price"] * one["times"]
        rate = f"{one['times']} × {one['price']}"
        lines.append(f"住宿：{one['zh']}，{rate} = {cost} 元" if zh else f"Hotel: {one['en']}, {rate} = {cost} yuan")
    left = budget - total
    end = f"合计 {total} 元，预算 {budget} 元，还剩 {left} 元。"
    lines.append(end if zh else f"Total {total} yuan of {budget}, {left} left.")
    return "\n".join(lines)


def _nothing(in_english: str, in_chinese: str, language: str) -> dict[str, Any]:
    text = f"排不出来：{in_chinese}。" if language == "zh" else f"No plan fits: {in_english}."
    return {"fits": False, "total": 0, "items": [], "text": text}
