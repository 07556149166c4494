"""`antiphon validate`: check workflow files before anything runs."""

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..loading import functions_from
from .given import app_option, profile_option, python_option

if TYPE_CHECKING:
    from ..diagnostics.checking import Checked
    from ..diagnostics.places import Lines

FORMATS = ("text", "json", "sarif", "github")


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", help="What to print.")
@click.option("--strict", is_flag=True, help="Exit status 2 for warnings, too.")
@app_option
@profile_option
@python_option
@click.pass_context
def validate(
    ctx: click.Context,
    files: tuple[str, ...],
    format_: str,
    strict: bool,
    app: Path | None,
    profile: str,
    python: tuple[Path, ...],
) -> None:
    """Check workflow files: every problem with its line, its column and a code.

    FILES are workflow.yaml and app.yaml files, folders (every workflow.yaml below), names of ready-made workflows, or -
    for what comes in. Exit status 0: all are good, or have warnings only; 2: there is an error.
    """
    tools, functions = functions_from(python)
    with _only_what_a_check_needs():
        from ..diagnostics.checking import STDIN, check_all, world
        from ..diagnostics.places import Lines

        stdin = _standard_input() if STDIN in files else ""
        checked = list(check_all(files, world(tools.values(), functions.values(), app, profile), stdin))
        click.echo(_rendered(format_, checked, Lines({"<stdin>": stdin})), nl=False)
    told = [problem for file in checked for problem in file.problems]
    ctx.exit(2 if any(strict or problem.level == "error" for problem in told) else 0)


@contextmanager
def _only_what_a_check_needs() -> Iterator[None]:
    """Save a quarter of the time: the garbage collector would go through all that is imported again and again, CEL
    imports protobuf where it is installed, for values that workflows do not have, and Pydantic looks through every
    installed package for plugins.
    """
    was_on, protobuf, plugins = gc.isenabled(), "google.protobuf", "PYDANTIC_DISABLE_PLUGINS"
    asked_for = os.environ.get(plugins)
    os.environ.setdefault(plugins, "1")
    modules: dict[str, Any] = sys.modules
    kept_out = protobuf not in modules
    gc.disable()
    if kept_out:
        modules[protobuf] = None  # https://docs.python.org/3/reference/import.html#the-module-cache
    try:
        yield
    finally:
        if asked_for is None:
            os.environ.pop(plugins, None)
        if kept_out:
            modules.pop(protobuf, None)
        if was_on:
            gc.enable()


def _rendered(format_: str, checked: "Sequence[Checked]", lines: "Lines") -> str:
    if format_ == "text":
        from shutil import get_terminal_size

        from ..diagnostics.text import as_text

        return as_text(checked, lines, colour=_may_colour(), columns=max(60, get_terminal_size((120, 24)).columns))
    as_machine: Callable[..., str]
    if format_ == "sarif":
        from ..diagnostics.sarif import as_sarif as as_machine
    elif format_ == "github":
        from ..diagnostics.machine import as_github as as_machine
    else:
        from ..diagnostics.machine import as_json as as_machine
    return as_machine(checked, lines)


def _may_colour() -> bool:
    """https://no-color.org: not where it is unwanted, and not into files."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _standard_input() -> str:
    from ...tools.base.errors import InputError
    from ...tools.base.yaml_reading import MAX_BYTES

    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InputError(f"there is more than the {MAX_BYTES:,} bytes that are read", at="standard input")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start} is not UTF-8 text", at="standard input") from None
