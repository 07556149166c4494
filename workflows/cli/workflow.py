"""`antiphon run` and `antiphon chat`: a workflow on the terminal."""

import asyncio
import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click

from ...tools.base.errors import InputError
from .inputs import help_of, parse_inputs
from .options import Options, shared
from .turns import Session, open_session, output_of, take_turn

if TYPE_CHECKING:
    from ...agents.events import Event
    from ..spec.types import WorkflowSpec

_CONTEXT = {"ignore_unknown_options": True, "allow_interspersed_args": True}


@click.command(add_help_option=False, context_settings=_CONTEXT)
@shared
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the spoken answer: .wav, .ogg, .mp3 ..."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end and nothing else.")
def run(options: Options, out: Path | None, as_json: bool) -> None:
    """Run a workflow once: antiphon run child-tutor --text "Why is the sky blue?" --age 8

    WORKFLOW is a workflow.yaml or a ready-made workflow: child-tutor. Its inputs are options: --text, --age.
    """
    if options.help_ or not options.workflow:
        return help_of(click.get_current_context(), options.workflow, options.python)
    with ExitStack() as stack:
        session = _session(stack, options, None if as_json else options.verbose)
        session.out = out
        given = parse_inputs(session.workflow.spec, options.inputs)
        _keep_apart(out, given)
        if _asks_nothing(session.workflow.spec, given):
            raise InputError("there is no question", hint='Give --text "..." or --audio FILE')
        events = asyncio.run(take_turn(session, given))
    if as_json:
        click.echo(json.dumps(_summary(events, out), ensure_ascii=False, indent=2))
    return None


@click.command(add_help_option=False, context_settings=_CONTEXT)
@shared
def chat(options: Options) -> None:
    """Talk with a workflow, turn by turn. A line that names a recording is heard; an empty line or Ctrl-D ends.

    WORKFLOW is a workflow.yaml or a ready-made workflow: child-tutor. Its inputs are options: --age.
    """
    if options.help_ or not options.workflow:
        return help_of(click.get_current_context(), options.workflow, options.python)
    with ExitStack() as stack:
        session = _session(stack, options, options.verbose)
        session.thread = uuid4().hex
        _talk(session, parse_inputs(session.workflow.spec, options.inputs))
    return None


def _session(stack: ExitStack, options: Options, verbose: bool | None) -> Session:
    answers = options.answers()
    session = open_session(
        stack,
        options.workflow,
        options.app,
        options.trace,
        verbose,
        profile=options.profile,
        python=options.python,
    )
    session.play, session.knowledge, session.answers = options.play, options.knowledge, answers
    session.record = session.app.record and not options.no_record
    return session


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


def _asks_nothing(spec: "WorkflowSpec", given: dict[str, str]) -> bool:
    """Whether a workflow that wants words or a recording has neither, nor a default for them."""
    wanted = {name: field for name, field in spec.input.items() if name in ("text", "audio")}
    there = (str(given.get(name, field.default or "")).strip() for name, field in wanted.items())
    return bool(wanted) and not any(there)


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
