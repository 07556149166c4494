"""`antiphon runs show`: everything about one run, for people and for programs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..spec.shapes import bounds
from .runs_facts import Facts, Line, Made, Open
from .runs_listing import as_json as line_as_json
from .runs_listing import cut, lasted, padded, when, worked
from .runs_told import (
    INDENT,
    answering_command,
    call_told,
    question_told,
    settling,
    short,
    status_told,
    thinking_better,
)

if TYPE_CHECKING:
    from ...agents.timeline.types import Entry
    from ..spec.shapes import Shape

_FORGOTTEN = "(forgotten)"
_DEPTH: Mapping[str, int] = {"call": 1, "result": 1}
_MARKS: Mapping[str, str] = {
    "utterance": ">",
    "answer": "<",
    "question": "?",
    "call": "→",
    "result": "←",
    "problem": "!",
}


def shown(facts: Facts, columns: int, again: str = "") -> Iterator[str]:
    """A run as lines of text.

    Args:
        columns: How wide the screen is; 0 where nothing is to be cut.
        again: The options that the commands need, too.
    """
    yield from _head(facts)
    for name, values in (("input", facts.given), ("output", facts.output)):
        yield from _values(name, values, bool(getattr(facts.row, f"{name}_entry")))
    if facts.problem:
        yield _labelled("problem", facts.problem)
    yield from _waiting(facts, again)
    if facts.calls:
        yield from _section("calls", (_call(one) for one in facts.calls))
    if facts.points:
        yield from _section("points", _points(facts, again))
    if facts.told:
        yield ""
        yield from (cut(line, columns) for line in picture(facts.told))
    if facts.refused and not facts.is_held:
        yield f"\nA person said no; {thinking_better(facts.row.id, facts.refused, again)}"
    elif facts.refused_before:
        told = f"antiphon runs fork {facts.row.id} --at {facts.refused_before}{again}"
        yield f"\nA person said no, and the run has gone past it; to be asked again: {told}"
    elif facts.row.status not in ("done", "uncertain", "waiting") and not facts.is_held:
        yield f"\nGo on with: antiphon runs resume {facts.row.id}{again}"


def as_json(facts: Facts) -> dict[str, Any]:
    """A run for programs; times are seconds since 1970."""
    row = facts.row
    return {
        **line_as_json(Line(row, facts.is_held)),
        "source": row.source,
        "forked_at": row.forked_at,
        "forks": list(facts.forks),
        "owner": row.owner if facts.is_held else "",
        "input": facts.given,
        "output": facts.output,
        "problem": facts.problem,
        "questions": [_open_as_json(one) for one in facts.open],
        "calls": [_call_as_json(one) for one in facts.calls],
        "points": [
            {"step": one.step, "checkpoint": one.id, "when": one.when, "next": list(one.nodes)} for one in facts.points
        ],
        "timeline": [_entry_as_json(entry) for entry in facts.told],
    }


def picture(entries: "Sequence[Entry]") -> Iterator[str]:
    """What was said and done, one line each: when, who, what."""
    names = [f"{'  ' * _DEPTH.get(entry.kind, 0)}{_MARKS.get(entry.kind, '·')} {entry.who}" for entry in entries]
    wide = min(max(map(len, names), default=0), 28)
    for entry, name in zip(entries, names, strict=True):
        words = _FORGOTTEN if entry.forgotten else _words(entry)
        yield f"{_clock(entry.began)}  {padded(name, max(wide, len(name)))}  {words}".rstrip()


def _head(facts: Facts) -> Iterator[str]:
    row = facts.row
    status = status_told(row, facts.is_held)
    by = f" by {row.owner}" if facts.is_held else ""
    yield _labelled("run", f"{row.id} of {row.workflow}: {status}{by}")
    steps = f"{row.steps} step{'' if row.steps == 1 else 's'}, {row.tokens} tokens"
    yield _labelled(
        "began", f"{when(row.began or row.created)}, worked {lasted(worked(Line(row, facts.is_held)))}: {steps}"
    )
    if row.thread != row.id:
        yield _labelled("thread", row.thread)
    if row.parent:
        yield _labelled("fork", f"of {row.parent}, {f'at {row.forked_at}' if row.forked_at else 'from its input'}")
    if facts.forks:
        yield _labelled("forks", ", ".join(facts.forks))
    if row.source:
        yield _labelled("file", row.source)


def _values(name: str, values: Mapping[str, Any] | None, is_kept: bool) -> Iterator[str]:
    if values is None:
        if is_kept:
            yield _labelled(name, _FORGOTTEN)
        return
    for i, (field, value) in enumerate(values.items()):
        told = value if isinstance(value, str) else short(value)
        yield _labelled("" if i else name, f"{field}: {told}")


def _waiting(facts: Facts, again: str) -> Iterator[str]:
    """Open questions, and calls of which nobody knows."""
    from ..storage.types import OPEN

    is_there = [one for one in facts.open if one.question is not None]
    for one in facts.open:
        yield from _question(one)
    if is_there and not facts.is_held:
        forms = {one.row.key: list(one.question.form) for one in is_there if one.question is not None}
        yield f"{INDENT}{answering_command(facts.row.id, forms, again)}"
    unknown = [] if facts.is_held else [one for one in facts.calls if one.row.state in OPEN]
    for call in unknown:
        yield _labelled("unknown", f"whether this took place: {call_told(call.row.tool, call.given)}")
    if unknown:
        told = settling(facts.row.id, [one.row.key for one in unknown], again, is_done=facts.row.status == "done")
        yield from (f"{INDENT}{line}" for line in told)


def _question(one: Open) -> Iterator[str]:
    if one.question is None:
        yield _labelled("waits", f"{one.row.key}: {_FORGOTTEN}")
        return
    yield _labelled(
        "waits", f"{one.row.key} since {when(one.row.asked)}: {question_told(one.question.who, one.question.text)}"
    )
    for name, shape in one.question.form.items():
        yield f"{INDENT}  {name}: {_shape(shape)}"


def _shape(shape: "Shape") -> str:
    parts = [" / ".join(shape.enum) or shape.type, bounds(shape), shape.about]
    default = "" if shape.default is None else f"else {short(shape.default)}"
    return ", ".join(part for part in (*parts, default) if part)


def _call(made: Made) -> str:
    row = made.row
    gave = f" -> {short(made.result)}" if row.state in ("done", "known") else ""
    return f"{_clock(row.began)}  {row.state:<9} {row.key}  {call_told(row.tool, made.given)}{gave}"


def _points(facts: Facts, again: str) -> Iterator[str]:
    for point in facts.points:
        yield f"{point.step:<4}  {_clock(point.when)}  before {', '.join(point.nodes)}  {point.id}"
    yield f"have it done again from one on with: antiphon runs fork {facts.row.id} --at {facts.points[-1].step}{again}"


def _section(name: str, lines: Iterator[str]) -> Iterator[str]:
    for i, line in enumerate(lines):
        yield _labelled("" if i else name, line)


def _labelled(label: str, text: str) -> str:
    return f"{label:<8} {text}".replace("\n", f"\n{INDENT}")


def _clock(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).strftime("%H:%M:%S")


def _words(entry: "Entry") -> str:
    """What an entry says, on one line."""
    text = " ".join(entry.text.split())
    if text or entry.data is None:
        return text
    if isinstance(entry.data, Mapping):
        return ", ".join(f"{name}: {short(value)}" for name, value in entry.data.items())
    return short(entry.data)


def _open_as_json(one: Open) -> dict[str, Any]:
    asked = one.question
    form = {name: shape.model_dump(exclude_defaults=True) for name, shape in asked.form.items()} if asked else None
    text = asked.text if asked else None
    return {
        "key": one.row.key,
        "step": one.row.step,
        "who": asked.who if asked else None,
        "asked": one.row.asked,
        "text": text,
        "form": form,
    }


def _call_as_json(made: Made) -> dict[str, Any]:
    row = made.row
    return {
        "key": row.key,
        "step": row.step,
        "tool": row.tool,
        "state": row.state,
        "keyed": row.keyed,
        "began": row.began,
        "ended": row.ended or None,
        "arguments": made.given,
        "result": made.result,
    }


def _entry_as_json(entry: "Entry") -> dict[str, Any]:
    return {
        "id": entry.id,
        "kind": entry.kind,
        "who": entry.who,
        "began": entry.began,
        "text": None if entry.forgotten else _words(entry),
        "heard": entry.heard,
    }
