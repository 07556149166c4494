"""The spans of a run, from its events alone, under the names of OpenTelemetry's GenAI conventions.

The names are those of opentelemetry-semantic-conventions 0.66b2, where the package calls them incubating; they are
written out here, so that nothing of OpenTelemetry is imported to make a span.
Source: https://github.com/open-telemetry/semantic-conventions-genai
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import randbits
from typing import Any

from ...agents import events
from ...agents.events import (
    Called,
    Event,
    Finished,
    Recovered,
    Returned,
    RunFinished,
    RunPaused,
    RunStarted,
    RunStopped,
    StepFailed,
    StepFinished,
    StepStarted,
    Wrote,
    as_dict,
)

Value = str | bool | int | float
MOST_EVENTS = 128
"""Of one span, as the SDK's own limit is."""
MOST_TEXT = 8_000
"""Characters of one attribute."""
OTHER = "_OTHER"
"""What the conventions call an error whose kind is not known."""
OPERATIONS = {"agent": "invoke_agent", "flow": "invoke_workflow", "retrieve": "retrieval"}
"""Kinds of node that the conventions have a name for."""
PLAIN: Mapping[type[Event], tuple[str, ...]] = {
    events.Heard: ("language", "confidence", "sound_s", "typed"),
    events.Guarded: ("side", "category", "reaction"),
    events.Decided: ("label",),
    events.Extracted: (),
    events.Emitted: ("name",),
    events.Asked: ("key",),
    events.Answered: ("key",),
    events.Noted: ("id", "store"),
    events.Recalled: ("store", "count"),
    events.Retrieved: ("known",),
    events.Rewrote: (),
    events.Dropped: (),
    events.Cited: (),
    events.Sounded: ("sound_s",),
    events.Warned: (),
    events.Thought: (),
    events.BudgetSpent: ("what", "limit"),
}
"""What is told of an event where words stay here. Events that are not named are told with the words or not at all."""


@dataclass(slots=True, eq=False)
class Span:
    """A part of a run; times are seconds since the run began.

    Attributes:
        trace: 128 bits, the same for every stretch of a run that is kept.
        parent: The `id` of the span around it, 0 for the run.
        asks: Whether it waits for another process: a model.
        events: When, what, and more of it.
        error: The kind of error it ended with, "" if it did not.
        problem: The error in words, "" where they stay here.
    """

    trace: int
    parent: int
    name: str
    began: float
    attributes: dict[str, Value]
    asks: bool = False
    id: int = field(default_factory=lambda: randbits(64) or 1)
    events: list[tuple[float, str, dict[str, Value]]] = field(default_factory=list)
    ended: float | None = None
    error: str = ""
    problem: str = ""

    def note(self, at: float, name: str, more: dict[str, Value]) -> None:
        """Something that happened in it; past MOST_EVENTS nothing is added."""
        if len(self.events) < MOST_EVENTS:
            self.events.append((at, name, more))


@dataclass(slots=True, eq=False)
class _Step:
    """A node at work.

    Attributes:
        around: The ids of the steps it is in.
        last: Its last sign of life.
        asked: When its model was asked, at the earliest.
        words: When the model wrote first, and what; none while it has not.
        calls: The tools that are called now.
        left: Whether it may have been given up without a word: a node before it failed, and the run went on elsewhere.
    """

    span: Span
    around: tuple[int, ...]
    last: float
    asked: float
    words: list[tuple[float, str]] = field(default_factory=list)
    calls: list[tuple[Called, Span]] = field(default_factory=list)
    tries: int = 1
    failed: StepFailed | None = None
    left: bool = False


