"""`antiphon run` and `antiphon chat`: a workflow on the terminal."""

import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click

from ...tools.base.errors import InputError
from .inputs import help_of, parse_inputs
from .turns import Session, open_session, output_of, take_turn

if TYPE_CHECKING:
    from ...agents.events import Event

_OPTIONS = [
    click.argument("workflow", required=False, default=""),
    click.argument("inputs", nargs=-1, type=click.UNPROCESSED),
    click.option("--play", is_flag=True, help="Play the answer through the loudspeaker."),
    click.option(
        "--trace", type=click.Path(path_type=Path, dir_okay=False), help="Write every event as a line of JSON."
    ),
    click.option("--app", type=click.Path(path_type=Path), help="The app.yaml to use."),
    click.option("--verbose", is_flag=True, help="Show sentences that were rewritten or dropped, and why."),
    click.option(
        "--knowledge",
        type=click.Path(path_type=Path, exists=True),
        multiple=True,
        help="A folder of Markdown or text to look things up in, too; may be given more than once.",
    ),
    click.option("--no-record", is_flag=True, help="Keep nothing of this for `antiphon tutor report`."),
    click.option(
        "-h", "--help", "help_", is_flag=True, help="Show this help; after a workflow's name, its inputs too."
    ),
]


def _with_options(command: Any) -> Any:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_CONTEXT = {"ignore_unknown_options": True, "allow_interspersed_args": True}


@click.command(add_help_option=False, context_settings=_CONTEXT)
@_with_options
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the spoken answer: .wav, .ogg, .mp3 ..."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end and nothing else.")
@click.pass_context
def run(
    ctx: click.Context,
    workflow: str,
    inputs: Sequence[str],
    play: bool,
    trace: Path | None,
    app: Path | None,
    verbose: bool,
    knowledge: tuple[Path, ...],
    no_record: bool,
    help_: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Run a workflow once: antiphon run child-tutor --text "Why is the sky blue?" --age 8

    WORKFLOW is a workflow.yaml or a ready-made workflow: child-tutor. Its inputs are options: --text, --age.
    """
    if help_ or not workflow:
        return help_of(ctx, workflow)
    with ExitStack() as stack:
        session = open_session(stack, workflow, app, trace, None if as_json else verbose)
        session.out, session.play = out, play
        session.record, session.knowledge = session.app.record and not no_record, knowledge
        given = parse_inputs(session.workflow.spec, inputs)
        _keep_apart(out, given)
        if (
            not given.get("text", "").strip()
            and not given.get("audio")
            and {"text", "audio"} & {*session.workflow.spec.input}
        ):
            raise InputError("there is no question", hint='Give --text "..." or --audio FILE')
        events = asyncio.run(take_turn(session, given))
    if as_json:
        click.echo(json.dumps(_summary(events, out), ensure_ascii=False, indent=2))
    return None


@click.command(add_help_option=False, context_settings=_CONTEXT)
@_with_options
@click.pass_context
def chat(
    ctx: click.Context,
    workflow: str,
    inputs: Sequence[str],
    play: bool,
    trace: Path | None,
    app: Path | None,
    verbose: bool,
    knowledge: tuple[Path, ...],
    no_record: bool,
    help_: bool,
) -> None:
    """Talk with a workflow, turn by turn. A line that names a recording is heard; an empty line or Ctrl-D ends.

    WORKFLOW is a workflow.yaml or a ready-made workflow: child-tutor. Its inputs are options: --age.
    """
    if help_ or not workflow:
        return help_of(ctx, workflow)
    with ExitStack() as stack:
        session = open_session(stack, workflow, app, trace, verbose)
        session.play, session.conversation = play, uuid4().hex
        session.record, session.knowledge = session.app.record and not no_record, knowledge
        _talk(session, parse_inputs(session.workflow.spec, inputs))
    return None


def _talk(session: Session, inputs: dict[str, Any]) -> None:
    from ...agents.models.chat import Message
    from ...tools.base.errors import AntiphonError

    while line := _asked():
        try:
            said = {"audio": line} if _names_a_file(line) else {"text": _utf8(line)}
            events = asyncio.run(take_turn(session, inputs | said))
        except AntiphonError as error:  # a turn that fails does not end the conversation
            click.echo(f"antiphon: {error}", err=True)
            continue
        output = output_of(events)
        session.history += [
            Message("user", str(output.get("question", line))),
            Message("assistant", str(output.get("answer", ""))),
        ]


def _asked() -> str:
    if sys.stdin.isatty():
        click.echo("\nyou      ", nl=False, err=True)
    return sys.stdin.readline().strip()


def _names_a_file(line: str) -> bool:
    try:
        return Path(line).is_file()
    except (OSError, ValueError):  # too long for a name, or no name at all
        return False


def _utf8(line: str) -> str:
    try:
        line.encode()
    except UnicodeEncodeError:
        raise InputError("this line is not UTF-8 text") from None
    return line


def _keep_apart(out: Path | None, given: dict[str, str]) -> None:
    """Refuse to write the answer over the question."""
    question = Path(given.get("audio", ""))
    if out is not None and out.exists() and question.exists() and out.samefile(question):
        raise InputError("this is the recording of the question", at=str(out), hint="Give --out another name")


def _summary(events: "list[Event]", out: Path | None) -> dict[str, Any]:
    from ...agents.events import Guarded, Heard, as_dict
    from ..run.timings import timings

    times = timings(events)
    heard = next((as_dict(event) for event in events if isinstance(event, Heard)), None)
    guarded = next((as_dict(event) for event in events if isinstance(event, Guarded)), None)
    return {
        **output_of(events),
        "heard": heard,
        "guarded": guarded,
        "seconds": {name: round(seconds, 3) for name, seconds in times.parts},
        "first_sound_s": times.first_sound_s,
        "last_written_s": times.last_written_s,
        "total_s": round(times.total_s, 3),
        "sound": str(out) if out else None,
    }
