"""Tests are played: turn after turn, apart from all that is kept on this machine."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ...agents.events import Event
from ...tools.base.errors import AntiphonError, LimitReached
from .judging import problems_of
from .outcomes import Outcome, Turned
from .reading import Read
from .scripts import Script, StandIn
from .types import Case, Exchange

if TYPE_CHECKING:
    from ...agents.roles.types import App
    from ..compile.step import Question
    from ..run.conversation import Conversation
    from ..workflow import Workflow

AT_ONCE = 8
"""So many tests are played side by side, where a script plays the model."""
NEEDS_MODEL = "it asks a model: give it a script, or run it with --real"


_ONE_LEFT = "1 reply of the script was not asked for:"


@dataclass(frozen=True, slots=True)
class Job:
    """A test to be played.

    Attributes:
        read: The file it is in.
        number: Its place there, from 0.
    """

    read: Read
    number: int

    @property
    def case(self) -> Case:
        """What is said in it."""
        return self.read.suite.tests[self.number]

    @property
    def workflow(self) -> "Workflow":
        """What it is about."""
        return self.read.workflows[self.number]


async def play_all(jobs: Sequence[Job], *, real: bool, told: Callable[[Outcome], None]) -> list[Outcome]:
    """Play tests, side by side where no real model is asked; each is told when it and all before it are done."""
    gate = asyncio.Semaphore(1 if real else AT_ONCE)
    for workflow in {id(job.workflow): job.workflow for job in jobs}.values():
        await asyncio.to_thread(lambda one: one.graph, workflow)  # so that no test is charged with it

    async def one(job: Job) -> Outcome:
        async with gate:
            return await play(job, real=real)

    outcomes: list[Outcome] = []
    async with asyncio.TaskGroup() as group:
        for task in [group.create_task(one(job)) for job in jobs]:
            outcomes.append(await task)
            told(outcomes[-1])
    return outcomes


async def play(job: Job, *, real: bool) -> Outcome:
    """Play one test until a turn of it fails.

    Args:
        real: Ask the models of app.yaml, whatever the scripts say.
    """
    from ..run.conversation import Conversation

    began, turns = time.monotonic(), list[Turned]()
    status: Any = "passed"
    problems: list[str] = []
    talk = Conversation()
    with TemporaryDirectory(prefix="antiphon-test-", ignore_cleanup_errors=True) as folder:
        app = _apart(job.read.machine, Path(folder), real)
        double = StandIn({**job.read.suite.tools, **job.case.tools}, {**job.read.suite.services, **job.case.services})
        for exchange in job.case.exchanges:
            turns.append(await _turn(job, exchange, app, double, talk, real))
            if turns[-1].asked_for_model:
                status = "skipped"
                break
            if problems := problems_of(turns[-1]):
                status = "failed"
                break
    seconds = time.monotonic() - began
    reason = NEEDS_MODEL if status == "skipped" else ""
    place = job.read.places[job.number]
    return Outcome(job.read.path, job.case.name, place, status, seconds, tuple(turns), tuple(problems), reason)


async def _turn(job: Job, exchange: Exchange, app: "App", double: StandIn, talk: "Conversation", real: bool) -> Turned:
    from ..run.running import run

    script = None if real else Script(exchange.script or (), exchange.decisions)
    refused = len(double.refused)
    engines: dict[str, Any] = {"double": double}
    if script is not None:
        engines |= {"chat": script, "fast": script, **({"guard": script} if app.models.guard is not None else {})}
    work = run(
        job.workflow,
        app=app,
        engines=engines,
        history=talk.recent,
        kept=talk.kept,
        answer=_answering(exchange.answers),
        **_inputs(job, exchange),
    )
    events: list[Event] = []
    began = time.monotonic()
    error = await _watched(work, events, exchange.max_seconds)
    talk.went_on(exchange.say, events)
    missing = script is not None and exchange.script is None and bool(script.unanswered)
    wrong = [f"{name} was not called: nothing says what it gives back" for name in double.refused[refused:]]
    if script is not None and not missing:
        wrong += _unplayed(script, error)
    if error is not None and wrong and double.refused[refused:]:
        wrong = []  # the error says the same, and the way out
    return Turned(exchange, events, error, time.monotonic() - began, tuple(wrong), missing)


async def _watched(work: Any, events: list[Event], most_s: float | None) -> AntiphonError | None:
    """Watch a run to its end; the error it ended with."""
    try:
        async with asyncio.timeout(most_s):
            async for event in work:
                events.append(event)
    except TimeoutError as error:
        if isinstance(error, AntiphonError):
            return error
        return LimitReached(f"it took longer than the {most_s:g} s it may")
    except AntiphonError as error:
        return error
    return None


def _unplayed(script: Script, error: AntiphonError | None) -> list[str]:
    """What is wrong with a script, where the run has not told it already."""
    wrong = [f"the script has no reply left for: {asked}" for asked in script.unanswered]
    if error is not None and wrong and "the script has no reply left" in str(error):
        wrong = []
    if script.left and error is None:
        first = script.left[0]
        what = first.says or first.json_ or first.fails or "calls"
        count = len(script.left)
        told = f"{count} replies of the script were not asked for, the first is" if count > 1 else _ONE_LEFT
        wrong.append(f"{told} {what!r}")
    return wrong


def _apart(machine: "App", folder: Path, real: bool) -> "App":
    """The machine with nothing kept on it: what people said there is no part of a test, nor a test of that."""
    from ...agents.roles.types import Storage
    from ...tools.web.settings import WebSettings

    changed: dict[str, Any] = {"storage": Storage(folder=str(folder)), "record": False, "telemetry": None}
    return machine.model_copy(update=changed if real else {**changed, "web": WebSettings()})


def _inputs(job: Job, exchange: Exchange) -> dict[str, Any]:
    """The inputs; recordings lie beside the file of tests."""
    declared, folder = job.workflow.spec.input, job.read.path.parent
    given = {**exchange.inputs, **({"text": exchange.say} if exchange.say else {})}
    audio = {name for name, one in declared.items() if one.type == "audio"}
    return {name: folder / str(value) if name in audio else value for name, value in given.items()}


def _answering(answers: Mapping[str, Any]) -> Any:
    """Fills in forms; where a field has no answer, nobody is there."""

    async def answer(question: "Question") -> Mapping[str, Any] | None:
        given = {name: answers[name] for name in question.form if name in answers}
        open_ = [name for name, one in question.form.items() if name not in given and one.default is None]
        return None if open_ else given

    return answer
