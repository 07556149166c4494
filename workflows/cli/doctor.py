"""`antiphon doctor`: what this machine and its model servers can do, and what is missing."""

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .asking import agreed

if TYPE_CHECKING:
    from .checkup import Check

_MARKS = {"ok": ("✓", "green"), "missing": ("✗", "red"), "note": ("·", "yellow")}


@click.command()
@click.option("--app", type=click.Path(path_type=Path), help="The app.yaml to look at.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--deep", is_flag=True, help="Start the embedded model, and ask each endpoint a few questions.")
@click.option("--fix", is_flag=True, help="Bind `chat` to an Ollama, vLLM, SGLang, llama.cpp or LM Studio that runs.")
@click.option("--yes", is_flag=True, help="With --fix: write without asking.")
def doctor(app: Path | None, as_json: bool, deep: bool, fix: bool, yes: bool) -> None:
    """Say what this machine and its model servers can do, and the way out for what is missing.

    Exit status 1 when something that app.yaml binds cannot be used.
    """
    if fix:
        _fix(app, yes=yes)
        return
    from ...agents.roles.reading import read_app, source_of_app
    from .checkup import checkup

    checks = asyncio.run(checkup(read_app(app), source_of_app(app), deep=deep))
    well = not any(check.state == "missing" for check in checks)
    if as_json:
        click.echo(
            json.dumps({"ok": well, "checks": [asdict(check) for check in checks]}, ensure_ascii=False, indent=2)
        )
    else:
        _show(checks)
    if not well:
        sys.exit(1)


def _show(checks: "list[Check]") -> None:
    width = max(len(check.name) for check in checks)
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    for check in checks:
        mark, colour = _MARKS[check.state]
        mark = check.state[:2] if plain else mark
        click.echo(f"{click.style(mark, fg=colour)} {check.name:{width}}  {check.said}")
        if check.way_out:
            click.echo(f"  {'':{width}}  {'->' if plain else '→'} {check.way_out}")


def _fix(app: Path | None, *, yes: bool) -> None:
    from ...agents.models.neighbours import PORTS, neighbours
    from ...agents.roles.binding import bind_chat
    from ...agents.roles.reading import SHIPPED, source_of_app
    from ...tools.base.errors import InputError
    from ...tools.base.places import config_file

    found = [one for one in asyncio.run(neighbours()) if one.models]
    if not found:
        raise InputError(
            f"none of {', '.join(PORTS)} with a chat model answers on this machine",
            hint="Start one (`ollama serve`), or set `base_url` in app.yaml yourself",
        )
    source = source_of_app(app).path
    target = config_file() if source == SHIPPED else source
    before = source.read_text(encoding="utf-8") if source.is_file() else SHIPPED.read_text(encoding="utf-8")
    server = found[0]
    after = bind_chat(before, source, server.base_url, server.models[0])
    click.echo(f"{server.name} runs at {server.base_url} with {', '.join(server.models[:8])}.", err=True)
    if target.is_file() and after == before:
        click.echo(f"{target} binds `chat` to it already.")
        return
    _show_change(before, after, target)
    if yes or agreed(f"Write {target}?"):
        _write(target, after)


def _show_change(before: str, after: str, target: Path) -> None:
    from difflib import unified_diff

    click.echo(
        "".join(unified_diff(before.splitlines(True), after.splitlines(True), "before", str(target))),
        nl=False,
    )


def _write(target: Path, text: str) -> None:
    """Put the file in place; what was there stays beside it as .bak."""
    from ...tools.base.writing import storage_errors, whole_file

    with storage_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_file():
        spare = target.with_name(target.name + ".bak")
        with whole_file(spare) as draft:
            draft.write_bytes(target.read_bytes())
        click.echo(f"The old file is {spare}.", err=True)
    with whole_file(target) as draft:
        draft.write_text(text, encoding="utf-8")
    click.echo(f"Wrote {target}.", err=True)
