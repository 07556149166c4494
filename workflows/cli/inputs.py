"""A workflow's declared inputs as options of the command line."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from ...tools.base.errors import InputError
from ...tools.base.suggest import did_you_mean
from ..loading import functions_from
from ..spec.types import WorkflowSpec
from .options import NAMES


def parse_inputs(spec: WorkflowSpec, arguments: Sequence[str]) -> dict[str, str]:
    """`--age 8 --text=hello` for the inputs the workflow declares; their types are checked by the run.

    Raises:
        InputError: an option the workflow does not have, one without a value, or a stray word.
    """
    values: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--"):
            raise InputError(f"what is {word!r}?", hint=f"Give inputs as options: {_options(spec)}")
        name, has_value, value = word[2:].replace("-", "_", 1).partition("=")
        if name not in spec.input:
            options = [f"--{option}" for option in (*spec.input, *NAMES, "out", "json")]
            raise InputError(f"there is no option --{name}", hint=did_you_mean(f"--{name}", options))
        if not has_value:
            if not rest:
                raise InputError(f"--{name} has no value")
            value = rest.pop(0)
        values[name] = value
    return values


def help_of(ctx: click.Context, workflow: str, python: Iterable[Path] = ()) -> None:
    """The command's help and, after a workflow's name, what that workflow takes."""
    click.echo(ctx.command.get_help(ctx))
    if workflow:
        from ..workflow import Workflow

        tools, functions = functions_from(python)
        spec = Workflow.load(workflow, tools=tools.values(), functions=functions.values()).spec
        formatter = ctx.make_formatter()
        with formatter.section(f"Inputs of {workflow}"):
            formatter.write_dl([(f"--{name} {field.type.upper()}", _line(field)) for name, field in spec.input.items()])
        click.echo("\n" + formatter.getvalue().rstrip())
    else:
        from ..spec.reading import library

        click.echo("\nReady-made workflows: " + ", ".join(library()))


def _line(field: Any) -> str:
    default = "" if field.default in (None, "") else f" [default: {field.default}]"
    return f"{field.about}{default}"


def _options(spec: WorkflowSpec) -> str:
    return ", ".join(f"--{name}" for name in spec.input)