class Spans:
    """Follows the events of one run.

    Args:
        done: Given each span when it has ended, the inner ones first.
        content: Whether words are in the spans: what was said, called, found, and the texts of errors.
        providers: What serves a model, by the model's name.
    """

    def __init__(
        self, done: Callable[[Span], None], *, content: bool = False, providers: Mapping[str, str] | None = None
    ) -> None:
        self._done, self._content, self._providers = done, content, providers or {}
        self._root: Span | None = None
        self._open: dict[str, _Step] = {}
        self._now = 0.0
        self._kind = ""
        self._handlers: Mapping[type[Event], Callable[[Any], None]] = {
            StepStarted: self._step_started,
            StepFinished: self._step_finished,
            StepFailed: self._step_failed,
            Recovered: self._recovered,
            Wrote: self._wrote,
            Finished: self._finished,
            Called: self._called,
            Returned: self._returned,
            RunFinished: self._run_finished,
            RunPaused: self._run_paused,
            RunStopped: self._run_stopped,
        }

    def tell(self, event: Event) -> None:
        """Take up one event; what comes before a run begins or after it has ended is not told."""
        self._now = event.at_s
        if isinstance(event, RunStarted) and self._root is None:
            self._run_started(event)
        elif self._root is not None and self._root.ended is None:
            step = self._open.get(getattr(event, "step", ""))
            if step is not None and not isinstance(event, StepStarted):
                step.last = event.at_s
            self._handlers.get(type(event), self._other)(event)

    def close(self, outcome: str, error: str, at_s: float) -> None:
        """The run ends without an event that says so; nothing happens where one did.

        Args:
            error: Its kind, "" where it is none.
        """
        self._now = at_s
        self._end_run(outcome, error)

    def _run_started(self, event: RunStarted) -> None:
        trace = int.from_bytes(sha256(event.run.encode()).digest()[:16]) if event.run else randbits(128) or 1
        told: dict[str, Value] = {"gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": event.workflow}
        if event.thread:
            told["gen_ai.conversation.id"] = event.thread
        if event.run:
            told |= {"antiphon.run": event.run, "antiphon.resumed": event.resumed}
        self._root = Span(trace, 0, f"invoke_workflow {event.workflow}", event.at_s, told)

    def _run_finished(self, event: RunFinished) -> None:
        if self._content:
            self._run.attributes["antiphon.output"] = _json(event.output)
        self._end_run("finished")

    def _run_paused(self, event: RunPaused) -> None:
        self._run.note(event.at_s, "antiphon.paused", {"reason": event.reason, "keys": " ".join(event.keys)})
        self._end_run(event.reason)

    def _run_stopped(self, event: RunStopped) -> None:
        errors = {"failed": self._kind or OTHER, "stopped": "limit", "cancelled": ""}
        self._end_run(event.outcome, errors[event.outcome], event.problem)

    def _end_run(self, outcome: str, error: str = "", problem: str = "") -> None:
        if self._root is None or self._root.ended is not None:
            return
        for name in reversed(list(self._open)):
            self._leave(name, None if outcome == "finished" else self._now)
        self._root.attributes["antiphon.outcome"] = outcome
        self._end(self._root, self._now, error, problem)

    def _step_started(self, event: StepStarted) -> None:
        before = self._open.get(event.step)
        if before is not None and not before.left:
            before.tries += 1
            before.failed, before.asked, before.last = None, event.at_s, event.at_s
            before.span.note(event.at_s, "retry", {"antiphon.try": before.tries})
            return
        if before is not None:
            self._leave(event.step)
        around = next((self._open[name] for name in names_around(event.step) if name in self._open), None)
        operation = OPERATIONS.get(event.kind, "")
        told: dict[str, Value] = {"antiphon.step": event.step, "antiphon.kind": event.kind}
        if operation:
            told["gen_ai.operation.name"] = operation
        name = f"{operation or event.kind} {_PASS.sub('', event.step)}"
        span = self._begin(around.span if around else self._run, name, event.at_s, told)
        ids = (*around.around, around.span.id) if around else ()
        self._open[event.step] = _Step(span, ids, event.at_s, event.at_s)

    def _step_finished(self, event: StepFinished) -> None:
        step = self._open.get(event.step)
        if step is not None:
            step.span.attributes["antiphon.work_s"] = round(event.seconds, 6)
            step.failed = None
            self._leave(event.step, event.at_s)

    def _step_failed(self, event: StepFailed) -> None:
        self._kind = event.kind or OTHER
        told: dict[str, Value] = {"exception.type": self._kind}
        if self._content:
            told["exception.message"] = _cut(event.problem)
        step = self._open.get(event.step)
        (step.span if step else self._run).note(event.at_s, "exception", told)
        if step is not None:
            step.failed = event
            self._end_parts(step, event.at_s, self._kind, event.problem)

    def _recovered(self, event: Recovered) -> None:
        step = self._open.get(event.step)
        told: dict[str, Value] = {"error.type": event.kind, "antiphon.step": event.step}
        (step.span if step else self._run).note(event.at_s, "antiphon.recovered", told)
        if step is None:
            return
        step.failed = StepFailed(at_s=event.at_s, step=event.step, problem=event.problem, kind=event.kind)
        for other in self._open.values():
            other.left = other.left or (other.around == step.around and other.span.began >= step.span.began)
        self._leave(event.step, event.at_s)

    def _wrote(self, event: Wrote) -> None:
        step = self._open.get(event.step)
        if step is not None and (self._content or not step.words):
            step.words.append((event.at_s, event.text))

    def _finished(self, event: Finished) -> None:
        step = self._open.get(event.step)
        if step is not None:
            self._chat(step, event.at_s, event)

    def _called(self, event: Called) -> None:
        step = self._open.get(event.step)
        told: dict[str, Value] = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": event.tool}
        if event.key:
            told["gen_ai.tool.call.id"] = event.key
        if self._content:
            told["gen_ai.tool.call.arguments"] = _json(event.arguments)
        if step is not None:
            span = self._begin(step.span, f"execute_tool {event.tool}", event.at_s, told)
            step.calls.append((event, span))

    def _returned(self, event: Returned) -> None:
        step = self._open.get(event.step)
        calls = step.calls if step is not None else []
        found = next((one for one in calls if (one[0].tool, one[0].key) == (event.tool, event.key)), None)
        if step is None or found is None:
            return
        calls.remove(found)
        span = found[1]
        if event.again:
            span.attributes["antiphon.again"] = True
        if event.failed:
            span.attributes["error.type"] = "tool"
        if self._content:
            span.attributes["gen_ai.tool.call.result"] = _json(event.value)
        step.asked = event.at_s
        self._end(span, event.at_s)

    def _other(self, event: Event) -> None:
        names = PLAIN.get(type(event))
        if names is None and not self._content:
            return
        values = {name: value for name, value in as_dict(event).items() if name not in ("event", "at_s", "step")}
        told = {name: _plain(value) for name, value in values.items() if self._content or name in (names or ())}
        step = self._open.get(getattr(event, "step", ""))
        (step.span if step else self._run).note(event.at_s, f"antiphon.{type(event).__name__.lower()}", told)

    @property
    def _run(self) -> Span:
        assert self._root is not None
        return self._root

    def _begin(self, around: Span, name: str, at: float, told: dict[str, Value], *, asks: bool = False) -> Span:
        return Span(around.trace, around.id, name, at, told, asks)

    def _end(self, span: Span, at: float, error: str = "", problem: str = "") -> None:
        span.ended, span.error = max(at, span.began), error
        span.problem = _cut(problem) if self._content else ""
        if error:
            span.attributes["error.type"] = error
        self._done(span)

    def _leave(self, name: str, at: float | None = None) -> None:
        """End a step and those in it; without a time each ends with its last sign of life."""
        step = self._open.pop(name, None)
        if step is None:
            return
        for inner in [one for one, other in self._open.items() if step.span.id in other.around]:
            self._leave(inner, at if step.failed else None)
        failed = step.failed
        ended = failed.at_s if failed else step.last if at is None else at
        error, problem = (failed.kind or OTHER, failed.problem) if failed else ("", "")
        self._end_parts(step, ended, error, problem)
        self._end(step.span, ended, error, problem)

    def _end_parts(self, step: _Step, at: float, error: str, problem: str) -> None:
        """End what a model is writing, and the tools that are called."""
        if step.words:
            self._chat(step, at, None, error, problem)
        for _, span in step.calls:
            self._end(span, at, error, problem)
        step.calls.clear()

    def _chat(self, step: _Step, at: float, tokens: Finished | None, error: str = "", problem: str = "") -> None:
        """A model has answered, or broke off; without `tokens` nobody said how many it were."""
        model = tokens.model if tokens else ""
        told: dict[str, Value] = {"gen_ai.operation.name": "chat", "gen_ai.output.type": "text"}
        if model:
            told |= {"gen_ai.request.model": model}
        if model in self._providers:
            told["gen_ai.provider.name"] = self._providers[model]
        if tokens:
            told["gen_ai.usage.input_tokens"] = tokens.prompt_tokens
            told["gen_ai.usage.cache_read.input_tokens"] = tokens.cached_tokens
            told["gen_ai.usage.output_tokens"] = tokens.completion_tokens
        if step.words:
            told["gen_ai.request.stream"] = True
            told["gen_ai.response.time_to_first_chunk"] = round(step.words[0][0] - step.asked, 6)
        if step.words and self._content:
            text = "".join(text for _, text in step.words)
            part = {"type": "text", "content": _cut(text)}
            told["gen_ai.output.messages"] = _json([{"role": "assistant", "parts": [part]}], 2 * MOST_TEXT)
        span = self._begin(step.span, f"chat {model}".strip(), step.asked, told, asks=True)
        step.asked = at
        step.words.clear()
        self._end(span, at, error, problem)


