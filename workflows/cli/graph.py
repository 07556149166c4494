"""`antiphon graph`: a workflow as a picture, drawn offline."""

from pathlib import Path

import click


@click.command()
@click.argument("workflow")
@click.option("--format", "format_", type=click.Choice(["mermaid", "svg"]), help="By default from --out, else mermaid.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file: .svg, .mmd.")
def graph(workflow: str, format_: str | None, out: Path | None) -> None:
    """Draw a workflow: antiphon graph child-tutor --out tutor.svg"""
    from ...tools.base.errors import InputError
    from ...tools.base.writing import whole_file
    from ..spec.drawing import mermaid
    from ..workflow import Workflow

    if out is not None and out.suffix not in (".svg", ".mmd", ".md"):
        raise InputError(
            f"cannot draw to {out.suffix or 'a file without a suffix'!r}", at=str(out), hint="Use .svg or .mmd"
        )
    text = mermaid(Workflow.load(workflow).spec)
    if (format_ or ("svg" if out and out.suffix == ".svg" else "mermaid")) == "svg":
        text = _svg(text)
    if out is None:
        click.echo(text, nl=False)
        return
    with whole_file(out) as draft:
        draft.write_text(text, encoding="utf-8")
    click.echo(f"{out}", err=True)


def _svg(text: str) -> str:
    from ...tools.base.engines import missing

    try:
        import mermaidx
    except ModuleNotFoundError as error:
        raise missing("a picture as SVG", "mermaidx", "graph") from error
    return str(mermaidx.render(text).svg())
