"""Runs that are killed at seeded random moments until they are done, and what is seen of them from outside."""

import asyncio
import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from antiphon.agents.roles.types import App
from antiphon.workflows.loading import load_with
from antiphon.workflows.run.inputs import checked_input
from antiphon.workflows.run.keeping import begin
from antiphon.workflows.storage.store import Store, open_store
from antiphon.workflows.storage.types import RunRow

CHILD = Path(__file__).with_name("child.py")
_MOST = 40
_PATIENCE_S = 60.0
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
        """What was written to a file so far, by line."""
        path = self.folder / name
        whole = path.read_bytes().rpartition(b"\n")[0] if path.exists() else b""
        return [json.loads(line) for line in whole.splitlines()]

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
        assert self._line() == "ready"
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:
            assert self._process.stdin is not None
            self._process.stdin.close()

    def start(self, order: Mapping[str, Any]) -> int:
        """The number of a new process; one at a time."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        return int(self._line())

    def has_ended(self) -> bool:
        """Whether that process is at its end."""
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], 0)[0])

    def status(self) -> int:
        """Its exit status, when it has ended; negative, the signal that ended it."""
        return int(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().decode().strip()


class Fresh:
    """The same with a new interpreter for each order."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

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
TURNS = ("before", "after", "returns", "Asked", "Answered", "Returned")
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


def struck(at: Ground, children: "Forker | Fresh", process: int, moment: Moment, number: int) -> bool:
    """Send a signal to a process at its moment; whether it came to that."""
    ends = time.monotonic() + _PATIENCE_S
    while not moment.has_come(at.marks_of(process)):
        if children.has_ended() or time.monotonic() > ends:
            return False
        time.sleep(0.001)
    time.sleep(moment.seconds)
    if children.has_ended():
        return False
    os.kill(process, number)
    return True


def phases_of(marks: Sequence[Mark], answered: Collection[str] | None = None) -> set[str]:
    """Where a process was when it was killed; with branches, at several places.

    Args:
        answered: The questions whose answers were kept by then, where that is known.
    """
    names = [mark[0] for mark in marks]
    if "RunStarted" not in names:
        return {PHASES[0]}
    told = {name: [mark[1] for mark in marks if mark[0] == name] for name in {*names}}
    noted = [mark for mark in marks if mark[0] == "Returned" and mark[1] and not mark[2]]
    asked = {*told.get("Asked", ())} - {*told.get("Answered", ())}
    found = {
        PHASES[1]: len(told.get("before", ())) > len(told.get("after", ())),
        PHASES[2]: len(told.get("after", ())) > len(told.get("returns", ())),
        PHASES[3]: len(told.get("returns", ())) > len(noted),
        PHASES[4]: bool(asked),
        PHASES[5]: answered is not None and not {*told.get("Answered", ())} <= {*answered},
    }
    return {name for name, is_so in found.items() if is_so} or {PHASES[6]}


@dataclass
class History:
    """What became of one run.

    Attributes:
        kills: For each kill that hit, where it hit.
        again: Questions that were put to a person although their answer was stored.
        settled: What a person found out about calls, "done" or "void".
    """

    seed: int
    ground: Ground
    kills: list[set[str]] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    processes: int = 0
    seconds: float = 0.0
    status: str = ""
    output: Any = None
    questions: tuple[str, ...] = ()
    calls: tuple[tuple[str, str], ...] = ()

    @cached_property
    def ledger(self) -> list[Any]:
        """What happened outside."""
        return [one for one in self.ground.lines("ledger") if one["what"].startswith(f"{self.ground.house} ")]

    @property
    def effects(self) -> list[str]:
        """The same without keys and times."""
        return sorted(f"{one['tool']} {one['what']}" for one in self.ledger)

    @property
    def marks(self) -> int:
        """How much its processes told."""
        return len(self.ground.lines("marks"))

    @property
    def settled(self) -> list[tuple[str, str]]:
        """What a person said of which effect."""
        return [(mark[2], mark[3]) for mark in self.ground.lines("marks") if mark[1] == "settled"]

    def __repr__(self) -> str:
        """For a test that fails."""
        return (
            f"seed {self.seed} in {self.ground.folder}: {self.status}, {self.processes} processes,"
            f" kills {self.kills}\n{self.ground.errors[-3000:]}"
        )


