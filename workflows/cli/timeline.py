"""`antiphon timeline`: what was said and done, to be seen, forgotten, and taken elsewhere."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, get_args

import click

from ...agents.timeline.types import BESIDE, Kind
from ...tools.base.errors import InputError
from .asking import agreed
from .given import app_option, machine, profile_option
from .moments import moment
from .output import out_option

if TYPE_CHECKING:
    from ...agents.timeline.query import Query
    from ...agents.timeline.types import Entry

LAST = 50
_SHOWN = 300
"""Characters of an entry on its line."""
_WHICH = (
    click.option("--thread", default="", metavar="NAME", help="Only of this conversation."),
    click.option("--run", default="", metavar="ID", help="Only of this run."),
    click.option("--who", default="", metavar="NAME", help="Only of this person, node or tool."),
    click.option(
        "--kind", "kinds", type=click.Choice(get_args(Kind)), multiple=True, help="May be given more than once."
    ),
    click.option("--text", default="", help="Only with this in the words."),
    click.option("--since", default="", metavar="TIME", help="5m (ago), or 2026-11-22T18:30."),
    click.option("--until", default="", metavar="TIME", help="The same."),
    click.option("--last", type=click.IntRange(min=1), help="So many of the latest."),
)


def _which(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say which entries are meant, as one `query`."""

    @wraps(command)
    def with_query(
        since: str, until: str, last: int | None, thread: str, run: str, who: str, kinds: Any, text: str, **rest: Any
    ) -> None:
        from ...agents.timeline.query import Query

        first, end = moment(since, "--since"), moment(until, "--until")
        if first is not None and end is not None and first > end:
            raise InputError("--since is after --until", hint="Turn them round")
        names = {"thread": thread, "run": run, "who": who, "kinds": kinds, "text": text}
        command(query=Query(since=first, until=end, last=last or 0, **names), **rest)

    for option in reversed(_WHICH):
        with_query = option(with_query)
    return with_query


@click.group()
def timeline() -> None:
    """What was said and done in runs: list it, forget it, take it elsewhere.

    It lies on this machine alone, unless app.yaml names a database under storage.url.
    """


@timeline.command("list")
@_which
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help=f"All of them, not the last {LAST}; the state and the records of workflows, too.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON array on stdout.")
@app_option
@profile_option
def list_(query: "Query", everything: bool, as_json: bool, app: Path | None, profile: str) -> None:
    """What was said and done, the earliest first, each in its latest version."""
    from ...agents.timeline.jsonl import line_of

    asked = query if query.last or everything else replace(query, last=LAST)
    if not (query.kinds or everything):  # the state of a workflow and its records are no conversation
        asked = replace(asked, kinds=tuple(kind for kind in get_args(Kind) if kind not in BESIDE))
    where = _where(app, profile)
    found = asyncio.run(_found(where, asked))
    if as_json:
        click.echo(json.dumps([json.loads(line_of(entry)) for entry in found], ensure_ascii=False, indent=2))
        return
    for entry in found:
        click.echo(_line(entry))
    if not found:
        click.echo("Nothing is kept." if query == type(query)() else "Nothing like that is kept.", err=True)
    place = f"File: {where}" if isinstance(where, Path) else "They are in the database that app.yaml names"
    click.echo(f"{place}. Remove words with: antiphon timeline forget ID", err=True)


@timeline.command()
@click.argument("ids", nargs=-1)
@_which
@click.option("--all", "everything", is_flag=True, help="Everything.")
@click.option("--yes", is_flag=True, help="Forget without asking.")
@app_option
@profile_option
def forget(query: "Query", ids: tuple[str, ...], everything: bool, yes: bool, app: Path | None, profile: str) -> None:
    """Remove words, data and sound for good: of the entries with these IDS, of those the options name, or of all.

    That something was said, by whom and when, stays.
    """
    if bool(ids) + (query != type(query)()) + everything != 1:
        raise InputError("say what to forget", hint="Give the ids of entries, or options that name them, or --all")
    where = _where(app, profile)
    asked = replace(query, ids=ids, forgotten=False, revisions=not query.last)
    found = asyncio.run(_found(where, asked))
    missing = [id for id in ids if id not in {entry.id for entry in found}]
    if missing:
        hint = "antiphon timeline list shows their ids"
        raise InputError(f"there is no entry {missing[0]!r} with words", hint=hint)
    if not found:
        click.echo("There is nothing to forget.")
        return
    if not yes:
        for entry in found[:10]:
            click.echo(_line(entry), err=True)
        if len(found) > 10:
            click.echo(f"... and {len(found) - 10} more", err=True)
        if not agreed(f"Forget the words of {_many(len(found))} for good?"):
            raise click.Abort
    asyncio.run(_forget(where, asked))
    click.echo(f"Forgot the words of {_many(len(found))}.")


