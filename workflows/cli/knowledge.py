"""`antiphon knowledge`: add, list, search and remove documents of one's own; ship a workflow's."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ...tools.base.errors import InputError, MissingExtra, StorageError
from .given import app_option, machine, profile_option

if TYPE_CHECKING:
    from ...agents.roles.types import App
    from ...tools.knowledge.adding import Added
    from ...tools.knowledge.embedding import Embed
    from ...tools.knowledge.search import Found
    from ...tools.knowledge.store import Store

_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.group()
def knowledge() -> None:
    """Documents of your own, Markdown and plain text, which every workflow that wants to may look things up in.

    They are kept on this machine alone.
    """


@knowledge.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--as", "name", default="", metavar="NAME", help="What its sources begin with, not its own name.")
@app_option
@profile_option
def add(paths: tuple[Path, ...], name: str, app: Path | None, profile: str) -> None:
    """Add files, or all documents below folders; only what is new or has changed is read.

    A folder added again takes away the documents whose files are gone. Exit status 1 when some could not be read.
    """
    from ..run.knowledge import OWN

    if name and len(paths) > 1:
        raise InputError("one name for several paths", at="--as", hint="Add them one at a time")
    for path in paths:
        if not path.exists():
            raise InputError("there is no such file or folder", at=str(path), hint="Check the path")
    here = machine(app, profile)
    with _opened(here) as store, _shown() as show, _going_on():
        embed = _embedding(here)
        model = embed.name if embed else ""
        added = [_added(store, path, name, model, show("documents")) for path in paths]
        if embed:
            store.embed([OWN], embed, show("sentences embedded"))
    problems = [problem for one in added for problem in one.problems]
    click.echo(_summary(added))
    for problem in problems:
        click.echo(f"  {problem}")
    if problems:
        sys.exit(1)


@knowledge.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array on stdout.")
@app_option
@profile_option
def list_(as_json: bool, app: Path | None, profile: str) -> None:
    """The documents you added."""
    from ..run.knowledge import OWN

    with _opened(machine(app, profile)) as store:
        path = store.path
        own = store.documents(OWN)
        others = {base: len(store.documents(base)) for base in store.bases() if base != OWN}
    rows = [{key: value for key, value in asdict(one).items() if key not in ("stamp", "hash")} for one in own]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if own:
        _table(rows)
    else:
        click.echo("No document of your own is here. Add some with: antiphon knowledge add PATH", err=True)
    for base, count in others.items():
        click.echo(f"Also indexed, as a run looked into it: {base.removeprefix('folder:')} ({_many(count)})", err=True)
    click.echo(f"File: {path}", err=True)


@knowledge.command()
@click.argument("question")
@click.option("--language", default="", metavar="CODE", help="en, zh, ...; by default that of the question.")
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 50), help="At most so many passages.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.option(
    "--knowledge", "folders", multiple=True, type=click.Path(path_type=Path, exists=True), help="Look there, too."
)
@app_option
@profile_option
def search(
    question: str,
    language: str,
    limit: int,
    as_json: bool,
    folders: tuple[Path, ...],
    app: Path | None,
    profile: str,
) -> None:
    """What your documents say to a question: passages with their score, and whether each is evidence."""
    from ...tools.base.language import language_of

    found = asyncio.run(_found(machine(app, profile), question, language or language_of(question), limit, folders))
    known = any(one.is_evidence for one in found)
    if as_json:
        rows = [asdict(one.passage) | {"score": one.score, "is_evidence": one.is_evidence} for one in found]
        click.echo(json.dumps({"known": known, "passages": rows}, ensure_ascii=False, indent=2))
        return
    if not known:
        click.echo("Nothing here answers that." + (" What comes nearest:" if found else ""))
    for one in found:
        heading = f", {one.passage.heading}" if one.passage.heading else ""
        evidence = "evidence" if one.is_evidence else "no evidence"
        click.echo(f"{one.score:.2f}  {evidence}  {one.passage.title}{heading}  [{one.passage.source}]")
        click.echo(f"      {one.passage.text}")


@knowledge.command()
@click.argument("names", nargs=-1, metavar="[SOURCE|FOLDER...]")
@click.option("--all", "everything", is_flag=True, help="All documents, and the index of every folder.")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@app_option
@profile_option
def remove(names: tuple[str, ...], everything: bool, yes: bool, app: Path | None, profile: str) -> None:
    """Delete documents for good, named as in `antiphon knowledge list`; the files they came from stay."""
    from .asking import agreed

    if bool(names) == everything:
        raise InputError("say what to delete", hint="Give sources or folders, or --all")
    with _opened(machine(app, profile)) as store:
        chosen = _chosen(store, names)
        count = sum(map(len, chosen.values()))
        if not count:
            click.echo("There is nothing to delete.")
            return
        if not yes and not agreed(f"Delete {_many(count)} for good?"):
            raise click.Abort
        for base, sources in chosen.items():
            store.remove(base, sources)
        purged = store.purge()
        path = str(store.path)
    if not purged:
        hint = "They go when it ends; delete once more to be sure"
        raise StorageError("the documents are deleted, but another program still reads their words", at=path, hint=hint)
    click.echo(f"Deleted {_many(count)}.")


@knowledge.command()
@click.argument("folder", type=_FOLDER)
@app_option
@profile_option
def ship(folder: Path, app: Path | None, profile: str) -> None:
    """Write the vectors of a workflow's documents beside them, so that its first run need not make them."""
    from ...agents.opening import open_embed
    from ...tools.base.errors import FileError
    from ...tools.knowledge.adding import add
    from ...tools.knowledge.store import Store
    from ...tools.knowledge.vectors import write_shipped

    embed = open_embed(machine(app, profile))
    with Store() as store, _shown() as show:
        problems = add(store, "", folder, progress=show("documents")).problems
        if problems:
            raise FileError(problems)
        store.embed([""], embed, show("sentences embedded"))
        vectors = store.vectors("")
    path = write_shipped(folder, vectors, embed.dimensions)
    click.echo(f"{path}: {len(vectors)} passages, {path.stat().st_size / 1e6:.1f} MB")


