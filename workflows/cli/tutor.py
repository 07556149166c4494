"""`antiphon tutor`: a parent's view of what was asked, and how to delete it."""

import asyncio
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ...tools.base.errors import InputError
from .asking import agreed
from .given import app_option, machine, profile_option

if TYPE_CHECKING:
    from ...agents.guards.types import Category
    from ..report.days import Report
    from ..report.lines import Line
    from ..run.records import Row

WORKFLOW = "child_tutor"
RULES = "child"
DAYS = 7

_LANGUAGE = click.option("--language", type=click.Choice(["en", "zh"]), help="By default that of this environment.")


@click.group()
def tutor() -> None:
    """For parents: what a child asked and was told; delete it.

    The record lies on this machine alone, unless app.yaml names a database under storage.url. `record: false` there, or
    --no-record, keeps none.
    """


@tutor.command()
@click.option("--day", default="", metavar="DATE", help="One day: 2026-11-22, today, yesterday.")
@click.option("--since", default="", metavar="DATE", help="From this day on.  [default: six days before --until]")
@click.option("--until", default="", metavar="DATE", help="Up to this day.  [default: today]")
@click.option("--topic", default="", help="Only questions about this topic, named as in the report.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a page to read or print.")
@_LANGUAGE
@app_option
@profile_option
def report(
    day: str,
    since: str,
    until: str,
    topic: str,
    as_json: bool,
    html: Path | None,
    language: str | None,
    app: Path | None,
    profile: str,
) -> None:
    """What was asked, what became of it, and the time spent.

    For each day, the newest first: the questions, the answers with their sources, and what was refused and why.
    """
    from ..report.days import report_of
    from ..report.labels import label, language_here
    from ..report.lines import lines, summary

    tongue = language or language_here()
    first, last = _period(day, since, until)
    where = _where(app, profile)
    rows = _about(topic, _rows(where, first, last))
    made = report_of(rows, first, last, _categories(), tongue)
    if html is not None:
        _write_page(html, made, tongue, topic)
    if as_json:
        click.echo(json.dumps(_plain(made, where), ensure_ascii=False, indent=2, default=str))
    elif html is None:
        _show(lines(made, tongue, about=topic))
    else:
        click.echo(summary(made, tongue))
    place = label("file", tongue, where) if isinstance(where, Path) else label("database", tongue)
    click.echo(f"\n{place}\n{label('forget', tongue)}", err=as_json)


@tutor.command()
@click.option("--day", default="", metavar="DATE", help="Everything of one day: 2026-11-22, today, yesterday.")
@click.option("--topic", default="", help="Everything about this topic, named as in the report.")
@click.option("--all", "everything", is_flag=True, help="Everything.")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@_LANGUAGE
@app_option
@profile_option
def forget(
    day: str, topic: str, everything: bool, yes: bool, language: str | None, app: Path | None, profile: str
) -> None:
    """Delete from the record for good, by day, by topic, or everything; and all else that was said in those runs."""
    from ..report.labels import label, language_here

    if bool(day) + bool(topic.strip()) + everything != 1:
        raise InputError("say what to delete", hint="Give one of --day DATE, --topic TOPIC and --all")
    tongue = language or language_here()
    where = _where(app, profile)
    only = _date(day, "--day") if day else None
    rows = _about(topic, _rows(where, only, only))
    if not rows:
        click.echo(label("nothing_to_delete", tongue))
        return
    entries = label("entries", tongue, len(rows))
    click.echo(label("will_go", tongue, entries), err=True)
    if not yes and not agreed(label("go", tongue)):
        raise click.Abort
    asyncio.run(_deleted(where, rows))
    click.echo(label("gone", tongue, entries))


def _where(app: Path | None, profile: str) -> Path | str:
    from ...agents.timeline.opening import place_of

    return place_of(machine(app, profile))


