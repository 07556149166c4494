"""A report as one HTML page that needs nothing from elsewhere: no script, no font, no picture."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .days import OUTCOMES, Report
from .labels import day_in_words, label, time_in_words
from .lines import outcome_in_words, period_in_words

ALL_DAYS = 31
"""A time of up to so many days shows the empty ones too."""


def page(report: Report, language: str, *, about: str = "") -> str:
    """The page as text; every word of the record is escaped."""

    def say(name: str, *parts: object) -> str:
        return label(name, language, *parts)

    folder = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {
        "say": say,
        "day_in_words": partial(day_in_words, language=language),
        "time_in_words": partial(time_in_words, language=language),
        "outcome_in_words": partial(outcome_in_words, language=language),
        "is_link": _is_link,
    }
    return environment.get_template("page.html.j2").render(
        report=report,
        language="zh-Hans" if language == "zh" else "en",
        period=period_in_words(report.since, report.until, language),
        about=about,
        outcomes=[name for name in OUTCOMES if report.outcomes.get(name)],
        days=_bars(report),
        most=max((count for _, count in report.topics), default=1),
    )


def _bars(report: Report) -> list[dict[str, object]]:
    """For each day, the earliest first: questions and minutes, and how long their bars are, from 0 to 100."""
    found = {day.day: day for day in report.days}
    length = (report.until - report.since).days + 1
    every = [report.since + timedelta(days=i) for i in range(length)] if length <= ALL_DAYS else sorted(found)
    most = max((day.count for day in report.days), default=0) or 1
    longest = max((day.seconds for day in report.days), default=0) or 1
    numbers = [(day, found[day].count, found[day].seconds) if day in found else (day, 0, 0.0) for day in every]
    return [
        {
            "day": day,
            "count": count,
            "minutes": round(seconds / 60, 1),
            "count_share": round(100 * count / most, 1),
            "time_share": round(100 * seconds / longest, 1),
        }
        for day, count, seconds in numbers
    ]


def _is_link(source: str) -> bool:
    """Whether a source is an address one may follow; whatever else it is, it stays text."""
    try:
        return urlsplit(source).scheme in ("http", "https")
    except ValueError:
        return False
