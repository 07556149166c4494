"""What a command makes: to the file it was given, else to standard output."""

from pathlib import Path

import click

out_option = click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file.")


def hand_over(text: str, out: Path | None) -> None:
    """Write a text to `out`, whole or not at all, and say so on standard error; without `out`, print it.

    Raises:
        StorageError: the file cannot be written.
    """
    if out is None:
        click.echo(text, nl=False)
        return
    from ...tools.base.writing import whole_file

    with whole_file(out) as draft:
        draft.write_text(text, encoding="utf-8")
    click.echo(f"{out}", err=True)
