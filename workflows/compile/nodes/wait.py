"""kind: wait - the run rests for a while, or until a moment."""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from ....tools.base.errors import InputError, LimitReached
from ...spec.expressions import Literal
from ...spec.kinds.control import Wait
from ...spec.names import Duration, seconds
from ..step import Bench, Compiled, Outcome, Step

LONGEST_S = 366 * 86_400.0
_LOOK_S = 60.0
"""The clock on the wall is looked at so often: it may be set, and a machine may sleep."""
_DURATION: TypeAdapter[str] = TypeAdapter(Duration)


@dataclass(frozen=True, slots=True)
class WaitRunner:
    for_: Compiled
    until: Compiled

    async def run(self, step: Step) -> Outcome:
        lasts, moment = step.value(self.for_), step.value(self.until)
        if lasts:
            whole = _length(lasts)
            _refuse_long(step, whole, f"for {lasts}")
            await asyncio.sleep(whole)
        elif moment:
            until = _moment(moment)
            _refuse_long(step, until - time.time(), f"until {moment}")
            while (left := until - time.time()) > 0:  # noqa: ASYNC110 - it is the clock that is waited for
                await asyncio.sleep(min(left, _LOOK_S))
        return Outcome({}, {})


def _length(written: object) -> float:
    try:
        return seconds(_DURATION.validate_python(written))
    except ValidationError:
        raise InputError(f"{written!r} is no length of time", hint="Write it like 500ms, 20s, 5m or 2h") from None


def _moment(written: object) -> float:
    """Seconds since the epoch; without a time zone it is the time of this machine."""
    try:
        return datetime.fromisoformat(str(written)).timestamp()
    except (ValueError, OverflowError, OSError):
        hint = "Write it like 2026-12-01T08:00:00 or 2026-12-01T08:00:00+01:00"
        raise InputError(f"{written!r} is no moment", hint=hint) from None


def _refuse_long(step: Step, whole: float, what: str) -> None:
    """A wait that the run's limits cannot hold is told at its beginning, not at its end."""
    left = step.turn.spending.seconds_left()
    if left is not None and whole > left:
        problem = f"it would wait {what}, and the run has {max(left, 0):.0f} s left"
        raise LimitReached(problem, at=step.name, hint="Raise limits.time")
    if whole > LONGEST_S:
        raise LimitReached(f"it would wait {what}, and a run waits a year at most", at=step.name)


def compile_wait(node: Wait, bench: Bench) -> WaitRunner:
    for_, until = bench.value(node.for_), bench.value(node.until)
    if node.for_ and isinstance(for_, Literal):
        _length(for_.value)
    if node.until and isinstance(until, Literal):
        _moment(until.value)
    return WaitRunner(for_, until)
