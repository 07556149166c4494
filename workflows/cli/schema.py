"""`antiphon schema`: what editors need to complete and check the files."""

from pathlib import Path

import click

from .output import hand_over, out_option


@click.command()
@click.argument("file", type=click.Choice(["workflow", "app", "test"]), default="workflow")
@click.option("--install", is_flag=True, help="Set up the editor for every workflow and app file in this folder.")
@out_option
def schema(file: str, install: bool, out: Path | None) -> None:
    """Print the JSON Schema (2020-12) of workflow.yaml, app.yaml or a file of tests, made from its types.

    With --install, all are written to .antiphon/schema/, and each such file here and below gets a comment
    at its top, by which editors with a YAML language server find them. Nothing else in the files changes.
    """
    from ..export import installing

    if install:
        for said in installing.install(Path()):
            click.echo(said, err=True)
        return
    hand_over(installing.text_of(file), out)
