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
import os, socket
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
try:
    os.kill(parent, 0)
    reached.append("its parent")
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
    "landlock": "Landlock and seccomp: it opens no files but its own, no sockets, no other process",
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
    if plan not in _found:
        _found[plan] = await _try(plan)
    return _found[plan]


async def _try(plan: Plan) -> Mean:
    if plan != "process" and sys.platform != "linux":
        return Mean(plan, False, "only Linux has it")
    try:
        ran = await _trial(plan)
    except (AntiphonError, OSError) as error:
        return Mean(plan, False, error.problem if isinstance(error, AntiphonError) else str(error))
    except KeyError as error:
        return Mean(plan, False, f"nothing is known about processors of the kind {error}")
    if ran is None or (plan != "process" and ran):
        return Mean(plan, False, f"code reached {', '.join(map(str, ran))}" if ran else "code did not run")
    return Mean(plan, True, _GIVES[plan])


async def _trial(plan: Plan) -> Any:
    import os

    from .process import child, new_mark

    async with child(plan, Limits(), stays=False) as process:
        await process.ask({"number": 1, "code": _TRIAL, "values": {"parent": os.getpid()}, "mark": new_mark()})
        async with asyncio.timeout(20):
            return (await process.answer()).get("value")
