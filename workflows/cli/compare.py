"""`antiphon compare`: strategies side by side on a set of questions."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from ...tools.base.errors import AntiphonError, InputError
from .given import app_option, machine, profile_option

if TYPE_CHECKING:
    from ...agents.roles.types import App
    from ..compare.comparing import Comparison
    from ..compare.data import Item
    from ..compare.figures import Figures
    from ..compare.plans import Row
    from ..compare.records import Record, Records

_FILE = click.Path(path_type=Path, dir_okay=False)


@dataclass(frozen=True, slots=True)
class _Options:
    """What the command is given, beside the files it reads."""

    role: Literal["chat", "fast", "guard"]
    tools: tuple[str, ...]
    max_tokens: int
    parallel: int
    cache: bool


@click.command()
@click.argument("data", required=False, type=_FILE)
@click.option(
    "--strategies",
    default="",
    metavar="LIST",
    help="Names with commas between, each with settings if need be: direct,self_consistency:samples=8:temperature=0.5. "
    "The others are held against the first.",
)
@click.option("--plans", type=_FILE, help="A YAML file of plans by name, each as under `plan` in a workflow file.")
@click.option(
    "--scorer",
    default="exact",
    metavar="NAME",
    help="For lines without one: exact (default), number, contains, choice.",
)
@click.option("--language", default="en", metavar="CODE", help="For lines without one: en (default) or zh.")
@click.option(
    "--role", type=click.Choice(["chat", "fast", "guard"]), default="chat", help="The model role that is asked."
)
@click.option(
    "--tools", default="", metavar="LIST", help="Names of tools any workflow may use, for strategies that act."
)
@click.option(
    "--max-tokens", type=click.IntRange(1), default=512, help="The longest reply of the model; 512 by default."
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the first N questions.")
@click.option("--seed", type=click.IntRange(0), help="For strategies that sample and have no seed of their own.")
@click.option(
    "--parallel",
    type=click.IntRange(1, 256),
    default=1,
    help="So many questions at a time; the seconds then include waiting for one another.",
)
@click.option("--records", type=_FILE, help="Where answers are written at once. Default: beside DATA, *.records.jsonl.")
@click.option("--json", "json_", type=_FILE, help="Write the figures as JSON.")
@click.option("--picture", type=_FILE, help="Draw accuracy over tokens, as SVG.")
@click.option("--no-cache", is_flag=True, help="Ask the model everything anew, and keep no replies of it.")
@click.option("--forget-cache", is_flag=True, help="Remove the model's replies kept by earlier comparisons.")
@app_option
@profile_option
def compare(
    data: Path | None,
    strategies: str,
    plans: Path | None,
    scorer: str,
    language: str,
    limit: int | None,
    seed: int | None,
    records: Path | None,
    json_: Path | None,
    picture: Path | None,
    forget_cache: bool,
    app: Path | None,
    profile: str,
    role: Literal["chat", "fast", "guard"],
    tools: str,
    max_tokens: int,
    parallel: int,
    no_cache: bool,
) -> None:
    """Answer the questions of DATA by several strategies, and tell which is right how often, and at what price.

    DATA has a JSON object on each line: question, answer (or a list of right ones), and if need be scorer, id,
    instructions, language.

    antiphon compare sums.jsonl --scorer number --strategies direct,chain_of_thought,self_consistency:samples=4

    Stopped with Ctrl-C, the same command goes on where it was.

    What stays on this machine: the answers, in the file of --records; and every reply of the model, in Antiphon's data
    folder, where only you can read it, up to 200 MB. With that, strategies share what they ask alike, and a changed one
    asks only what is new. --no-cache keeps no replies, --forget-cache removes them.
    """
    machine_ = machine(app, profile)
    if forget_cache:
        _forget(machine_)
    if data is None:
        if forget_cache:
            return
        raise InputError("no questions are named", at="DATA", hint="Name a file with lines of JSON: sums.jsonl")

    from ..compare.data import read_items
    from ..compare.plans import rows_of
    from ..compare.records import Records

    items = read_items(data, scorer=_known_scorer(scorer), language=language, limit=limit)
    rows = rows_of(_names(strategies), plans, seed=seed)
    _writable(records, json_, picture)
    options = _Options(role, _names(tools), max_tokens, parallel, not no_cache)
    told = _figures(items, rows, Records(records or data.with_suffix(".records.jsonl")), machine_, options)
    _show(told, data, machine_, options, json_, picture)


def _names(given: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in given.split(",") if one.strip())


def _known_scorer(name: str) -> str:
    from ...tools.base.suggest import did_you_mean
    from ..compare.scoring import SCORERS

    if name not in SCORERS:
        raise InputError(f"there is no scorer {name!r}", at="--scorer", hint=did_you_mean(name, SCORERS))
    return name


def _writable(*files: Path | None) -> None:
    """Before hours of work, not after them."""
    for file in files:
        if file is not None and not file.absolute().parent.is_dir():
            hint = f"Create {file.absolute().parent} first"
            raise InputError("cannot write: the folder does not exist", at=str(file), hint=hint)


def _forget(app: "App") -> None:
    from ...agents.models.replies import file_of, forget

    there = forget(app.data)
    click.echo("the kept replies are removed" if there else f"no replies are kept in {file_of(app.data)}", err=True)


def _figures(
    items: Sequence["Item"], rows: Sequence["Row"], records: "Records", app: "App", options: _Options
) -> list["Figures"]:
    from ..compare.comparing import Comparison
    from ..compare.figures import figures_of

    settings = (str(options.max_tokens), *options.tools)
    what = Comparison(items, rows, _model(app, options.role), settings)
    try:
        done = asyncio.run(_compared(what, records, app, options))
    except (AntiphonError, KeyboardInterrupt):
        if records.added:
            click.echo(f"{records.added} answers are kept in {records.path}; the same command goes on there", err=True)
        raise
    return figures_of(items, [row.name for row in rows], done)


async def _compared(
    what: "Comparison", records: "Records", app: "App", options: _Options
) -> dict[tuple[str, str], "Record"]:
    from contextlib import AsyncExitStack

    from ...agents.models.replies import open_replies
    from ...agents.opening import open_chat
    from ..compare.answering import Agents, warm
    from ..compare.comparing import compare as compared
    from .compare_screen import Screen

    async with AsyncExitStack() as stack:
        screen = stack.enter_context(Screen(what))
        chat = await stack.enter_async_context(open_chat(app, options.role, progress=screen.say))
        replies = await stack.enter_async_context(open_replies(app.data)) if options.cache else None
        answer = Agents(app, options.tools, options.max_tokens)
        await warm(answer, chat)
        return await compared(what, answer, chat, records, replies=replies, parallel=options.parallel, tell=screen.tell)


def _model(app: "App", name: Literal["chat", "fast", "guard"]) -> str:
    """Names the model: whoever binds the role to another asks another."""
    from ...agents.opening import bound_to

    role = bound_to(app, name)
    return f"{getattr(role, 'base_url', '')} {getattr(role, 'model', '')}".strip()


def _show(
    rows: Sequence["Figures"], data: Path, app: "App", options: _Options, json_: Path | None, picture: Path | None
) -> None:
    from ...tools.base.writing import whole_file
    from ..compare.figures import as_dict
    from ..compare.picture import picture as drawn
    from ..compare.table import notes_of
    from .compare_screen import show

    show(rows)
    for note in notes_of(rows):
        click.echo(note, err=True)
    model, count = _model(app, options.role), rows[0].count
    if json_ is not None:
        told = {"data": data.name, "model": model, "items": count, "strategies": [as_dict(row) for row in rows]}
        with whole_file(json_) as draft:
            draft.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if picture is not None:
        about = f"{model.split()[-1] if model else ''} · {count} questions · 95 % intervals"
        with whole_file(picture) as draft:
            draft.write_text(drawn(rows, title=f"Strategies on {data.name}", about=about), encoding="utf-8")
