"""One owner at a time, in one process and in several."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antiphon.agents.roles.types import App
from antiphon.tools.base.database import Database
from antiphon.tools.base.ids import short_id
from antiphon.workflows.storage import claims
from antiphon.workflows.storage.claims import claim
from antiphon.workflows.storage.store import Store, open_store
from antiphon.workflows.storage.types import CallRow, RunHeld, RunLost, RunRow

RUN = "fq3k-7mzt"

OWNER = """
import asyncio, sys
from antiphon.agents.roles.types import App
from antiphon.workflows.storage import claims
from antiphon.workflows.storage.store import open_store
from antiphon.workflows.storage.types import RunLost

async def main(app):
    claims.LEASE_S, claims.RENEW_S = 1.0, 0.2
    async with open_store(App.model_validate_json(app)) as store:
        async with claims.claim(store, "fq3k-7mzt") as mine:
            print("mine", flush=True)
            await asyncio.to_thread(sys.stdin.readline)
            try:
                await store.runs.update(mine.row.id, mine.row.epoch, status="done")
            except RunLost:
                print("lost", flush=True)
            else:
                print("kept", flush=True)

asyncio.run(main(sys.argv[1]))
"""
"""Works at the run until it is told to write to it."""


@pytest.fixture(autouse=True)
def short_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "LEASE_S", 1.0)
    monkeypatch.setattr(claims, "RENEW_S", 0.2)


@pytest.fixture
async def run(store: Store) -> RunRow:
    row = RunRow(id=RUN, workflow="orders", source="orders.yaml", thread="t")
    await store.runs.add(row)
    return row


@asynccontextmanager
async def another_process(app: App) -> AsyncIterator[asyncio.subprocess.Process]:
    """One that works at the run already."""
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OWNER, app.model_dump_json(by_alias=True), stdin=pipe, stdout=pipe
    )
    try:
        assert child.stdout is not None
        assert await child.stdout.readline() == b"mine\n"
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


async def test_who_claims_a_run_is_its_next_owner(store: Store, run: RunRow) -> None:
    async with claim(store, "fq3k", owner="me") as mine:
        assert (mine.row.owner, mine.row.epoch, mine.row.status) == ("me", 1, "running")
        assert await store.runs.get(RUN) == mine.row
        assert await store.runs.is_held(mine.row)
    left = await store.runs.get(RUN)
    assert (left.owner, left.epoch, left.leased_until) == ("", 1, 0.0)
    assert not await store.runs.is_held(left)


async def test_others_are_told_who_has_it_and_since_when(store: Store, other: Store, run: RunRow) -> None:
    async with claim(store, RUN) as mine:
        with pytest.raises(RunHeld) as caught:
            async with claim(other, RUN):
                pass
    said = str(caught.value)
    assert f"worked at by process {os.getpid()} on " in said
    assert "since 20" in said
    assert (await store.runs.get(RUN)).epoch == mine.row.epoch


async def test_the_checkpoints_go_to_the_new_owner(store: Store, run: RunRow) -> None:
    async with claim(store, RUN) as first:
        saver = await store.saver(first.row, first.lost.is_set)
        await _save(saver, first.row)
    async with claim(store, RUN) as second:
        assert second.row.checkpoints == f"{RUN}.2"
        saver = await store.saver(second.row, second.lost.is_set)
        assert await saver.aget_tuple({"configurable": {"thread_id": second.row.checkpoints}}) is not None
        former = await store.saver(first.row, first.lost.is_set)
        assert await former.aget_tuple({"configurable": {"thread_id": first.row.checkpoints}}) is None


async def _save(saver: object, row: RunRow) -> None:
    from langgraph.checkpoint.base import empty_checkpoint

    from antiphon.workflows.storage.checkpoints import Checkpoints

    assert isinstance(saver, Checkpoints)
    config = {"configurable": {"thread_id": row.checkpoints, "checkpoint_ns": ""}}
    await saver.aput(config, empty_checkpoint(), {"source": "input", "step": -1, "parents": {}}, {})  # type: ignore[arg-type]


async def test_an_error_in_the_block_frees_the_run(store: Store, run: RunRow) -> None:
    with pytest.raises(ZeroDivisionError):
        async with claim(store, RUN):
            raise ZeroDivisionError
    async with claim(store, RUN) as mine:
        assert mine.row.epoch == 2


async def test_a_cancelled_owner_frees_the_run(store: Store, run: RunRow) -> None:
    there = asyncio.Event()

    async def own() -> None:
        async with claim(store, RUN):
            there.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(own())
    await there.wait()
    task.cancel()
    await asyncio.wait([task])
    assert (await store.runs.get(RUN)).owner == ""
    async with claim(store, RUN):
        pass


async def test_a_lease_is_renewed_for_as_long_as_the_block(store: Store, other: Store, run: RunRow) -> None:
    async with claim(store, RUN) as mine:
        await asyncio.sleep(1.3)
        assert not mine.lost.is_set()
        with pytest.raises(RunHeld):
            async with claim(other, RUN):
                pass


async def test_an_owner_whose_lease_ran_out_finds_out(
    store: Store, other: Store, run: RunRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not store.database.is_shared:
        pytest.skip("SQLite has no leases")
    monkeypatch.setattr(claims, "LEASE_S", 0.1)
    async with claim(store, RUN) as mine:
        await asyncio.sleep(0.15)
        monkeypatch.setattr(claims, "LEASE_S", 1.0)
        async with claim(other, RUN) as theirs:
            await asyncio.wait_for(mine.lost.wait(), 2)
            with pytest.raises(RunLost):
                await store.runs.update(RUN, mine.row.epoch, status="done")
    assert (await store.runs.get(RUN)).epoch == theirs.row.epoch == 2


async def test_a_dead_process_is_taken_over_from(app: App, store: Store, run: RunRow) -> None:
    async with another_process(app) as child:
        with pytest.raises(RunHeld, match=f"process {child.pid} on"):
            async with claim(store, RUN):
                pass
        child.kill()
        await child.wait()
        if store.database.is_shared:
            await asyncio.sleep(1.1)
        async with claim(store, RUN) as mine:
            assert mine.row.epoch == 2


async def test_a_frozen_process_does_not_write_what_another_one_has_taken_over(
    app: App, store: Store, run: RunRow
) -> None:
    async with another_process(app) as child:
        child.send_signal(signal.SIGSTOP)
        await asyncio.sleep(1.2)
        if store.database.is_shared:
            async with claim(store, RUN):
                said = await _woken(child)
            assert said == "lost\n"
        else:
            with pytest.raises(RunHeld):
                async with claim(store, RUN):
                    pass
            assert await _woken(child) == "kept\n"


async def _woken(child: asyncio.subprocess.Process) -> str:
    assert child.stdin is not None
    assert child.stdout is not None
    child.send_signal(signal.SIGCONT)
    child.stdin.write(b"\n")
    return (await child.stdout.readline()).decode()


async def test_of_many_that_claim_at_once_one_has_it(app: App, store: Store, run: RunRow) -> None:
    async with open_store(app) as second, open_store(app) as third:
        done = asyncio.Event()

        async def attempt(one: Store) -> bool:
            try:
                async with claim(one, RUN):
                    await done.wait()
            except RunHeld:
                return False
            return True

        tasks = [asyncio.create_task(attempt(one)) for one in (store, second, third) * 4]
        waiting = set(tasks)
        while len(waiting) > 1:
            _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        done.set()
        assert sum([await task for task in tasks]) == 1


ACTIONS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["claim", "leave", "die", "write", "call"])), max_size=25
)


@given(ACTIONS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_order_only_the_last_owner_writes(postgres_url: str, actions: list[tuple[int, str]]) -> None:
    """On the database where owners may be thought dead and still write."""
    chat = {"engine": "openai", "base_url": "http://127.0.0.1:9/v1", "model": "none"}
    app = App.model_validate({"schema": "app/v1", "models": {"chat": chat}, "storage": {"url": postgres_url}})
    asyncio.run(_play(app, actions))


async def _play(app: App, actions: list[tuple[int, str]]) -> None:
    async with open_store(app) as store:
        run = RunRow(id=short_id(), workflow="w", source="w", thread="t")
        await store.runs.add(run)
        epochs: dict[int, int] = {}
        owner: int | None = None
        for place, (who, what) in enumerate(actions):
            match what:
                case "claim":
                    try:
                        epochs[who] = await _claimed(store, run.id)
                        assert owner is None
                        owner = who
                    except RunHeld:
                        assert owner is not None
                case "leave" | "die" if owner == who:
                    await _free(store.database, run.id)
                    owner = None
                case "write" | "call" if who in epochs:
                    is_last = epochs[who] == max(epochs.values())
                    assert await _writes(store, run.id, epochs[who], place, what) == is_last
        last = await store.runs.get(run.id)
        assert last.epoch == max(epochs.values(), default=0)
        assert all(call.epoch <= last.epoch for call in await store.calls.of(run.id))


async def _claimed(store: Store, id: str) -> int:
    """The epoch of an owner that never renews."""
    return (await claims._taken(store, await store.runs.get(id), "who")).epoch


async def _free(database: Database, id: str) -> None:
    async with database.transaction() as transaction:
        await transaction.run("UPDATE runs SET leased_until = 0 WHERE id = ?", id)


async def _writes(store: Store, id: str, epoch: int, place: int, what: str) -> bool:
    try:
        if what == "write":
            await store.runs.update(id, epoch, steps=place)
        else:
            key = f"k:{place}"
            await store.calls.intend(CallRow(run=id, key=key, step="s", tool="t", keyed=False, epoch=epoch))
            await store.calls.finish(id, key, epoch, "done")
    except RunLost:
        return False
    return True


async def test_who_only_looks_is_not_taken_for_somebody_who_works(tmp_path: Path) -> None:
    row, locks = RunRow(id=RUN, workflow="orders", source="orders.yaml", thread="t"), claims.Locks(tmp_path)
    looker = locks.take(row)  # as another one does for a moment
    asyncio.get_running_loop().call_later(0.03, looker.release)
    assert not await locks.is_held(row)
    with locks.kept_off(row):
        assert await locks.is_held(row)
