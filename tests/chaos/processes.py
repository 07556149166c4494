"""The processes of the suite, seen from outside: what they are told, what they tell, how they are struck."""

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from antiphon.agents.roles.types import App

CHILD = Path(__file__).with_name("child.py")
_PATIENCE_S = 30.0
PHASES = (
    "before its first step",
    "before an effect",
    "after an effect",
    "while an effect is written down",
    "while a person is asked",
    "while an answer is written down",
    "between steps",
)


@dataclass(frozen=True)
class Ground:
    """The files of one run or several, and where they are kept."""

    folder: Path
    url: str = ""
    house: str = "h0"
    runs: tuple[str, ...] = ()
    person: str = "there"
    patience_s: float = 0.0
    to_the_end: bool = False
    settles: bool = True
    lease_s: float = 10.0
    serves: bool = False

    @property
    def order(self) -> dict[str, Any]:
        """What a child is told."""
        files = {name: str(self.folder / name) for name in ("ledger", "marks", "errors")}
        told = ("house", "runs", "person", "patience_s", "to_the_end", "settles", "lease_s", "serves")
        own = {name: getattr(self, name) for name in told}
        return {"app": self._app, **files, **own}

    @property
    def app(self) -> App:
        """The machine it runs on."""
        return App.model_validate(self._app)

    @property
    def _app(self) -> dict[str, Any]:
        chat = {"engine": "openai", "base_url": "http://127.0.0.1:9/v1", "model": "none"}
        storage = {"folder": str(self.folder), "url": self.url}
        return {"schema": "app/v1", "models": {"chat": chat}, "storage": storage}

    def lines(self, name: str) -> list[Any]:
        """What was written to a file so far, and to those beside it, by line."""
        whole = [
            path.read_bytes().rpartition(b"\n")[0] for path in self.folder.glob(f"{name}*") if "_" not in path.name
        ]
        return [json.loads(line) for text in whole for line in text.splitlines()]

    def marks_of(self, process: int) -> list[Sequence[Any]]:
        """What a process told, without its number."""
        return [line[1:] for line in self.lines("marks") if line[0] == process]

    @property
    def errors(self) -> str:
        """What the children complained of."""
        path = self.folder / "errors"
        return path.read_text(encoding="utf-8") if path.exists() else ""


class Forker:
    """A process that has read all libraries and forks a child for each order."""

    def __enter__(self) -> Self:
        command = [sys.executable, str(CHILD)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._child = 0
        assert self._line() == "ready"
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:
            if self._child and not self.has_ended():  # the test has failed
                os.kill(self._child, signal.SIGKILL)
            assert self._process.stdin is not None
            self._process.stdin.close()

    def start(self, order: Mapping[str, Any]) -> int:
        """The number of a new process; one at a time."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        self._child = int(self._line())
        return self._child

    def has_ended(self) -> bool:
        """Whether that process is at its end."""
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], 0)[0])

    def status(self) -> int:
        """Its exit status, when it has ended; negative, the signal that ended it."""
        status = int(self._line())
        self._child = 0
        return status

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().decode().strip()


class Fresh:
    """The same with a new interpreter for each order."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def start(self, order: Mapping[str, Any]) -> int:
        """As of a Forker."""
        self._process = subprocess.Popen([sys.executable, str(CHILD), json.dumps(order)])
        return self._process.pid

    def has_ended(self) -> bool:
        """As of a Forker."""
        return self._process.poll() is not None

    def status(self) -> int:
        """As of a Forker."""
        return self._process.wait()


Mark = Sequence[Any]
TURNS = ("before", "after", "returns", "Asked", "told", "Returned")
"""Marks at which something has just begun or ended that must not be lost."""


@dataclass(frozen=True)
class Moment:
    """When a process is struck: after so many marks of some kinds, and seconds more."""

    marks: int
    seconds: float
    kinds: tuple[str, ...] = ()

    @classmethod
    def of(cls, chance: random.Random, marks: int, seconds: float, turn: str = "") -> Self:
        """By the clock, by how far the run has come, or just when something turns.

        Args:
            marks: So many a process leaves that nobody strikes, about; `seconds`: so long it takes.
            turn: At which mark something is to turn; "" leaves that to chance.
        """
        how = "turn" if turn else chance.choice(("clock", "progress", "turn"))
        match how:
            case "clock":
                return cls(1, chance.uniform(0, seconds))
            case "progress":
                return cls(chance.randint(1, max(1, marks)), chance.uniform(0, 0.02))
            case _:
                return cls(chance.randint(1, 4), chance.uniform(0, 0.003), (turn or chance.choice(TURNS),))

    def has_come(self, marks: Sequence[Mark]) -> bool:
        """Whether the process has come so far; the seconds are still to pass."""
        return sum(not self.kinds or mark[0] in self.kinds for mark in marks) >= self.marks


def reached(at: Ground, children: "Forker | Fresh", process: int, moment: Moment) -> bool:
    """Wait until a process has come to a moment; whether it did."""
    ends = time.monotonic() + _PATIENCE_S
    while not moment.has_come(at.marks_of(process)):
        if children.has_ended() or time.monotonic() > ends:
            return False
        time.sleep(0.001)
    time.sleep(moment.seconds)
    return not children.has_ended()


def struck(at: Ground, children: "Forker | Fresh", process: int, moment: Moment, number: int) -> bool:
    """Send a signal to a process at its moment; whether it came to that."""
    if not reached(at, children, process, moment):
        return False
    os.kill(process, number)
    return True


def phases_of(marks: Sequence[Mark]) -> set[str]:
    """Where a process was when it was killed; with branches, at several places."""
    names = [mark[0] for mark in marks]
    if "RunStarted" not in names:
        return {PHASES[0]}
    told = {name: [mark[1] for mark in marks if mark[0] == name] for name in {*names}}
    noted = [mark for mark in marks if mark[0] == "Returned" and mark[1] and not mark[2]]
    found = {
        PHASES[1]: len(told.get("before", ())) > len(told.get("after", ())),
        PHASES[2]: len(told.get("after", ())) > len(told.get("returns", ())),
        PHASES[3]: len(told.get("returns", ())) > len(noted),
        PHASES[4]: len(told.get("Asked", ())) > len(told.get("told", ())),
        PHASES[5]: len(told.get("told", ())) > len(told.get("Answered", ())),
    }
    return {name for name, is_so in found.items() if is_so} or {PHASES[6]}
