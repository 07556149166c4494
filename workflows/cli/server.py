"""`antiphon serve-model`: the embedded model servers that run on this machine."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ...agents.models.embedded.server import Status


@click.group()
def server() -> None:
    """The embedded model servers: they start when needed, are shared by every command, and end when idle."""


@server.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
def status(as_json: bool) -> None:
    """Show the servers that run now."""
    from ...agents.models.embedded.server import status

    _show(status(), as_json, "No embedded server runs. One starts when a workflow first needs it.")


@server.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON list of those that were stopped.")
def stop(as_json: bool) -> None:
    """Stop every server and give back its memory."""
    from ...agents.models.embedded.server import stop_all

    _show(stop_all(), as_json, "No embedded server runs.", "stopped ")


def _show(found: "list[Status]", as_json: bool, nothing: str, did: str = "") -> None:
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
        return
    for one in found:
        memory = f"{one.memory / 1e6:,.0f} MB" if one.memory is not None else "memory not known"
        address = one.address or "loading"
        click.echo(f"{did}{one.model}: process {one.pid}, {address}, {memory}, idle for {one.idle_s:.0f} s")
    if not found:
        click.echo(nothing)