def history_of(seed: int, folder: Path, children: "Forker | Fresh", undisturbed: History | None = None) -> History:
    """Begin a run, kill it at moments of this seed, 1 to 4 times, go on with it until it is done.

    Args:
        undisturbed: The run that nobody kills; None to be that one.
    """
    chance = random.Random(seed)
    folder.mkdir()
    ground = Ground(folder, person=chance.choice(("there", "there", "later")))
    history, began = History(seed, ground), time.monotonic()
    left = 0 if undisturbed is None else chance.randint(1, 4)
    answered = set[str]()
    while history.status != "done" and history.processes < _MOST:
        process = children.start(ground.order)
        history.processes += 1
        hit = False
        if left and undisturbed is not None:
            rest = 0.7 ** len(history.kills)
            turn = TURNS[seed // 2 % len(TURNS)] if seed % 2 == 0 and not history.kills else ""
            moment = Moment.of(chance, round(undisturbed.marks * rest), undisturbed.seconds * rest, turn)
            hit = struck(ground, children, process, moment, signal.SIGKILL)
        status = children.status()
        marks = ground.marks_of(process)
        history.again += [mark[1] for mark in marks if mark[0] == "Asked" and mark[1] in answered]
        if status != (-signal.SIGKILL if hit else 0):
            break
        row, answered = asyncio.run(_looked(ground, history))
        if hit:
            left -= 1
            history.kills.append(phases_of(marks, answered))
        at_a_stretch = isinstance(children, Fresh) or chance.random() < 0.5
        ground = replace(ground, runs=(row.id,) if row is not None else (), to_the_end=at_a_stretch)
    history.ground, history.seconds = ground, time.monotonic() - began
    return history


async def _looked(ground: Ground, history: History) -> tuple[RunRow | None, set[str]]:
    """What is kept of the one run there, and the questions that are answered."""
    async with open_store(ground.app) as store:
        rows = await store.runs.list()
        if not rows:
            return None, set()
        await see(store, rows[0], history)
        found = await store.database.rows("SELECT key FROM questions WHERE run = ? AND answer_entry <> ''", rows[0].id)
        return rows[0], {row[0] for row in found}


async def see(store: Store, row: RunRow, history: History) -> None:
    """Note what is kept of a run."""
    history.status = row.status
    if row.output_entry:
        entry = await store.timeline.entry(row.output_entry)
        history.output = entry.data if entry is not None else None
    asked = await store.database.rows("SELECT key FROM questions WHERE run = ? ORDER BY key", row.id)
    history.questions = tuple(found[0] for found in asked)
    history.calls = tuple(sorted((call.key, call.state) for call in await store.calls.of(row.id)))


def begun(ground: Ground, houses: Sequence[str]) -> Ground:
    """The ground with a run for each house, written down, that nobody works at yet."""
    workflow = load_with(str(CHILD.with_name("workflow.yaml")), [CHILD.with_name("outside.py")])

    async def begin_all() -> tuple[str, ...]:
        async with open_store(ground.app) as store:
            values = [checked_input(workflow.spec, {"house": house}) for house in houses]
            return tuple([(await begin(store, workflow, one)).id for one in values])

    return replace(ground, runs=asyncio.run(begin_all()))


def seen(ground: Ground, houses: Sequence[str], seed: int) -> list[History]:
    """What became of the runs of the houses."""

    async def look() -> list[History]:
        histories = [History(seed, replace(ground, house=house)) for house in houses]
        async with open_store(ground.app) as store:
            for run, history in zip(ground.runs, histories, strict=True):
                await see(store, await store.runs.get(run), history)
        return histories

    return asyncio.run(look())


def moved(undisturbed: Any, house: str) -> Any:
    """What the undisturbed run came to, had it been that of another house."""
    return json.loads(json.dumps(undisturbed).replace("h0 ", f"{house} "))
