"""The rows of runs."""

from dataclasses import replace
from typing import Any

import pytest

from antiphon.workflows.storage.claims import claim
from antiphon.workflows.storage.store import Store
from antiphon.workflows.storage.types import CallRow, NoSuchRun, QuestionRow, RunHeld, RunLost, RunRow


def a_run(id: str = "fq3k-7mzt", **more: Any) -> RunRow:
    return replace(RunRow(id=id, workflow="orders", source="orders.yaml", thread="t"), **more)


async def test_a_run_comes_back_as_it_was_kept(store: Store) -> None:
    row = a_run(
        fingerprint={"nodes": {"问": "ask"}}, options={"knowledge": ["a"], "spoken": True}, seconds=1.25, tokens=2**40
    )
    await store.runs.add(row)
    assert await store.runs.get(row.id) == row


@pytest.mark.parametrize("written", ["fq3k-7mzt", "fq3", " FQ3K-7 "])
async def test_the_beginning_of_a_name_is_enough(store: Store, written: str) -> None:
    await store.runs.add(a_run())
    await store.runs.add(a_run("aaaa-aaaa"))
    assert (await store.runs.get(written)).id == "fq3k-7mzt"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("fq3k-7mzz", "there is no run 'fq3k-7mzz'. Did you mean 'fq3k-7mzt'? Known: fq3k-7mzt, fq3x-0000."),
        ("fq", "several runs begin with 'fq'. Write more of one of: fq3k-7mzt, fq3x-0000."),
        ("", "there is no run ''. Known: fq3k-7mzt, fq3x-0000."),
        ("%", "there is no run '%'. Known: fq3k-7mzt, fq3x-0000."),
    ],
)
async def test_what_names_no_run_is_told_with_what_was_meant(store: Store, written: str, told: str) -> None:
    await store.runs.add(a_run())
    await store.runs.add(a_run("fq3x-0000"))
    with pytest.raises(NoSuchRun) as caught:
        await store.runs.get(written)
    assert str(caught.value) == told


async def test_where_none_is_kept_that_is_told(store: Store) -> None:
    with pytest.raises(NoSuchRun, match="No run is kept yet"):
        await store.runs.get("x")


async def test_runs_are_listed_newest_first(store: Store) -> None:
    for when, name in enumerate(["a", "b", "c", "d"]):
        await store.runs.add(a_run(name, created=float(when), status="done" if name == "b" else "waiting"))
    assert [row.id for row in await store.runs.list(last=3)] == ["d", "c", "b"]
    assert [row.id for row in await store.runs.list(status=["done", "failed"])] == ["b"]
    assert await store.runs.list(workflow="other") == []


async def test_the_last_of_a_conversation_is_found(store: Store) -> None:
    await store.runs.add(a_run("a", created=1.0))
    await store.runs.add(a_run("b", created=2.0))
    await store.runs.add(a_run("c", created=3.0, thread="u"))
    assert [row.id for row in await store.runs.list(thread="t", last=1)] == ["b"]
    assert await store.runs.list(thread="none", last=1) == []


async def test_a_change_counts_as_long_as_the_epoch_does(store: Store) -> None:
    await store.runs.add(a_run(epoch=3))
    await store.runs.update("fq3k-7mzt", 3, status="done", ended=2.5, options={"a": 1})
    row = await store.runs.get("fq3k-7mzt")
    assert (row.status, row.ended, row.options) == ("done", 2.5, {"a": 1})
    with pytest.raises(RunLost, match="antiphon runs show fq3k-7mzt"):
        await store.runs.update("fq3k-7mzt", 2, status="failed")
    assert (await store.runs.get("fq3k-7mzt")).status == "done"


async def test_what_is_no_field_cannot_be_changed(store: Store) -> None:
    with pytest.raises(TypeError, match="stauts"):
        await store.runs.update("x", 0, stauts="done")


async def test_a_deleted_run_takes_its_calls_and_questions_with_it(store: Store) -> None:
    await store.runs.add(a_run())
    async with claim(store, "fq3k-7mzt") as mine:
        await store.calls.intend(CallRow(run=mine.row.id, key="k", step="s", tool="pay", keyed=True, epoch=1))
        await store.questions.ask(QuestionRow(run=mine.row.id, key="q", step="s"))
    await store.runs.delete("fq3k")
    assert await store.runs.list() == []
    assert await store.calls.of("fq3k-7mzt") == []
    assert await store.questions.open() == []


async def test_a_run_that_is_worked_at_is_not_deleted(store: Store, other: Store) -> None:
    await store.runs.add(a_run())
    async with claim(store, "fq3k-7mzt"):
        with pytest.raises(RunHeld):
            await other.runs.delete("fq3k-7mzt")
    await other.runs.delete("fq3k-7mzt")


async def test_a_run_may_be_deleted_by_its_owner_on_leaving(store: Store) -> None:
    await store.runs.add(a_run())
    async with claim(store, "fq3k-7mzt"):
        pass
    await store.runs.delete("fq3k-7mzt")
    with pytest.raises(NoSuchRun):
        async with claim(store, "fq3k-7mzt"):
            pass
