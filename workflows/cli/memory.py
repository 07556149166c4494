"""`antiphon memory`: what workflows keep of what people said, to be seen and deleted."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...tools.base.errors import InputError
from .asking import agreed
from .given import app_option, machine, profile_option

if TYPE_CHECKING:
    from ...agents.memory.notes import Note, Notes

_WORKFLOW = click.option("--workflow", default="", metavar="NAME", help="Only what this workflow kept.")
_SUBJECT = click.option("--subject", default="", metavar="TEXT", help="Only what is about this.")


@click.group()
def memory() -> None:
    """What workflows keep with their `remember` nodes: list it, forget it.

    It lies on this machine alone.
    """


@memory.command("list")
@click.argument("words", nargs=-1)
@_WORKFLOW
@_SUBJECT
@click.option("--json", "as_json", is_flag=True, help="One JSON array on stdout.")
@app_option
@profile_option
def list_(words: tuple[str, ...], workflow: str, subject: str, as_json: bool, app: Path | None, profile: str) -> None:
    """Every note, the earliest first, or those with all of WORDS."""
    notes = _notes(app, profile)
    found = notes.all(workflow=_name(workflow), subject=subject, words=words)
    if as_json:
        rows = [asdict(note) | {"when": note.when.isoformat()} for note in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for note in found:
        click.echo(_line(note))
    if not found:
        click.echo("Nothing is kept." if not (words or workflow or subject) else "Nothing like that is kept.", err=True)
    click.echo(f"File: {notes.path}. Delete with: antiphon memory forget NUMBER", err=True)


@memory.command()
@click.argument("numbers", nargs=-1, type=int)
@_WORKFLOW
@_SUBJECT
@click.option("--all", "everything", is_flag=True, help="Everything, of every workflow.")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@app_option
@profile_option
def forget(
    numbers: tuple[int, ...], workflow: str, subject: str, everything: bool, yes: bool, app: Path | None, profile: str
) -> None:
    """Delete notes for good: by their NUMBERS, by workflow, by subject, or everything."""
    if bool(numbers) + bool(workflow or subject.strip()) + everything != 1:
        raise InputError("say what to delete", hint="Give numbers, or --workflow and --subject, or --all")
    notes = _notes(app, profile)
    found = _chosen(notes, numbers) if numbers else notes.all(workflow=_name(workflow), subject=subject)
    if not found:
        click.echo("There is nothing to delete.")
        return
    if not yes:
        for note in found[:10]:
            click.echo(_line(note), err=True)
        if len(found) > 10:
            click.echo(f"... and {len(found) - 10} more", err=True)
        if not agreed(f"Delete {_many(found)} for good?"):
            raise click.Abort
    notes.delete([note.id for note in found])
    click.echo(f"Deleted {_many(found)}.")


def _chosen(notes: "Notes", numbers: tuple[int, ...]) -> "list[Note]":
    found = {note.id: note for note in notes.all()}
    missing = [number for number in numbers if number not in found]
    if missing:
        raise InputError(f"there is no note {missing[0]}", hint="antiphon memory list shows their numbers")
    return [found[number] for number in dict.fromkeys(numbers)]


def _notes(app: Path | None, profile: str) -> "Notes":
    from ...agents.memory.notes import FILE, Notes

    return Notes(machine(app, profile).data / FILE)


def _name(workflow: str) -> str:
    """A workflow's own name; people may write that of its folder."""
    return workflow.replace("-", "_")


def _line(note: "Note") -> str:
    from ...tools.base.printable import printable

    when = note.when.astimezone().strftime("%Y-%m-%d %H:%M")
    store = "" if note.store == "notes" else f"/{note.store}"
    subject = f"{note.subject}: " if note.subject else ""
    return printable(f"{note.id:>4}  {when}  {note.workflow}{store}  {subject}{' '.join(note.text.split())}")


def _many(notes: "Sequence[Note]") -> str:
    return f"{len(notes)} note{'' if len(notes) == 1 else 's'}"
