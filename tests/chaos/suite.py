"""Runs that are killed at seeded random moments until they are done, and what became of them."""

import asyncio
import json
import random
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from antiphon.workflows.loading import load_with
from antiphon.workflows.run.inputs import checked_input
from antiphon.workflows.run.keeping import begin
from antiphon.workflows.storage.store import Store, open_store
from antiphon.workflows.storage.types import RunRow

from .processes import CHILD, TURNS, Forker, Fresh, Ground, Moment, phases_of, struck

_MOST = 40


@dataclass
class History:
    """What became of one run.

    Attributes:
        kills: For each kill that hit, where it hit.
        exits: The exit status of each of its processes.
        again: Questions that were put to a person although their answer was stored.
        settled: What a person found out about calls, "done" or "void".
    """

    seed: int
    ground: Ground
    kills: list[set[str]] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    processes: int = 0
    exits: list[int] = field(default_factory=list)
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
            f"seed {self.seed} in {self.ground.folder}: {self.status}, exits {self.exits},"
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
        history.exits.append(status := children.status())
        hit = hit and status == -signal.SIGKILL  # else it came to its end in the same moment
        marks = ground.marks_of(process)
        history.again += [mark[1] for mark in marks if mark[0] == "Asked" and mark[1] in answered]
        if not hit and status != 0:
            break
        row, answered = asyncio.run(_looked(ground, history))
        if hit:
            left -= 1
            history.kills.append(phases_of(marks))
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
