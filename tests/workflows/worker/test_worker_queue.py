"""The queue: what is taken when, and by how many at once."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

Start = Callable[..., Any]


async def test_a_run_in_the_queue_is_done_by_a_worker(start: Start, field_: Any) -> None:
    run = await field_.add()
    await start("a")
    assert await field_.ended(run) == ["done"]


async def test_a_queued_run_is_a_dbos_workflow_of_its_name_and_a_pinned_version(start: Start, field_: Any) -> None:
    run = await field_.add()
    await start("a")
    await field_.ended(run)
    assert [(name, version) for name, _, version in await field_.in_dbos(run)] == [(run, "1")]


async def test_no_words_and_no_inputs_are_in_dbos_only_the_name_of_the_run(field_: Any) -> None:
    run = await field_.add(secret="Wolkenkuckucksheim")
    rows = await field_.store.database.rows("SELECT inputs FROM dbos.workflow_input WHERE workflow_uuid = ?", run)
    assert run not in rows[0][0] or "Wolkenkuckucksheim" not in rows[0][0]


async def test_the_higher_priority_is_taken_first_whatever_the_conversation(start: Start, field_: Any) -> None:
    low = [await field_.add(priority=-1) for _ in range(3)]
    middle = [await field_.add() for _ in range(3)]
    high = await field_.add(priority=7)
    await start("a", each=1)
    await field_.ended(*low, *middle, high, within_s=30)
    assert [run for run, *_ in await field_.ledger("began")] == [high, *middle, *low]


async def test_runs_of_one_conversation_are_worked_at_one_after_another_in_their_order(
    start: Start, field_: Any
) -> None:
    runs = [await field_.add(thread="one", seconds=0.05) for _ in range(5)]
    others = [await field_.add(seconds=0.3) for _ in range(4)]
    await start("a", each=4)
    await start("b", each=4)
    await field_.ended(*runs, *others, within_s=30)
    of_one = [(run, what) for run, _, what, _ in await field_.ledger() if run in runs]
    assert of_one == [(run, what) for run in runs for what in ("began", "ended")]


async def test_a_worker_has_no_more_at_work_than_its_queue_allows(start: Start, field_: Any) -> None:
    runs = [await field_.add(seconds=0.3) for _ in range(6)]
    await start("a", each=2)
    await field_.ended(*runs, within_s=30)
    assert most_at_once(await field_.ledger()) == 2


async def test_all_workers_together_have_no_more_at_work_than_the_total(start: Start, field_: Any) -> None:
    await start("a", each=3, total=3)
    await start("b", each=3, total=3)
    runs = [await field_.add(seconds=0.3) for _ in range(9)]
    await field_.ended(*runs, within_s=30)
    assert most_at_once(await field_.ledger()) == 3


async def test_a_worker_leaves_other_queues_alone(start: Start, field_: Any) -> None:
    bulk = await field_.add(queue="bulk")
    own = await field_.add()
    await start("a")
    await field_.ended(own)
    assert await field_.status(bulk) == "queued"


async def test_of_runs_that_enter_a_conversation_at_once_one_is_in_the_queue(field_: Any) -> None:
    runs = await asyncio.gather(*[field_.add(thread="one") for _ in range(20)])
    assert len([run for run in runs if await field_.in_dbos(run)]) == 1


async def test_a_run_that_is_answered_while_its_worker_still_ends_it_enters_the_queue_anew(field_: Any) -> None:
    run = await field_.add()
    async with field_.store.database.transaction() as transaction:
        await transaction.run("UPDATE runs SET epoch = 1, status = 'waiting'")
    await field_.queue.add(await field_.store.runs.get(run))
    assert [name for name, *_ in await field_.in_dbos(run)] == [run, f"{run}.1"]


async def test_a_run_that_waits_for_a_person_leaves_the_queue_and_enters_it_anew_when_answered(
    start: Start, field_: Any
) -> None:
    run = await field_.add(asks=True)
    await start("a")
    assert await field_.ended(run) == ["waiting"]
    await field_.queue.add(await field_.store.runs.get(run))
    await field_.began(run, times=2)
    assert await field_.ended(run) == ["done"]
    assert [name for name, *_ in await field_.in_dbos(run)] == [run, f"{run}.1"]


async def test_a_run_that_waits_for_a_person_lets_its_conversation_go_on(start: Start, field_: Any) -> None:
    waits, next_ = await field_.add(thread="one", asks=True), await field_.add(thread="one")
    await start("a")
    assert await field_.ended(waits, next_) == ["waiting", "done"]


async def test_a_run_that_was_deleted_leaves_the_queue(start: Start, field_: Any) -> None:
    gone = await field_.add()
    await field_.store.runs.delete(gone)
    worker = await start("a", each=1)
    await field_.ended(await field_.add())
    assert f"{gone} gone" in worker.lines


async def test_a_run_that_never_entered_the_queue_is_found_by_a_worker(start: Start, field_: Any) -> None:
    """Whoever queued it died between two statements."""
    await field_.add(thread="one")
    left = await field_.add(thread="two")
    await field_.store.database.rows("DELETE FROM dbos.workflow_status WHERE workflow_uuid = ? RETURNING 1", left)
    async with field_.store.database.transaction() as transaction:
        await transaction.run("DELETE FROM turns WHERE thread = 'two'")
        await transaction.run("UPDATE runs SET created = created - 60")
    await start("a")
    assert await field_.ended(left) == ["done"]


async def test_an_error_of_ours_ends_a_run_as_failed_with_its_words(start: Start, field_: Any) -> None:
    run = await field_.add(fails="refused")
    await start("a")
    assert await field_.ended(run) == ["failed"]
    row = await field_.store.runs.get(run)
    entry = await field_.store.timeline.entry(row.problem_entry)
    assert entry.text == "refused, it says."


async def test_a_bug_in_a_run_does_not_stop_its_conversation(start: Start, field_: Any) -> None:
    await field_.add(thread="one", fails="bug")
    next_ = await field_.add(thread="one")
    await start("a")
    assert await field_.ended(next_) == ["done"]


def most_at_once(ledger: Iterable[tuple[str, str, str, float]]) -> int:
    at_once, most = 0, 0
    for *_, what, _ in ledger:
        at_once += 1 if what == "began" else -1
        most = max(most, at_once)
    return most
