"""Rows of a record become days, questions, topics and totals; pure, so that every way of showing them agrees."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

from ...agents.guards.types import Category
from ...tools.base.language import language_of
from ..run.records import Row

PAUSE = timedelta(minutes=5)
"""A pause between two questions that still counts as time spent: the child listens, and thinks of the next."""

OUTCOMES = ("answered", "hint", "dont_know", "refused", "asked_again")
"""How a question may end; a workflow that calls it otherwise is shown with its own word."""
NO_QUESTION = ("greeted",)


@dataclass(frozen=True, slots=True)
class Aside:
    """A sentence nobody heard, why, and what was said in its place, "" for nothing."""

    text: str
    reason: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What a child asked and what became of it.

    Attributes:
        at: When, in this machine's time zone.
        outcome: answered, hint, dont_know, refused, asked_again, greeted; or what another workflow calls it.
        topic: The id of the article it was about, "" where there was none.
        why: For a refused one, the meaning of the guard's category.
        reaction: For a refused one, what the guard's category asks for: care, grown_up or refuse.
    """

    at: datetime
    seconds: float
    question: str
    answer: str
    outcome: str
    topic: str
    sources: tuple[tuple[str, str], ...]
    why: str
    reaction: str
    rewritten: tuple[Aside, ...]
    dropped: tuple[Aside, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """The questions of one day, the earliest first, and the seconds spent."""

    day: date
    seconds: float
    questions: tuple[Question, ...]

    @property
    def count(self) -> int:
        """Questions in it; a greeting is none."""
        return sum(question.outcome not in NO_QUESTION for question in self.questions)


@dataclass(frozen=True, slots=True)
class Report:
    """Days with something in them, the newest first.

    Attributes:
        outcomes: How many questions ended in which way.
        topics: What was asked about, and how often, the most frequent first.
    """

    since: date
    until: date
    days: tuple[Day, ...]
    outcomes: Mapping[str, int]
    topics: tuple[tuple[str, int], ...]

    @property
    def count(self) -> int:
        """Questions in all."""
        return sum(day.count for day in self.days)

    @property
    def seconds(self) -> float:
        """Seconds spent in all."""
        return sum(day.seconds for day in self.days)

    @property
    def refused(self) -> list[Question]:
        """The refused ones, the newest first; those that call for care before the others."""
        found = [one for day in self.days for one in reversed(day.questions) if one.outcome == "refused"]
        return sorted(found, key=lambda question: question.reaction != "care")


def report_of(
    rows: Iterable[Row], since: date, until: date, categories: Mapping[str, Category], language: str
) -> Report:
    """Make the report of the days from `since` to `until`, both included; other rows are left out."""
    questions = [question_of(row, categories, language) for row in rows]
    within = sorted((one for one in questions if since <= one.at.date() <= until), key=lambda one: one.at)
    days = [_day(day, tuple(its)) for day, its in groupby(within, lambda one: one.at.date())]
    outcomes = Counter(one.outcome for one in within if one.outcome not in NO_QUESTION)
    return Report(since, until, tuple(reversed(days)), dict(outcomes), _topics(within, language))


def question_of(row: Row, categories: Mapping[str, Category], language: str) -> Question:
    """Read a row; its words are untrusted, and lose what would steer a terminal."""
    values = row.values
    category = categories.get(_text(values.get("reason")))
    sources = tuple((_text(one.get("title")), _text(one.get("source"))) for one in _dicts(values.get("sources")))
    return Question(
        at=row.began.astimezone(),
        seconds=row.seconds,
        question=_text(values.get("question")),
        answer=_text(values.get("answer")),
        outcome=_text(row.outcome) or "answered",
        topic=_text(values.get("topic")) or (sources[0][0] if sources else ""),
        sources=sources,
        why=category.means.said(language) if category else _text(values.get("reason")),
        reaction=category.reaction if category else "",
        rewritten=_asides(values.get("rewritten"), "before", categories, language),
        dropped=_asides(values.get("dropped"), "text", categories, language),
    )


def is_about(question: Question, topic: str) -> bool:
    """Whether a question is about a topic, named by its article's id or by the title of a source."""
    names = {question.topic, *(title for title, _ in question.sources)} - {""}
    return topic.strip().casefold() in {name.casefold() for name in names}


def seconds_spent(questions: Sequence[Question]) -> float:
    """The time covered by questions in the order of their times: overlaps once, pauses up to `PAUSE` included."""
    total, end = timedelta(), None
    for one in questions:
        its_end = one.at + timedelta(seconds=max(one.seconds, 0))
        start = end if end is not None and one.at - end <= PAUSE else one.at
        total += max(its_end - start, timedelta())
        end = its_end if end is None else max(end, its_end)
    return total.total_seconds()


def _day(day: date, questions: tuple[Question, ...]) -> Day:
    return Day(day, seconds_spent(questions), questions)


def _topics(questions: Sequence[Question], language: str) -> tuple[tuple[str, int], ...]:
    counts = Counter(one.topic for one in questions if one.topic)
    titles: dict[str, str] = {}
    for one in questions:
        if one.topic and one.sources and (one.topic not in titles or language_of(_title(one)) == language):
            titles[one.topic] = _title(one)
    return tuple((titles.get(topic, topic), count) for topic, count in counts.most_common())


def _title(question: Question) -> str:
    """The title of the source whose file is called like the topic, or else of the first."""
    named = (title for title, source in question.sources if PurePosixPath(source).stem == question.topic)
    return next(named, question.sources[0][0])


def _asides(written: Any, before: str, categories: Mapping[str, Category], language: str) -> tuple[Aside, ...]:
    def reason(name: str) -> str:
        return categories[name].means.said(language) if name in categories else name

    return tuple(
        Aside(_text(one.get(before)), reason(_text(one.get("reason"))), _text(one.get("after")))
        for one in _dicts(written)
    )


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    text = "" if value is None else str(value)
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