@timeline.command("export")
@_which
@out_option
@app_option
@profile_option
def export_(query: "Query", out: Path | None, app: Path | None, profile: str) -> None:
    """Write entries as JSON lines, in all their versions and with their sound."""
    asyncio.run(_export(_where(app, profile), replace(query, revisions=True), out))


@timeline.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@app_option
@profile_option
def import_(file: Path, app: Path | None, profile: str) -> None:
    """Add the entries of a FILE that `export` wrote, or of - for standard input; those that are there stay."""
    with _read(file) as lines:
        click.echo(f"Imported {_many(asyncio.run(_import(_where(app, profile), lines, file)))}.")


async def _found(where: "Path | str", query: "Query") -> "list[Entry]":
    from ...agents.timeline.opening import open_timeline_if_kept

    async with open_timeline_if_kept(where) as timeline:
        return await timeline.find(query) if timeline else []


async def _forget(where: "Path | str", query: "Query") -> None:
    from ...agents.timeline.opening import open_timeline_if_kept

    async with open_timeline_if_kept(where) as timeline:
        if timeline:
            await timeline.forget(query)


async def _export(where: "Path | str", query: "Query", out: Path | None) -> None:
    from ...agents.timeline.jsonl import export
    from ...agents.timeline.opening import open_timeline_if_kept

    async with open_timeline_if_kept(where) as timeline:
        with _written(out) as file:
            if timeline:
                async with aclosing(export(timeline, query)) as lines:
                    async for line in lines:
                        file.write(line)


async def _import(where: "Path | str", lines: TextIO, file: Path) -> int:
    from ...agents.timeline.jsonl import import_lines
    from ...agents.timeline.opening import open_timeline

    async with open_timeline(where) as timeline:
        try:
            return await import_lines(timeline, lines, f"{file}:")
        except UnicodeDecodeError:
            raise InputError("this is no text in UTF-8", at=str(file), hint="Give what export wrote") from None


def _where(app: Path | None, profile: str) -> "Path | str":
    from ...agents.timeline.opening import place_of

    return place_of(machine(app, profile))


@contextmanager
def _read(file: Path) -> Iterator[TextIO]:
    if str(file) == "-":
        yield sys.stdin
        return
    try:
        opened = file.open(encoding="utf-8-sig")
    except OSError as error:
        raise InputError((error.strerror or "it cannot be read").lower(), at=str(file)) from None
    with opened:
        yield opened


@contextmanager
def _written(out: Path | None) -> Iterator[TextIO]:
    if out is None:
        yield sys.stdout
        return
    from ...tools.base.writing import whole_file

    with whole_file(out) as draft, draft.open("w", encoding="utf-8", newline="\n") as file:
        yield file
    click.echo(f"{out}", err=True)


def _line(entry: "Entry") -> str:
    from datetime import datetime

    from ...tools.base.printable import printable

    when = datetime.fromtimestamp(entry.began).strftime("%Y-%m-%d %H:%M:%S")
    words = "(forgotten)" if entry.forgotten else " ".join(" ".join(map(_part, entry.parts)).split())
    shown = words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"
    return printable(f"{entry.id}  {when}  {entry.who} ({entry.kind}): {shown}".replace("\n", " "))


def _part(part: Any) -> str:
    if part.kind == "text":
        return str(part.text)
    if part.kind == "data":
        return json.dumps(part.data, ensure_ascii=False)
    return f"[{part.media_type or part.kind}{' ' if part.text else ''}{part.text}]"


def _many(number: int) -> str:
    return f"{number} entr{'y' if number == 1 else 'ies'}"
