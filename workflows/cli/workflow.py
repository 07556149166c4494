"""`antiphon run` and `antiphon chat`: a workflow on the terminal."""

import asyncio
import json
import shlex
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ...tools.base.errors import InputError
from ...tools.base.ids import short_id
from .inputs import help_of, parse_inputs
from .options import Options, shared
from .runs_told import WAITS, paused_as_json
from .turns import Session, open_session, take_turn, waits

if TYPE_CHECKING:
    from ..spec.types import WorkflowSpec

_CONTEXT = {"ignore_unknown_options": True, "allow_interspersed_args": True}


@click.command(add_help_option=False, context_settings=_CONTEXT)
@shared
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the spoken answer: .wav, .ogg, .mp3 ..."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end and nothing else.")
@click.option("--enqueue", is_flag=True, help="Let a worker run it: antiphon worker. Needs Postgres.")
@click.option(
    "--priority",
    default=0,
    type=click.IntRange(-999_999, 999_999),
    metavar="N",
    help="With --enqueue: before runs of a smaller number.",
)
def run(options: Options, out: Path | None, as_json: bool, enqueue: bool, priority: int) -> None:
    """Run a workflow once: antiphon run child-tutor --text "Why is the sky blue?" --age 8

    WORKFLOW is a workflow.yaml or a ready-made workflow: child-tutor. Its inputs are options: --text, --age.
    Exit status 3: it waits for a person, and `antiphon runs resume` goes on with it.
    """
    from .summary import summary

    if options.help_ or not options.workflow:
        return help_of(click.get_current_context(), options.workflow, options.python)
    with ExitStack() as stack:
        session = _session(stack, options, None if as_json else options.verbose)
        session.out = out
        given = parse_inputs(session.workflow.spec, options.inputs)
        _keep_apart(out, given)
        if _asks_nothing(session.workflow.spec, given):
            raise InputError("there is no question", hint='Give --text "..." or --audio FILE')
        if enqueue:
            return _enqueue(session, given, priority)
        events = asyncio.run(take_turn(session, given))
    if as_json:
        told = paused_as_json(events) if waits(events) else summary(events, out)
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    if waits(events):
        click.get_current_context().exit(WAITS)
    return None


@click.command(add_help_option=False, context_settings=_CONTEXT)
@shared
@click.option("--thread", default="", metavar="NAME", help="Go on with the conversation of that name, or begin one.")
def chat(options: Options, thread: str) -> None:
    """Talk with a workflow, turn by turn. A line that names a recording is heard; an empty line or Ctrl-D ends.

    WORKFLOW is a workflow.yaml or a ready-made workflow: child-tutor. Its inputs are options: --age.
    """
    if options.help_ or not options.workflow:
        return help_of(click.get_current_context(), options.workflow, options.python)
    with ExitStack() as stack:
        session = _session(stack, options, options.verbose)
        session.thread = thread or short_id()
        if _talk(session, parse_inputs(session.workflow.spec, options.inputs)) and session.keeps:
            name = shlex.quote(session.thread)
            click.echo(
                f"kept     go on with: antiphon chat {options.workflow} --thread {name}{session.again}", err=True
            )
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
    session.record = session.keeps = session.app.record and not options.no_record
    if options.save_test is not None:
        _record(stack, session, options.save_test)
    return session


def _record(stack: ExitStack, session: Session, path: Path) -> None:
    """Listen to the turns, and write them as a test when all is over."""
    from ..testing.recording import Recording
    from ..testing.saving import ready, save

    ready(path, session.workflow)
    recording = session.recording = Recording()

    def saved() -> None:
        if recording.turns:
            name = save(path, recording.case(), session.workflow)
            session.tell([f"test     {name!r} is in {path}; play it with: antiphon test {shlex.quote(str(path))}"])

    stack.callback(saved)


def _talk(session: Session, inputs: dict[str, Any]) -> int:
    """How many turns there were."""
    from ...tools.base.errors import AntiphonError

    turns = 0
    while line := _asked():
        try:
            said = {"audio": line} if _names_a_file(line) else {"text": _utf8(line)}
            asyncio.run(take_turn(session, inputs | said))
        except AntiphonError as error:  # a turn that fails does not end the conversation
            click.echo(f"antiphon: {error}", err=True)
            continue
        turns += 1
    return turns


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


def _enqueue(session: Session, given: dict[str, str], priority: int) -> None:
    """Let a run wait for a worker."""
    id = asyncio.run(_enqueued(session, given, priority))
    click.echo(f"queued   look at it with: antiphon runs show {id}{session.again}", err=True)
    click.echo(id)


async def _enqueued(session: Session, given: dict[str, str], priority: int) -> str:
    from ..run.demanding import held_to
    from ..run.inputs import checked_input
    from ..run.keeping import begin
    from ..storage.store import open_store
    from ..worker.queueing import open_queue
    from ..worker.types import database_of

    database_of(session.app)  # whoever has none is told before anything is made
    values = checked_input(session.workflow.spec, given)
    held_to(session.workflow, session.app.policy)
    options = {"spoken": False, "knowledge": [str(one.resolve()) for one in session.knowledge]}
    async with open_store(session.app) as store, open_queue(store) as queue:
        row = await begin(
            store, session.workflow, values, thread=session.thread, status="queued", priority=priority, options=options
        )
        await queue.add(row)
    return row.id