@contextmanager
def _opened(here: "App") -> "Iterator[Store]":
    from ...tools.base.places import knowledge_file
    from ...tools.knowledge.store import Store

    with Store(knowledge_file(here.data)) as store:
        yield store


def _added(store: "Store", path: Path, name: str, model: str, progress: Callable[[int, int], None]) -> "Added":
    from ...tools.knowledge.adding import add
    from ..run.knowledge import OWN

    return add(store, OWN, path, prefix=name.strip("/") or path.resolve().name, model=model, progress=progress)


def _embedding(app: "App") -> "Embed | None":
    from ...agents.opening import open_embed

    try:
        return open_embed(app)
    except MissingExtra as error:
        click.echo(f"Knowledge is searched by words alone: {error}", err=True)
        return None


def _summary(added: "Sequence[Added]") -> str:
    new, changed, gone, same, wrong = (
        sum(len(one.new) for one in added),
        sum(len(one.changed) for one in added),
        sum(len(one.gone) for one in added),
        sum(one.same for one in added),
        sum(len(one.problems) for one in added),
    )
    said = f"{_many(new)} new, {changed} changed, {same} as before"
    said += f", {gone} gone" if gone else ""
    return said + (f"; {wrong} could not be read:" if wrong else "")


async def _found(app: "App", question: str, language: str, limit: int, folders: Sequence[Path]) -> "list[Found]":
    from ..run.knowledge import Knowledge

    def say(line: str) -> None:
        click.echo(line, err=True)

    async with Knowledge(app, folders=folders, tell=say, warn=say) as known:
        search = await known.search(None, own=True)
        if not len(search):
            say("No document of your own is here. Add some with: antiphon knowledge add PATH")
        return await asyncio.to_thread(search.find, question, language, limit)


def _chosen(store: "Store", names: Sequence[str]) -> dict[str, list[str]]:
    """What the names mean, by base; everything where there are none.

    Raises:
        InputError: one means nothing.
    """
    every = {base: [one.source for one in store.documents(base)] for base in store.bases()}
    if not names:
        return every
    chosen: dict[str, list[str]] = {}
    for name in names:
        base, sources = _meant(store, every, name)
        chosen.setdefault(base, []).extend(source for source in sources if source not in chosen[base])
    return chosen


def _meant(store: "Store", every: dict[str, list[str]], name: str) -> tuple[str, list[str]]:
    from ...tools.base.suggest import did_you_mean
    from ...tools.knowledge.store import is_below
    from ..run.knowledge import OWN, base_of

    own, path = every.get(OWN, []), Path(name)
    below = [source for source in own if is_below(source, name.rstrip("/"))] if name.strip("/") else []
    if below:
        return OWN, below
    if store.origin(OWN, path.resolve().name) == str(path.resolve()):
        return OWN, [source for source in own if is_below(source, path.resolve().name)]
    if base_of(path) in every:
        return base_of(path), every[base_of(path)]
    known = {*own, *(source.split("/")[0] for source in own)}
    raise InputError(f"no document or folder is called {name!r}", hint=did_you_mean(name, known))


def _table(rows: Sequence[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("source", "title", "language", "passages", "added"):
        table.add_column(heading, justify="right" if heading == "passages" else "left", overflow="fold")
    for row in rows:
        columns = (row["source"], row["title"], row["language"], str(row["passages"]), row["added"][:10])
        table.add_row(*map(Text, columns))
    Console(width=None if sys.stdout.isatty() else 160).print(table)


@contextmanager
def _shown() -> Iterator[Callable[[str], Callable[[int, int], None]]]:
    """Progress on stderr: of each kind of work a bar, shown from the first step on."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True, highlight=False)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bars:

        def show(what: str) -> Callable[[int, int], None]:
            tasks: list[Any] = []

            def report(done: int, of: int) -> None:
                if not tasks:
                    tasks.append(bars.add_task(what, total=of))
                bars.update(tasks[0], completed=done)

            return report

        yield show


@contextmanager
def _going_on() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        click.echo("\nWhat was done is kept; the same command goes on from there.", err=True)
        raise


def _many(count: int) -> str:
    return f"{count} document" if count == 1 else f"{count} documents"
