"""A report as lines: styled and folded on a terminal, plain and whole in a pipe."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from .days import NO_QUESTION, OUTCOMES, Aside, Day, Question, Report
from .labels import date_in_words, day_in_words, label, time_in_words

STYLES = {"refused": "bold red", "dont_know": "yellow", "asked_again": "yellow", "greeted": "dim", "hint": "cyan"}
TOPICS = 5
"""How many topics the summary names."""


@dataclass(frozen=True, slots=True)
class Line:
    """Pieces of text with their rich styles; `indent` columns from the left."""

    pieces: tuple[tuple[str, str], ...] = ()
    indent: int = 0

    @property
    def plain(self) -> str:
        return (" " * self.indent + "".join(text for text, _ in self.pieces)).rstrip()


def lines(report: Report, language: str, *, about: str = "") -> Iterator[Line]:
    """The summary, then each day, the newest first."""
    yield Line(((heading(report, language, about=about), "bold"),))
    if not report.days:
        yield Line(((label("nothing", language), ""),))
        return
    refused = report.outcomes.get("refused", 0)
    yield Line(((summary(report, language), "red" if refused else ""),))
    if report.topics:
        colon, comma = label("colon", language), label("list", language)
        most = comma.join(f"{topic} {count}" for topic, count in report.topics[:TOPICS])
        yield Line(((f"{label('most_asked', language)}{colon}{most}", ""),))
    for day in report.days:
        yield from _day(day, language)


def heading(report: Report, language: str, *, about: str = "") -> str:
    """What the report is of."""
    period = period_in_words(report.since, report.until, language)
    words = label("when", language, label("title", language), period)
    return label("when", language, words, label("about", language, about)) if about else words


def period_in_words(since: date, until: date, language: str) -> str:
    """One day, or the first and the last."""
    if since == until:
        return day_in_words(since, language)
    return label("to", language, date_in_words(since, language), date_in_words(until, language))


def summary(report: Report, language: str) -> str:
    """Questions, how they ended, and the time spent, in one line."""
    parts = [label(f"count_{name}", language, report.outcomes[name]) for name in OUTCOMES if report.outcomes.get(name)]
    parts += [f"{name} {count}" for name, count in report.outcomes.items() if name not in OUTCOMES]
    colon, comma = label("colon", language), label("comma", language)
    questions = label("questions", language, report.count) + (colon + comma.join(parts) if parts else "")
    return f"{questions} · {time_in_words(report.seconds, language)}"


def outcome_in_words(question: Question, language: str) -> str:
    """How it ended; for a refused one, of what kind."""
    words = label(question.outcome, language) if question.outcome in (*OUTCOMES, *NO_QUESTION) else question.outcome
    return f"{words}{label('colon', language)}{question.why}" if question.outcome == "refused" else words


def _day(day: Day, language: str) -> Iterator[Line]:
    count, spent = label("questions", language, day.count), time_in_words(day.seconds, language)
    yield Line()
    yield Line(((day_in_words(day.day, language), "bold"), (f" · {count} · {spent}", "dim")))
    for question in day.questions:
        yield from _question(question, language)


def _question(one: Question, language: str) -> Iterator[Line]:
    colon, style = label("colon", language), STYLES.get(one.outcome, "")
    words = one.question or label("nobody_spoke", language)
    yield Line(((f"{one.at:%H:%M}  ", "dim"), (words, "dim" if one.outcome in NO_QUESTION else "bold")), 2)
    if one.outcome != "answered":
        mark = "✗ " if one.outcome == "refused" else ""
        yield Line(((mark + outcome_in_words(one, language), style),), 9)
    if one.reaction:
        yield Line(((label(one.reaction, language), "bold red" if one.reaction == "care" else ""),), 9)
    if one.answer:
        yield Line(((f"{label('said', language)}{colon}", "dim"), (one.answer, "")), 9)
    for title, source in one.sources:
        yield Line(((f"{label('source', language)}{colon}{title} {source}".rstrip(), "dim"),), 9)
    for name, asides in (("rewritten", one.rewritten), ("dropped", one.dropped)):
        for aside in asides:
            yield Line(((f"{label(name, language)}{colon}{aside_in_words(aside)}", "dim"),), 9)


def aside_in_words(aside: Aside) -> str:
    """A sentence nobody heard, what was said in its place, and why."""
    instead = f" → {aside.instead}" if aside.instead else ""
    return f"{aside.text}{instead}" + (f" ({aside.reason})" if aside.reason else "")