def _rows(where: Path | str, first: date | None, last: date | None) -> "list[Row]":
    """What is recorded of these days, both included."""
    begin = _midnight(first) if first else None
    return asyncio.run(_found(where, begin, _midnight(last + timedelta(days=1)) if last else None))


async def _found(where: Path | str, begin: datetime | None, end: datetime | None) -> "list[Row]":
    from ...agents.timeline.opening import open_timeline_if_kept
    from ..run.records import Records

    async with open_timeline_if_kept(where) as timeline:
        return await Records(timeline).rows(WORKFLOW, begin, end) if timeline else []


async def _deleted(where: Path | str, rows: "list[Row]") -> None:
    from ...agents.timeline.opening import open_timeline
    from ..run.records import Records

    async with open_timeline(where) as timeline:
        await Records(timeline).delete(rows)


def _categories() -> "dict[str, Category]":
    from ...agents.guards.finding import rules_file
    from ...agents.guards.types import RulesFile
    from ...tools.base.checked import checked
    from ...tools.base.yaml_reading import read_yaml

    file = checked(read_yaml(rules_file(RULES)), RulesFile)  # only its words: what compiles the rules takes a second
    return {category.name: category for category in file.categories}


def _about(topic: str, rows: "list[Row]") -> "list[Row]":
    from ..report.days import is_about, question_of

    return [row for row in rows if is_about(question_of(row, {}, "en"), topic)] if topic.strip() else rows


def _period(day: str, since: str, until: str) -> tuple[date, date]:
    if day and (since or until):
        raise InputError("--day is one day, and --since and --until are several", hint="Leave one out")
    last = _date(day or until or "today", "--day" if day else "--until")
    first = last if day else _date(since, "--since") if since else last - timedelta(days=DAYS - 1)
    if first > last:
        raise InputError(f"{first} is after {last}", at="--since", hint="Turn them round")
    return first, last


def _date(written: str, option: str) -> date:
    today = date.today()
    named = {"today": today, "yesterday": today - timedelta(days=1)}
    try:
        day = named.get(written.strip().lower()) or datetime.strptime(written.strip(), "%Y-%m-%d").date()
    except ValueError:
        raise InputError(
            f"{written!r} is no date", at=option, hint=f"Write it like {today}, or today, or yesterday"
        ) from None
    if not 1990 <= day.year <= 9990:
        raise InputError(f"nothing can be recorded of {written}", at=option, hint=f"Write it like {today}")
    return day


def _midnight(day: date) -> datetime:
    """Where a day begins in this machine's time zone."""
    return datetime.combine(day, time()).astimezone()


def _show(lines: "Iterable[Line]") -> None:
    if not sys.stdout.isatty():
        for line in lines:
            click.echo(line.plain)
        return
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(highlight=False)
    for line in lines:
        console.print(Padding(Text.assemble(*line.pieces), (0, 0, 0, line.indent)))


def _write_page(path: Path, made: "Report", language: str, about: str) -> None:
    from ...tools.base.writing import whole_file
    from ..report.page import page

    text = page(made, language, about=about)
    with whole_file(path) as draft:
        draft.write_text(text, encoding="utf-8")
    click.echo(f"{path}", err=True)


def _plain(made: "Report", where: Path | str) -> dict[str, Any]:
    from dataclasses import asdict

    def days() -> Iterator[dict[str, Any]]:
        for day in made.days:
            questions = [asdict(one) | {"sources": _sources(one.sources)} for one in day.questions]
            yield {"day": str(day.day), "minutes": round(day.seconds / 60, 1), "questions": questions}

    return {
        "file": str(where) if isinstance(where, Path) else None,
        "since": str(made.since),
        "until": str(made.until),
        "questions": made.count,
        "minutes": round(made.seconds / 60, 1),
        "outcomes": made.outcomes,
        "topics": [{"topic": topic, "questions": count} for topic, count in made.topics],
        "days": list(days()),
    }


def _sources(sources: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"title": title, "source": source} for title, source in sources]
