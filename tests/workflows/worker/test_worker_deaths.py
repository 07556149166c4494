"""Workers that die, freeze, or are told to leave: no run is lost, none is done by two."""

import asyncio
import signal
import time
from collections.abc import Callable
from typing import Any

Start = Callable[..., Any]


async def test_what_a_killed_worker_had_at_work_goes_on_at_another(start: Start, field_: Any) -> None:
    a = await start("a")
    runs = [await field_.add(seconds=60) for _ in range(3)]
    for run in runs:
        await field_.began(run)
    await start("b")
    a.send(signal.SIGKILL)
    killed = time.monotonic()
    for run in runs:
        await field_.began(run, times=2)
    assert time.monotonic() - killed < 5 + 2  # lease of 2 s here
    assert await field_.ended(*runs) == ["done"] * 3


async def test_a_worker_with_other_code_goes_on_with_the_runs_of_a_dead_one(start: Start, field_: Any) -> None:
    """DBOS would take its version from the code of the workflow functions, and leave other versions alone."""
    a = await start("a")
    run = await field_.add(seconds=60)
    await field_.began(run)
    a.send(signal.SIGKILL)
    await start("b", code="changed")
    assert await field_.ended(run) == ["done"]


async def test_the_late_result_of_a_frozen_worker_does_not_count(start: Start, field_: Any) -> None:
    a = await start("a")
    run = await field_.add(seconds=3, again=4)
    await field_.began(run)
    a.send(signal.SIGSTOP)
    await start("b")
    await field_.began(run, times=2)
    a.send(signal.SIGCONT)
    assert await field_.ended(run) == ["done"]
    await asyncio.sleep(1.5)
    ended = [worker for _, worker, *_ in await field_.ledger("ended", run)]
    assert (ended, [status for _, status, _ in await field_.in_dbos(run)]) == (["b"], ["SUCCESS"])


async def test_a_frozen_worker_that_wakes_after_the_run_is_over_makes_no_error_of_it(start: Start, field_: Any) -> None:
    a = await start("a")
    run = await field_.add(seconds=3)
    await field_.began(run)
    a.send(signal.SIGSTOP)
    await start("b")
    await field_.ended(run)
    a.send(signal.SIGCONT)
    await field_.ended(await field_.add(), await field_.add())
    await asyncio.sleep(1.5)
    assert await field_.status(run) == "done"
    assert [status for _, status, _ in await field_.in_dbos(run)] == ["SUCCESS"]
    assert not a.has_ended


async def test_a_run_that_was_lost_to_nobody_goes_on(start: Start, field_: Any) -> None:
    """A database that was away for longer than a lease leaves a run with no owner."""
    run = await field_.add(fails="lost")
    await start("a")
    await field_.began(run, times=2)


async def test_a_run_that_kills_its_workers_fails_at_last(start: Start, field_: Any) -> None:
    run = await field_.add(kills=True)
    for name in ("a", "b"):
        worker = await start(name, lives=2)
        await worker.exit_status()
    await start("c", lives=2)
    assert await field_.ended(run, within_s=30) == ["failed"]
    row = await field_.store.runs.get(run)
    assert (await field_.store.timeline.entry(row.problem_entry)).text == "2 workers died while they worked at it"


async def test_a_worker_told_to_leave_ends_what_it_can(start: Start, field_: Any) -> None:
    a = await start("a", grace=10)
    run = await field_.add(seconds=1.5)
    await field_.began(run)
    a.send(signal.SIGTERM)
    assert await a.exit_status() == 0
    assert await field_.status(run) == "done"


async def test_a_worker_that_leaves_takes_no_more(start: Start, field_: Any) -> None:
    a = await start("a", grace=10, each=1)
    first, second = await field_.add(seconds=2), await field_.add()
    await field_.began(first)
    a.send(signal.SIGTERM)
    await a.exit_status()
    assert [await field_.status(first), await field_.status(second)] == ["done", "queued"]


async def test_what_is_not_ready_in_time_is_handed_back_and_taken_at_once(start: Start, field_: Any) -> None:
    a = await start("a", grace=0.5, lease=60)
    run = await field_.add(seconds=60)
    await field_.began(run)
    b = await start("b", lease=60)
    a.send(signal.SIGTERM)
    assert await a.exit_status() == 0
    assert "1 run handed back" in a.lines
    await field_.began(run, times=2, within_s=5)
    assert await field_.ended(run) == ["done"]
    assert "does not answer" not in b.lines


async def test_a_second_signal_ends_a_worker_at_once(start: Start, field_: Any) -> None:
    a = await start("a", grace=60)
    run = await field_.add(seconds=60)
    await field_.began(run)
    a.send(signal.SIGTERM)
    await asyncio.sleep(0.5)
    a.send(signal.SIGTERM)
    assert await a.exit_status(3) == 143


async def test_an_idle_worker_leaves_within_a_moment_and_says_little(start: Start, field_: Any) -> None:
    a = await start("a")
    a.send(signal.SIGTERM)
    assert await a.exit_status(5) == 0
    assert a.lines.splitlines() == [
        "ready: queue antiphon",
        "leaving: 0 runs at work, 1 s to end",
        "left: 0 runs handed back",
    ]
