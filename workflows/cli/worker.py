"""`antiphon worker`: work at the runs that wait in the queue of a Postgres database."""

from pathlib import Path

import click

from .given import app_option, machine, profile_option


@click.command()
@app_option
@profile_option
@click.option("--queue", default="antiphon", show_default=True, metavar="NAME", help="The queue to take runs from.")
@click.option(
    "--concurrency",
    type=click.IntRange(1, 1000),
    metavar="N",
    help="Runs at once on each worker of this queue: all of them go by what the last one was given.  [default: 4]",
)
@click.option(
    "--total",
    type=click.IntRange(0, 100_000),
    metavar="N",
    help="Runs at once on all workers of the queue together; 0 for no limit.  [default: no limit]",
)
@click.option(
    "--grace",
    default=30.0,
    show_default=True,
    type=click.FloatRange(0, 86_400),
    metavar="SECONDS",
    help="How long runs may take to end once the worker is told to stop.",
)
def worker(
    app: Path | None, profile: str, queue: str, concurrency: int | None, total: int | None, grace: float
) -> None:
    """Work at the runs that wait in the queue of the Postgres database under `storage.url` in app.yaml.

    Start as many as you like, on any machine that reaches the database. When one dies, the others go on with its runs
    after about 10 seconds. Ctrl-C or SIGTERM: it takes no more, ends what it can, and hands the rest back. A second
    one ends it at once.
    """
    import asyncio

    from ..worker.serving import serve
    from ..worker.types import Limits

    asyncio.run(serve(machine(app, profile), Limits(queue, concurrency, total), say=_say, grace_s=grace))


def _say(line: str) -> None:
    click.echo(f"worker: {line}", err=True)
