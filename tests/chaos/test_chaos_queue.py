"""Workers take the runs of the suite from a queue, and one of them is killed, or freezes and wakes up later."""

import asyncio
import os
import random
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from antiphon.workflows.storage.store import open_store
from antiphon.workflows.worker.queueing import open_queue

from .processes import Forker, Fresh, Ground, Moment, phases_of, reached, struck
from .suite import History, begun, seen
from .test_chaos_two_workers import LEASE_S, TURNS, wrong

SEEDS = max(1, int(os.environ.get("ANTIPHON_CHAOS_SEEDS", "20")) // 20)
HOUSES = tuple(f"h{number}" for number in range(1, 7))
PATIENCE_S = 90.0
SIGNALS = [signal.SIGKILL, signal.SIGSTOP] if SEEDS > 1 else [signal.SIGKILL]
"""A worker that is frozen in the middle of a transaction holds up the other until the database ends that: 12 s."""


@pytest.fixture
def ground(postgres_url: str, tmp_path: Path) -> Ground:
    """Six runs in the queue of a Postgres database."""
    pytest.importorskip("dbos")
    ground = begun(Ground(tmp_path, postgres_url, lease_s=LEASE_S, serves=True), HOUSES)
    asyncio.run(queued(ground))
    return ground


async def queued(ground: Ground) -> None:
    async with open_store(ground.app) as store, open_queue(store) as queue:
        for id in ground.runs:
            await queue.add(await store.runs.get(id))


def rest(ground: Ground) -> None:
    """Wait until every run is done, or a person is to say what took place.

    Raises:
        AssertionError: that takes too long.
    """

    async def looked() -> set[str]:
        async with open_store(ground.app) as store:
            while True:
                found: set[str] = {(await store.runs.get(id)).status for id in ground.runs}
                if found <= {"done", "uncertain"} or time.monotonic() > ends:
                    return found
                await asyncio.sleep(0.3)

    ends = time.monotonic() + PATIENCE_S
    assert asyncio.run(looked()) <= {"done", "uncertain"}, ground.errors


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_a_worker_was_at_is_done_by_another_and_once(
    ground: Ground, undisturbed: History, seed: int, number: signal.Signals
) -> None:
    chance = random.Random(seed)
    with Forker() as one, Forker() as other:
        first = one.start(ground.order)
        assert reached(ground, one, first, Moment(1, 0, ("RunStarted",))), ground.errors  # so many as it takes at once
        second = other.start(ground.order)
        moment = Moment(chance.randint(2, 20), chance.uniform(0, 0.006), (chance.choice(TURNS),))
        assert struck(ground, one, first, moment, number), ground.errors
        print(number.name, phases_of(ground.marks_of(first)))
        rest(ground)
        if number == signal.SIGSTOP:
            os.kill(first, signal.SIGCONT)
            time.sleep(1)
            os.kill(first, signal.SIGTERM)
        os.kill(second, signal.SIGTERM)
        assert (one.status(), other.status()) == (-signal.SIGKILL if number == signal.SIGKILL else 0, 0), ground.errors
    with Fresh() as last:  # a person settles what the first one was at
        last.start(replace(ground, serves=False, to_the_end=True).order)
        assert last.status() == 0, ground.errors
    assert wrong(seen(ground, HOUSES, seed), undisturbed) == []
