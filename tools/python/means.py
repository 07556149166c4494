"""What this machine has to hold code, found out by trying it, once in the life of the process."""

import asyncio
import sys
from dataclasses import dataclass
from typing import Any

from ..base.errors import AntiphonError, EngineError
from .settings import Level
from .types import Limits
from .world import Plan

_TRIAL = """
import fcntl, mmap, os, socket
reached = []
for path in ("/etc/passwd", "/proc/1/environ", "/sys/kernel", "/home"):
    try:
        os.listdir(path) if os.path.isdir(path) else open(path).close()
        reached.append(path)
    except OSError:
        pass
try:
    socket.socket().close()
    reached.append("a socket")
except OSError:
    pass
ends = os.pipe()
for what, does in {
    "its parent": lambda: os.kill(parent, 0),
    "its parent by way of a file": lambda: fcntl.fcntl(ends[0], fcntl.F_SETOWN, parent),
    "signals by way of a file": lambda: fcntl.fcntl(ends[0], fcntl.F_SETSIG, 9),
    "the length of a file outside": lambda: os.truncate(outside, 0),
    "the contents of a file outside": lambda: os.open(outside, os.O_TRUNC),
    "datagrams": lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM),
    "memory that nobody counts": lambda: mmap.mmap(-1, 4096),
}.items():
    try:
        does()
        reached.append(what)
    except OSError:
        pass
reached
"""


@dataclass(frozen=True, slots=True)
class Mean:
    """One way to hold code.

    Attributes:
        holds: Whether code was held by it here.
        told: What it does, or why it does not hold.
    """

    name: Plan
    holds: bool
    told: str


_found: dict[Plan, Mean] = {}
_GIVES = {
    "namespaces": "its own file system in memory, network and processes, with seccomp",
    "landlock": "Landlock and seccomp: it opens no files but its own, no sockets, no other process; "
    "of files outside it can learn name, size and time",
    "process": "limits on time, memory, output and files; network, files and other processes are open to it",
}


async def means() -> list[Mean]:
    """Each way, the strongest first."""
    return [await _tried(plan) for plan in ("namespaces", "landlock", "process")]


def holding(level: Level) -> tuple[Plan, ...]:
    """The ways in which code of a level may be held, the strongest first."""
    return ("namespaces", "landlock") if level == "kernel" else ("process",)


async def plan_for(level: Level) -> Plan:
    """The way in which code of this level is held here.

    Raises:
        EngineError: no way is strong enough.
    """
    tried: list[Mean] = []
    for plan in holding(level):
        mean = await _tried(plan)
        if mean.holds:
            return plan
        tried.append(mean)
    why = "; ".join(f"{mean.name}: {mean.told}" for mean in tried)
    raise EngineError(
        f"code cannot be held at level {level} on this machine ({why})",
        at="sandbox.level",
        hint="For code that you trust, write `sandbox: {level: process}` in app.yaml",
    )


async def _tried(plan: Plan) -> Mean:
    if plan in _found:
        return _found[plan]
    mean, lasting = await _try(plan)
    if lasting:
        _found[plan] = mean
    return mean


async def _try(plan: Plan) -> tuple[Mean, bool]:
    """Whether code is held in one way; and whether it will be the same the next time."""
    if plan != "process" and sys.platform != "linux":
        return Mean(plan, False, "only Linux has it"), True

    from .process import Ended, NotHeld

    try:
        ran = await _trial(plan)
    except NotHeld as error:
        return Mean(plan, False, error.problem), True
    except TimeoutError:
        return Mean(plan, False, "code was not done in time"), False
    except AntiphonError as error:
        return Mean(plan, False, error.problem), False
    except (OSError, Ended) as error:
        return Mean(plan, False, str(error)), False
    if ran is None or (plan != "process" and ran):
        told = f"code reached {', '.join(map(str, ran))}" if ran else "code did not run"
        return Mean(plan, False, told), ran is not None
    return Mean(plan, True, _GIVES[plan]), True


async def _trial(plan: Plan) -> Any:
    import os
    import tempfile

    from .process import child, new_mark

    with tempfile.NamedTemporaryFile(prefix="antiphon-trial-") as outside:
        values = {"parent": os.getpid(), "outside": outside.name}
        async with child(plan, Limits(), stays=False) as process:
            code = "[]" if plan == "process" else _TRIAL
            await process.ask({"number": 1, "code": code, "values": values, "mark": new_mark()})
            async with asyncio.timeout(20):
                return (await process.answer()).get("value")
