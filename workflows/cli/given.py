"""What several commands are given: the app.yaml, its profile, and files with functions of one's own."""

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ...agents.roles.types import App

app_option = click.option("--app", type=click.Path(path_type=Path), help="The app.yaml to use.")
profile_option = click.option("--profile", default="", metavar="NAME", help="The profile of app.yaml to use.")
python_option = click.option(
    "--python",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    help="A file of yours with tools and functions that the workflow names; it is run. May be given more than once.",
)


def machine(app: Path | None, profile: str = "") -> "App":
    """The app.yaml that counts, under the profile that counts; what else this process reads is held to them, too.

    Raises:
        InputError, FileError: there is no such file or profile, or the file is wrong.
    """
    from ...agents.roles.reading import read_app

    if app is not None:
        os.environ["ANTIPHON_APP"] = str(app)  # what lies beside it, guard rules, counts as well
    read = read_app(app, profile)
    if profile:
        os.environ["ANTIPHON_PROFILE"] = profile
    return read


def again(app: Path | None, profile: str = "") -> str:
    """The same for another command: ` --app app.yaml --profile office`."""
    given = {"--app": str(app) if app is not None else "", "--profile": profile}
    return "".join(f" {name} {shlex.quote(value)}" for name, value in given.items() if value)
