"""What code may use up, and what came of it."""

from dataclasses import dataclass, field
from typing import Any, Literal

Stopped = Literal["", "time", "cpu", "memory", "output", "files", "processes"]
"""Which limit the code came up against; "" where none."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one piece of code may use up.

    Attributes:
        time_s: Seconds by the clock.
        cpu_s: Seconds of processor time of one process; in a session of each piece of code.
        memory_mb: Mebibytes of address space of one process.
        output_kb: Kibibytes of printed text that are kept.
        files_mb: Mebibytes of files in its folder, in all; and the longest file. Where the folder lies on the disk
            (means.py: landlock), four times as much may be written, with what is written over or removed.
        processes: So many at once, counted ten times a second; more end the code. With 1 the code can start none;
            threads are allowed, 64 of them. More than one is possible only where the code has a world of its own
            (means.py: namespaces), or at level `process`, where they are not counted.
    """

    time_s: float = 10
    cpu_s: float = 10
    memory_mb: int = 512
    output_kb: int = 64
    files_mb: int = 20
    processes: int = 1


@dataclass(frozen=True, slots=True)
class File:
    """A file that code wrote into its folder.

    Attributes:
        name: Its path in the folder, with `/`.
        media_type: Guessed from the name's ending.
    """

    name: str
    data: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a piece of code.

    Attributes:
        value: Of its last expression, else of a variable `result` that it set, as plain data; what is no plain data,
            and an integer of more than 64 bits, as text.
        output: What it printed, stdout and stderr as they came; cut at the limit, and that is said in it.
        error: The traceback as the code sees it, with no path of this machine; or why it ended. "" if all went well.
        files: What it wrote into its folder, new or changed.
        left_out: Names of what it left there and is not handed on: links, devices, too much, too deep.
        seconds: By the clock, without the start of the process.
    """

    value: Any = None
    output: str = ""
    error: str = ""
    files: tuple[File, ...] = ()
    left_out: tuple[str, ...] = ()
    stopped: Stopped = ""
    seconds: float = 0.0
