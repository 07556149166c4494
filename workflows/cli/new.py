"""`antiphon new`: a project to begin with."""

import shlex
from pathlib import Path

import click


@click.command()
@click.argument("name", required=False, type=click.Path(path_type=Path))
@click.option("--template", default="chat", metavar="NAME", help="What it begins with; --list shows them.")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", help="Of its texts, comments and README.")
@click.option("--list", "listed", is_flag=True, help="Show the templates.")
def new(name: Path | None, template: str, language: str, listed: bool) -> None:
    """Make a project folder: a workflow, an app.yaml, a test and a README.

    antiphon new my-tutor --template voice
    """
    from ...tools.base.errors import InputError
    from ..templates.making import TEMPLATES, make

    if listed:
        for one, about in TEMPLATES.items():
            click.echo(f"{one:<10} {about}")
        return
    if name is None:
        raise InputError("the project has no name", hint="antiphon new my-project --template chat")
    files = make(name, template, language)
    for file in files:
        click.echo(f"{name / file}")
    own = " --python tools.py" if "tools.py" in files else ""
    said = shlex.quote("三个本子" if language == "zh" else "Three notebooks") if own else '"..."'
    click.echo(
        f"\nNext:\n  cd {shlex.quote(str(name))}\n  antiphon validate workflow.yaml{own}\n"
        f"  antiphon run workflow.yaml{own} --text {said}\n  antiphon test{own}\nREADME.md says more.",
        err=True,
    )
