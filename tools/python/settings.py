"""How far code is trusted on this machine, and what it may use up: the section `sandbox` of app.yaml."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from ..base.checked import Strict
from ..base.patterns import DURATION
from .types import Limits

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
LONGEST = 3600.0


def seconds(duration: str) -> float:
    """Seconds of a text like `10s`.

    Raises:
        ValueError: it has another form.
    """
    found = re.fullmatch(r"([0-9.]+)(ms|s|m|h|d)", duration)
    if not found:
        raise ValueError(f"{duration!r} is no length of time")
    return float(found[1]) * _SECONDS[found[2]]


def _some_time(duration: str) -> str:
    if not 0.01 <= seconds(duration) <= LONGEST:
        raise ValueError("it must be between 10ms and 1h")
    return duration


Level = Literal["process", "kernel"]


class SandboxSettings(Strict):
    """What holds the code interpreter, and what one piece of code may use up."""

    level: Level = Field(
        default="kernel",
        description="kernel: no network, no files but its own, no other process, held by the kernel; "
        "process: a process of its own with limits, for code one trusts",
    )
    time: Annotated[str, StringConstraints(pattern=DURATION), AfterValidator(_some_time)] = Field(
        default="10s", description="the longest a piece of code may run"
    )
    memory_mb: int = Field(default=512, ge=64, le=1_000_000, description="of address space, for each process")
    output_kb: int = Field(default=64, ge=1, le=10_000, description="of printed text; more is cut")
    files_mb: int = Field(default=20, ge=1, le=10_000, description="of files in its folder, in all")
    processes: int = Field(
        default=1, ge=1, le=256, description="at once; more end the code; 1 lets it start none, only threads"
    )

    def limits(self) -> Limits:
        """The same as values."""
        time = seconds(self.time)
        return Limits(time, time, self.memory_mb, self.output_kb, self.files_mb, self.processes)
