"""`antiphon test`: conversations in files are played, and held against what is expected of them."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .given import app_option, machine, profile_option, python_option

if TYPE_CHECKING:
    from ..testing.outcomes import Outcome
    from ..testing.playing import Job


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("-k", "wanted", default="", metavar="TEXT", help="Only tests with this in their name or their file's.")
@click.option("--real", is_flag=True, help="Ask the models of app.yaml, whatever the scripts say.")
@click.option("--repeat", default=1, type=click.IntRange(1, 1000), metavar="N", help="Play each test so many times.")
@click.option(
    "--at-least",
    default=1.0,
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    help="With --repeat: a test is good where this share of its plays passes, such as 0.8.",
)
@click.option("-x", "--fail-fast", is_flag=True, help="Stop after the first file in which a test fails.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Write JUnit XML, for a build server.")
@app_option
@profile_option
@python_option
@click.pass_context
def test(
    ctx: click.Context,
    paths: tuple[Path, ...],
    wanted: str,
    real: bool,
    repeat: int,
    at_least: float,
    fail_fast: bool,
    as_json: bool,
    junit: Path | None,
    app: Path | None,
    profile: str,
    python: tuple[Path, ...],
) -> None:
    """Play conversations and check what comes of them: antiphon test tests.yaml

    PATHS are files that begin with schema: test/v1, or folders that have some; by default, this folder. A script in the
    file plays the model, unless --real; what changes something outside is not done, but says what the file says.
    Written down while you talk: antiphon chat workflow.yaml --save-test tests.yaml

    Exit status 0: all passed; 1: a test failed; 2: a file is wrong.
    """
    from ..testing.playing import Job
    from ..testing.reading import files_in, read_suite
    from ..testing.reporting import as_data, as_junit, summary

    began, here = time.monotonic(), machine(app, profile)
    read = [read_suite(path, here, python) for path in files_in(paths or (Path(),))]
    files = [[Job(one, i) for i in range(len(one.suite.tests)) if _is_wanted(wanted, one.path, one, i)] for one in read]
    outcomes: list[Outcome] = []
    good = True
    for jobs in filter(None, files):
        played, all_good = asyncio.run(_played(jobs, real, repeat, at_least, as_json))
        outcomes += played
        good = good and all_good
        if fail_fast and not good:
            break
    seconds = time.monotonic() - began
    if junit is not None:
        _write(junit, as_junit(outcomes))
    if as_json:
        click.echo(json.dumps(as_data(outcomes, seconds), ensure_ascii=False, indent=2, default=str))
    else:
        click.echo(summary(outcomes, seconds))
    ctx.exit(0 if good else 1)


def _is_wanted(text: str, path: Path, read: object, number: int) -> bool:
    name: str = read.suite.tests[number].name  # type: ignore[attr-defined]
    return text.casefold() in f"{path} {name}".casefold()


async def _played(
    jobs: "Sequence[Job]", real: bool, repeat: int, at_least: float, quiet: bool
) -> "tuple[list[Outcome], bool]":
    """The tests of one file, each told when it is done; and whether they are good."""
    from ..testing.playing import play_all
    from ..testing.reporting import Rate, lines_of

    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def told(outcome: "Outcome") -> None:
        for line in lines_of(outcome, colour=colour) if not quiet else ():
            click.echo(line)

    if not quiet:
        click.echo(str(jobs[0].read.path))
    outcomes = await play_all([job for job in jobs for _ in range(repeat)], real=real, told=told)
    if repeat == 1:
        return outcomes, all(one.status != "failed" for one in outcomes)
    good = True
    for i in range(0, len(outcomes), repeat):
        plays = [one for one in outcomes[i : i + repeat] if one.status != "skipped"]
        rate = Rate(sum(one.status == "passed" for one in plays), len(plays))
        good = good and (not plays or rate.share >= at_least)
        if not quiet and plays:
            click.echo(f"  {outcomes[i].name}: {rate}")
    return outcomes, good


def _write(path: Path, data: bytes) -> None:
    from ...tools.base.writing import whole_file

    with whole_file(path) as draft:
        draft.write_bytes(data)
