"""Runs in words: how one stands, what it waits for, and the command that goes on with it."""

import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...tools.base.printable import shortened

if TYPE_CHECKING:
    from ...agents.events import Event
    from ..storage.types import RunRow

STATUSES = ("queued", "running", "broken-off", "waiting", "uncertain", "done", "failed", "stopped", "cancelled")
"""How a run may stand; a process that works at one may have died, which no row says."""
WAITS = 3
"""The exit status of a run that waits for a person."""
INDENT = " " * 9


def status_of(row: "RunRow", is_held: bool) -> str:
    """How a run stands, one of `STATUSES`."""
    return "broken-off" if row.status == "running" and not is_held else row.status


def status_told(row: "RunRow", is_held: bool) -> str:
    """The same for people."""
    match status_of(row, is_held):
        case "broken-off":
            return "broken-off" if row.epoch else "not begun"
        case "stopped":
            return "out of limits"
        case status:
            return status


def broken_off(events: "Sequence[Event]", error: BaseException, again: str = "") -> list[str]:
    """How to go on with a run that failed, or that somebody stopped; nothing where it is not kept."""
    from ..compile.nodes.ask import NotAgreed
    from ..storage.types import RunLost

    run = run_of(events)
    if not run or isinstance(error, RunLost):
        return []
    if isinstance(error, NotAgreed) and "#" in error.key:  # what became of the pass of a map is kept
        return [f"kept     the run {run}; where to be asked again is shown by: antiphon runs show {run}{again}"]
    if isinstance(error, NotAgreed):
        return [f"kept     the run {run}; {thinking_better(run, [error.key], again)}"]
    return [f"kept     the run {run}; go on with: antiphon runs resume {run}{again}"]


def pause(events: "Sequence[Event]", again: str = "") -> list[str]:
    """What a run waits for, and how to go on with it."""
    from ...agents.events import Asked, Called, RunPaused

    last = next(event for event in reversed(events) if isinstance(event, RunPaused))
    asked = {event.key: event for event in events if isinstance(event, Asked)}
    called = {event.key: event for event in events if isinstance(event, Called)}
    open_, keys = [asked[key] for key in last.keys if key in asked], [key for key in last.keys if key not in asked]
    unknown = list[str]()
    if last.reason == "uncertain":
        calls = [called[key] for key in keys if key in called]
        unknown = [
            *(f"unknown  whether this took place: {call_told(one.tool, one.arguments)}" for one in calls),
            *(f"{INDENT}{line}" for line in settling(last.run, keys, again)),
        ]
        if not open_:
            return unknown
    return [
        *unknown,
        *(f"waits    {question_told(one.who, one.text)}" for one in open_),
        f"{INDENT}{answering_command(last.run, {one.key: list(one.form) for one in open_}, again)}",
    ]


def paused_as_json(events: "Sequence[Event]") -> dict[str, Any]:
    """The same for programs."""
    from ...agents.events import Asked, RunPaused, as_dict

    last = next(event for event in reversed(events) if isinstance(event, RunPaused))
    asked = {event.key: event for event in events if isinstance(event, Asked)}
    questions: list[Asked] = [asked[key] for key in last.keys if key in asked]
    shown = [{key: value for key, value in as_dict(one).items() if key not in ("event", "at_s")} for one in questions]
    calls = [key for key in last.keys if key not in asked] if last.reason == "uncertain" else []
    return {"run": last.run, "status": last.reason, "questions": shown, "calls": calls}


def question_told(who: str, text: str) -> str:
    """Whom it asks what."""
    return f"{who or 'somebody'} is asked: {text}".replace("\n", f"\n{INDENT}")


def answering_command(run: str, forms: Mapping[str, Iterable[str]], again: str = "", value: str = "...") -> str:
    """The command that answers open questions, each with the fields of its form."""
    alone = len(forms) == 1
    names = [f"{'' if alone else f'{key}.'}{field}={value}" for key, fields in forms.items() for field in fields]
    answers = "".join(f" --answer {shlex.quote(name)}" for name in names)
    return f"antiphon runs resume {run}{answers}{again}"


def thinking_better(run: str, keys: Sequence[str], again: str = "") -> str:
    """The command for who has said no to something: to go on without an answer would come to the same no."""
    return f"who thinks better of it: {answering_command(run, {key: ['approve'] for key in keys}, again, 'yes')}"


def settling(run: str, keys: Sequence[str], again: str = "", *, is_done: bool = False) -> list[str]:
    """The commands that say what became of calls; nothing follows from it in a run that is done."""
    named = [""] if len(keys) == 1 else [f" {shlex.quote(key)}" for key in keys]
    return [
        *(f"antiphon runs settle {run}{key} --happened [--result JSON] | --did-not-happen{again}" for key in named),
        *([] if is_done else [f"then: antiphon runs resume {run}{again}"]),
    ]


def call_told(tool: str, given: Any) -> str:
    """A call as it is written in programs."""
    if not isinstance(given, Mapping):
        return f"{tool}(?)"
    return f"{tool}({', '.join(f'{name}={short(value)}' for name, value in given.items())})"


def short(value: Any) -> str:
    """A value on one line."""
    return shortened(json.dumps(value, ensure_ascii=False, default=str), 200)


def run_of(events: "Sequence[Event]") -> str:
    """The name of the run that was told, "" where it is not kept."""
    from ...agents.events import RunStarted

    return next((event.run for event in events if isinstance(event, RunStarted)), "")
