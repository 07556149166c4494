"""`antiphon graph`: a workflow as a picture, drawn offline."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .output import hand_over

if TYPE_CHECKING:
    from ..spec.types import WorkflowSpec


@click.command()
@click.argument("workflow")
@click.option("--format", "format_", type=click.Choice(["mermaid", "svg"]), help="By default from --out, else mermaid.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file: .svg, .mmd.")
@click.option(
    "--run",
    "trace",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Paint on what a run did: the file that `antiphon run --trace` wrote; of several runs the last.",
)
def graph(workflow: str, format_: str | None, out: Path | None, trace: Path | None) -> None:
    """Draw a workflow: antiphon graph child-tutor --out tutor.svg

    With --run, what has run has a green border, with how often and how long; amber is what never ended, red what
    failed, dashed what was not reached.
    """
    from ...tools.base.errors import InputError
    from ..spec.drawing import mermaid
    from ..spec.painting import NOTHING, painting_of

    if out is not None and out.suffix not in (".svg", ".mmd", ".md"):
        raise InputError(
            f"cannot draw to {out.suffix or 'a file without a suffix'!r}", at=str(out), hint="Use .svg or .mmd"
        )
    spec = _drawable(workflow)
    text = mermaid(spec, painting_of(spec, read_run(trace, spec.name)) if trace else NOTHING)
    if (format_ or ("svg" if out and out.suffix == ".svg" else "mermaid")) == "svg":
        text = _svg(text)
    hand_over(text, out)


def _drawable(name: str) -> "WorkflowSpec":
    """What can be drawn: the parts are there and lead to each other; other mistakes do not spoil a picture."""
    from ...tools.base.errors import FileError
    from ..spec.reading import check_workflow, find
    from ..workflow import known

    source, problems = check_workflow(find(name), known())
    spoiling = [one for one in problems if one.level == "error" and (source is None or one.code == "E301")]
    if source is None or spoiling:
        raise FileError(spoiling)
    return source.spec


def read_run(path: Path, workflow: str) -> list[dict[str, Any]]:
    """The events of the last run in a trace.

    Raises:
        InputError: there is no such file, a line of it is no event, or no run of this workflow begins in it.
    """
    from ...tools.base.errors import InputError

    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise InputError("this is no text", at=str(path), hint=_HINT) from None
    except OSError as error:
        raise InputError((error.strerror or str(error)).lower(), at=str(path), hint=_HINT) from None
    events = [_event(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]
    begins = [i for i, event in enumerate(events) if event["event"] == "RunStarted"]
    if not begins:
        raise InputError("no run begins in this file", at=str(path), hint=_HINT)
    found = events[begins[-1] :]
    if found[0].get("workflow") != workflow:
        hint = f"Draw that workflow, or give a trace of {workflow!r}"
        raise InputError(f"this is a run of {found[0].get('workflow')!r}", at=str(path), hint=hint)
    return found


_HINT = "Give the file that `antiphon run ... --trace FILE` wrote"


def _event(line: str, at: str) -> dict[str, Any]:
    from ...tools.base.errors import InputError

    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        raise InputError("this line is not JSON", at=at, hint=_HINT) from None
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        raise InputError("this line is no event of a run", at=at, hint=_HINT)
    return event


def _svg(text: str) -> str:
    from ...tools.base.engines import missing

    try:
        import mermaidx
    except ModuleNotFoundError as error:
        raise missing("a picture as SVG", "mermaidx", "graph") from error
    return str(mermaidx.render(text).svg())
