"""Two processes over one database work at the same runs, and one of them is killed, or freezes and wakes up later."""

import os
import random
import signal
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from .processes import Forker, Fresh, Ground, Moment, phases_of, reached, struck
from .suite import History, begun, moved, seen

SEEDS = max(1, int(os.environ.get("ANTIPHON_CHAOS_SEEDS", "20")) // 20)
TURNS = ("before", "after", "returns", "Returned")
HOUSES = tuple(f"h{number}" for number in range(1, 6))
PATIENCE_S = 60.0
LEASE_S = 3.0
"""Shorter than it is by itself, which is 10 s."""


@pytest.fixture
def ground(postgres_url: str, tmp_path: Path) -> Ground:
    """Five runs that are to be worked at, in Postgres."""
    whole = Ground(tmp_path, postgres_url, patience_s=PATIENCE_S, to_the_end=True, lease_s=LEASE_S)
    return begun(whole, HOUSES)


def wrong(histories: list[History], undisturbed: History) -> list[object]:
    """What is not as it is in a run that nobody disturbs."""
    found = list[object]()
    for one in histories:
        house = one.ground.house
        if (one.status, one.output) != ("done", moved(undisturbed.output, house)):
            found.append((house, one.status, one.output, one))
        if one.effects != moved(undisturbed.effects, house):
            found.append((house, Counter(one.effects) - Counter(moved(undisturbed.effects, house)), one))
    return found


def moment_of(seed: int, most: int) -> Moment:
    """While most of the runs are at work, near one of so many effects."""
    chance = random.Random(seed)
    return Moment(chance.randint(3, most), chance.uniform(0, 0.006), (chance.choice(TURNS),))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_a_killed_worker_was_at_is_done_by_the_other(ground: Ground, undisturbed: History, seed: int) -> None:
    with Forker() as one, Forker() as other:
        first = one.start(replace(ground, runs=ground.runs[1:]).order)
        assert reached(ground, one, first, Moment(1, 0, ("RunStarted",))), ground.errors
        other.start(ground.order)
        assert struck(ground, one, first, moment_of(seed, 15), signal.SIGKILL)
        assert one.status() == -signal.SIGKILL
        assert other.status() == 0, ground.errors
    print("killed", phases_of(ground.marks_of(first)))
    assert wrong(seen(ground, HOUSES, seed), undisturbed) == []


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_worker_that_was_frozen_does_nothing_twice_when_it_wakes(
    ground: Ground, undisturbed: History, seed: int
) -> None:
    with Forker() as one, Forker() as other:
        nobody_settles = replace(ground, settles=False)
        first = one.start(nobody_settles.order)
        assert struck(ground, one, first, moment_of(seed, 60), signal.SIGSTOP)
        try:
            print("frozen", phases_of(ground.marks_of(first)))
            time.sleep(LEASE_S + 1)
            other.start(nobody_settles.order)
            assert other.status() == 0, ground.errors
        finally:
            os.kill(first, signal.SIGCONT)
        assert one.status() == 0, ground.errors
    with Fresh() as last:  # a person settles what the frozen one was at, when it is known to be gone
        last.start(ground.order)
        assert last.status() == 0, ground.errors
    assert wrong(seen(ground, HOUSES, seed), undisturbed) == []


def test_a_frozen_owner_of_a_run_in_a_file_keeps_it(tmp_path: Path, undisturbed: History) -> None:
    ground = begun(Ground(tmp_path, to_the_end=True), ["h1"])
    with Forker() as one, Forker() as other:
        first = one.start(ground.order)
        assert struck(ground, one, first, Moment(60, 0.0), signal.SIGSTOP)
        try:
            other.start(ground.order)
            assert other.status() == 1
        finally:
            os.kill(first, signal.SIGCONT)
        assert one.status() == 0, ground.errors
    assert "is being worked at by process" in ground.errors
    assert wrong(seen(ground, ["h1"], 0), undisturbed) == []