_PASS = re.compile(r"#\d+")
_LAST = re.compile(r"((?:#\d+)*)$")


def names_around(step: str) -> Iterator[str]:
    """The names that what a step is in may have, the nearest first: orders.pay#3 is in orders#3 or in orders."""
    bare, passes = _parted(step)
    while "." in bare:
        bare, own = _parted(bare.rpartition(".")[0])
        passes = own or passes
        yield from (bare + "".join(passes[:n]) for n in range(len(passes), -1, -1))


def _parted(step: str) -> tuple[str, list[str]]:
    """A name without the passes at its end, and those: orders.pay#3#1 is orders.pay and #3, #1."""
    found = _LAST.search(step)
    passes = found[1] if found else ""
    return step.removesuffix(passes), _PASS.findall(passes)


def _json(value: Any, most: int = MOST_TEXT) -> str:
    return _cut(json.dumps(value, ensure_ascii=False, default=lambda one: f"<{type(one).__name__}>"), most)


def _cut(text: str, most: int = MOST_TEXT) -> str:
    """A text as UTF-8 can have it, which the wire wants; one text that is none would lose a whole batch."""
    return text[:most].encode(errors="replace").decode()


def _plain(value: Any) -> Value:
    return _cut(value) if isinstance(value, str) else value if isinstance(value, int | float) else _json(value)
