"""A run on the terminal: what was heard, what is being done, the answer as it streams, the sources, the times.

The answer goes to standard output and everything else to standard error, so that a pipe gets the answer alone.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING

from ...agents.events import (
    BudgetSpent,
    Called,
    Cited,
    Dropped,
    Emitted,
    Event,
    Extracted,
    Guarded,
    Heard,
    Loading,
    Noted,
    Recalled,
    Recovered,
    Returned,
    Rewrote,
    RunFinished,
    RunStarted,
    Said,
    StepFailed,
    StepFinished,
    StepStarted,
    Thought,
    Warned,
)
from ...tools.base.printable import printable
from ..run.timings import Timings

if TYPE_CHECKING:
    from rich.status import Status

LANGUAGES = {"en": "English", "zh": "中文"}


class Screen:
    """Shows events as they come; on a terminal a line says what is being done now."""

    def __init__(self, *, verbose: bool = False) -> None:
        from rich.console import Console

        self._console = Console(stderr=True, highlight=False)
        self._verbose = verbose
        self._answering = self._has_said = False
        self._running: dict[str, str] = {}
        self._failed: dict[str, StepFailed] = {}
        self._sources: tuple[dict[str, str], ...] = ()
        self._status: Status | None = None

    def __enter__(self) -> "Screen":
        if self._console.is_terminal:
            self._status = self._console.status("")
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()
        if self._answering:
            print(flush=True)

    def show(self, event: Event) -> None:
        """Show one event."""
        match event:
            case StepStarted(step=step, about=about):
                self._goes_on()
                self._running[step] = about or step
                self._doing()
            case StepFinished(step=step):
                self._running.pop(step, None)
            case StepFailed(step=step):
                self._running.pop(step, None)
                self._failed[step] = event
            case Recovered():
                self._goes_on()
            case Loading(what=what):
                self._doing(what)
            case Said(text=text):
                self._say(text)
            case RunStarted():
                self._has_said = False
                self._remark(event)
            case RunFinished(output=output):
                if output and not self._has_said:
                    self._say(_shown(output))
            case _:
                self._remark(event)

    def _remark(self, event: Event) -> None:
        match event:
            case Heard(text=text, language=language, confidence=confidence, typed=False):
                name = LANGUAGES.get(language, language or "?")
                self._line(
                    f"heard    [bold]{_escaped(text) or '(nobody spoke)'}[/] [dim]{name}, {confidence:.0%} sure[/]"
                )
            case Guarded(category=category, reaction=reaction):
                self._line(f"guard    [yellow]{category}[/] [dim]{reaction}[/]")
            case Cited(sources=sources):
                self._sources = sources  # known before the last sentence is heard; shown after it
            case Rewrote(before=before, after=after, reason=reason) if self._verbose:
                self._line(f"rewrote  [dim]{_escaped(before)} ({_escaped(reason)})[/] {_escaped(after)}")
            case Dropped(text=text, reason=reason) if self._verbose:
                self._line(f"dropped  [dim]{_escaped(text)} ({_escaped(reason)})[/]")
            case Warned(problem=problem):
                self._line(f"note     [yellow]{_escaped(problem)}[/]")
            case _:
                self._found(event)

    def _found(self, event: Event) -> None:
        match event:
            case RunStarted(run=run, resumed=True):
                self._line(f"run      [dim]{_escaped(run)} goes on where it was left[/]")
            case Emitted(name=name, values=values):
                self._line(f"event    {_escaped(name)} [dim]{_escaped(_listed(values))}[/]")
            case Noted(id=number):
                self._line(f"kept     [dim]note {_escaped(number)}; antiphon memory list shows it[/]")
            case Extracted(fields=fields) if self._verbose:
                self._line(f"found    [dim]{_escaped(_listed(fields))}[/]")
            case Recalled(count=count, store=store) if self._verbose:
                self._line(f"recalled [dim]{count} of {_escaped(store)}[/]")
            case _:
                self._acted(event)

    def _acted(self, event: Event) -> None:
        match event:
            case Called(tool=tool):
                self._doing(_escaped(f"{tool} {_listed(event.arguments)}"[:120]))
            case Returned(tool=tool, failed=True):
                self._line(f"failed   [yellow]{_escaped(tool)}[/] [dim]{_escaped(str(event.value))}[/]")
            case Returned(tool=tool, again=True):
                self._line(f"known    [dim]what {_escaped(tool)} gave back before; it is not called again[/]")
            case BudgetSpent(limit=limit):
                self._line(f"note     [yellow]{_escaped(limit)} are used up: this is the best answer so far[/]")
            case Thought(text=text) if self._verbose:
                self._line(f"thought  [dim]{_escaped(text)}[/]")
            case _:
                pass

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Leave the terminal to somebody who is asked something."""
        self.end_answer()
        if self._status is not None:
            self._status.stop()
        yield
        if self._status is not None:
            self._status.start()

    def _goes_on(self) -> None:
        """Tell what failed and was not the end: the error that ends a run is told by the command."""
        for event in self._failed.values():
            self._line(f"failed   [yellow]{_escaped(event.step)}[/] [dim]{_escaped(_once(event))}[/]")
        self._failed.clear()

    def times(self, times: Timings) -> None:
        """Where the answer comes from, and how long each part took."""
        self.end_answer()
        for source in self._sources:
            self._line(f"source   {_escaped(source['title'])} [dim]{_escaped(source['source'])}[/]")
        self._sources = ()
        parts = "".join(f"{name} {seconds:.1f} · " for name, seconds in times.parts if seconds >= 0.05)
        self._line(f"seconds  [dim]{parts}[/]whole {times.total_s:.1f}")
        if times.first_sound_s is not None and times.last_written_s is not None:
            lead = times.last_written_s - times.first_sound_s
            when = f"{lead:.1f} before" if lead > 0 else f"{-lead:.1f} after"
            self._line(f"         [dim]first sound at {times.first_sound_s:.1f}, {when} the last word was written[/]")

    def title(self, text: str) -> None:
        """A line above a run."""
        self._line(f"\n[bold]$ {_escaped(text)}[/]")

    def note(self, text: str) -> None:
        """A line of ours."""
        self._line(f"         [dim]{_escaped(text)}[/]")

    def _doing(self, more: str = "") -> None:
        if self._status is not None and not self._answering:
            self._status.update(f"[dim]{more or next(reversed(self._running.values()), '')}[/]")

    def _say(self, text: str) -> None:
        if self._status is not None:
            self._status.stop()  # a spinner and streaming text would overwrite each other
        self._answering = self._has_said = True
        sys.stdout.write(printable(text))
        sys.stdout.flush()

    def end_answer(self) -> None:
        """Begin a new line after the answer."""
        if self._answering:
            print(flush=True)
            self._answering = False

    def _line(self, markup: str) -> None:
        self._console.print(markup, soft_wrap=True)


def _once(event: StepFailed) -> str:
    """The problem without the name of its step, which stands before it."""
    return event.problem.removeprefix(f"{event.step}: ")


def _shown(output: Mapping[str, object]) -> str:
    """What a run came to in which nothing was said: a text as it is, anything else as JSON, several by name."""

    def told(value: object) -> str:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    if len(output) == 1:
        return told(next(iter(output.values())))
    return "\n".join(f"{name}: {told(value)}" for name, value in output.items())


def _listed(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in values.items())


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(printable(text))
