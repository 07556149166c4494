"""`antiphon validate`: check workflow files before anything runs."""

import sys
from pathlib import Path

import click


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def validate(files: tuple[Path, ...]) -> None:
    """Check workflow files: every problem with its line and column; exit status 2 if there is one."""
    from ...tools.base.errors import AntiphonError
    from ..workflow import Workflow

    wrong = False
    for file in files:
        try:
            assert Workflow.load(file).links is not None  # its prompts, rules and tools too
        except AntiphonError as error:
            wrong = True
            click.echo(str(error), err=True)
        else:
            click.echo(f"{file}: good")
    if wrong:
        sys.exit(2)
