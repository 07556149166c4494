"""What came of a turn, held against what was expected of it. Pure."""

import difflib
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from ...tools.base.errors import LimitReached
from ...tools.base.printable import shortened
from ..compile.failures import kind_of
from .naming import is_named
from .outcomes import Made, Turned
from .scripts import fits
from .types import Expected, OneOrMany, WantedCall


def problems_of(turn: Turned) -> list[str]:
    """Every way in which a turn is not what was expected."""
    return [*turn.wrong, *_end(turn), *_answer(turn), *_calls(turn), *_visits(turn), *_limits(turn)]


def _end(turn: Turned) -> Iterator[str]:
    """Whether it failed, waits or ended as it should."""
    wanted, error, waits = turn.exchange.expect, turn.error, turn.waits_for
    if wanted.error and error is None:
        yield f"it should fail ({wanted.error}), and did not"
    elif error is not None and not wanted.error:
        yield f"it failed: {error}"
    elif error is not None and wanted.error != kind_of(error) and wanted.error not in str(error):
        yield f"it should fail with {wanted.error!r}, and failed with: {error}"
    if wanted.paused and waits is None:
        yield "it should wait for a person, and does not"
    elif waits is not None and not wanted.paused:
        yield f"it waits for a person, who is asked: {waits!r}. Add answers, or expect: {{paused: true}}"
    elif waits is not None and isinstance(wanted.paused, str) and wanted.paused not in waits:
        yield f"it should ask a person {wanted.paused!r}, and asks: {waits!r}"


def _answer(turn: Turned) -> Iterator[str]:
    wanted, said = turn.exchange.expect, turn.said
    if turn.error is not None or turn.waits_for is not None:
        return
    if wanted.equals is not None and said.strip() != wanted.equals.strip():
        yield _differs(wanted.equals.strip(), said.strip())
    yield from _texts(wanted, said)
    for name, value in wanted.output.items():
        found = turn.output.get(name)
        if not fits(value, found):
            yield f"the output {name!r} should be {_short(value)}, and is {_short(found)}"


def _texts(wanted: Expected, said: str) -> Iterator[str]:
    for part in _many(wanted.contains):
        if not says(said, part):
            yield f"the answer should say {part!r}"
    for part in _many(wanted.not_contains):
        if says(said, part):
            yield f"the answer should not say {part!r}"
    any_ = _many(wanted.contains_any)
    if any_ and not any(says(said, part) for part in any_):
        yield f"the answer should say one of {', '.join(map(repr, any_))}"
    for pattern in _many(wanted.matches):
        if not re.search(str(pattern), said):
            yield f"the answer should match {pattern!r}"
    for pattern in _many(wanted.not_matches):
        if re.search(str(pattern), said):
            yield f"the answer should not match {pattern!r}"


def says(said: str, part: str | int | float) -> bool:
    """Whether a text has another in it, whatever the size of its letters; a number only as a whole.

    >>> says("That makes 1,391.0 yuan.", 1391), says("That makes 1391 yuan.", 391)
    (True, False)
    """
    if isinstance(part, str):
        return " ".join(part.casefold().split()) in " ".join(said.casefold().split())
    found = re.findall(r"-?\d+(?:\.\d+)?", re.sub(r"(?<=\d)[,，](?=\d{3}(?!\d))", "", said))
    return any(float(one) == part for one in found)


def _calls(turn: Turned) -> Iterator[str]:
    left = list(turn.calls)
    for wanted in turn.exchange.must_call:
        found = next((one for one in left if _is(one, wanted)), None)
        if found is None:
            yield f"it should call {_call(wanted)}"
        else:
            left.remove(found)
    for unwanted in turn.exchange.must_not_call:
        if any(_is(one, unwanted) for one in turn.calls):
            yield f"it should not call {_call(unwanted)}"


def _is(made: Made, wanted: str | WantedCall) -> bool:
    if isinstance(wanted, str):
        return is_named(made.tool, wanted)
    return is_named(made.tool, wanted.tool) and fits(wanted.arguments, made.arguments)


def _visits(turn: Turned) -> Iterator[str]:
    yield from (f"the node {one!r} should run" for one in turn.exchange.must_visit if one not in turn.steps)
    yield from (f"the node {one!r} should not run" for one in turn.exchange.must_not_visit if one in turn.steps)


def _limits(turn: Turned) -> Iterator[str]:
    wanted, calls = turn.exchange, len(turn.calls)
    if wanted.max_calls is not None and calls > wanted.max_calls:
        yield f"it made {calls} calls, at most {wanted.max_calls}"
    if wanted.max_tokens is not None and turn.tokens > wanted.max_tokens:
        yield f"models wrote {turn.tokens} tokens, at most {wanted.max_tokens}"
    is_told = isinstance(turn.error, LimitReached)  # it was stopped, and that says why
    if wanted.max_seconds is not None and turn.seconds > wanted.max_seconds and not is_told:
        yield f"it took {turn.seconds:.1f} s, at most {wanted.max_seconds:g} s"


def _differs(wanted: str, said: str) -> str:
    if len(wanted) + len(said) < 120 and "\n" not in wanted + said:
        return f"the answer should be {wanted!r}"
    lines = difflib.ndiff(wanted.splitlines(), said.splitlines())
    return "\n".join(["the answer differs from what it should be (- expected, + said):", *map(str.rstrip, lines)])


def _many(written: OneOrMany) -> Sequence[str | int | float]:
    return (written,) if isinstance(written, str | int | float) else written


def _call(wanted: str | WantedCall) -> str:
    return wanted if isinstance(wanted, str) else told(wanted.tool, wanted.arguments)


def told(tool: str, arguments: Any) -> str:
    """A call as it is written in programs."""
    return f"{tool}({', '.join(f'{name}={_short(value)}' for name, value in arguments.items())})"


def _short(value: Any) -> str:
    return shortened(json.dumps(value, ensure_ascii=False, default=str), 200)
