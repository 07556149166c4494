"""What runs did outside."""

from dataclasses import replace
from typing import Any

import pytest

from antiphon.tools.base.errors import InputError
from antiphon.workflows.storage.claims import claim
from antiphon.workflows.storage.store import Store
from antiphon.workflows.storage.types import CallMade, CallRow, CallState, RunHeld, RunLost, RunRow

RUN = "fq3k-7mzt"


def a_call(**more: Any) -> CallRow:
    return replace(CallRow(run=RUN, key="pay@1:0", step="pay", tool="pay", keyed=False, began=1.5), **more)


async def begin(store: Store, epoch: int = 0) -> None:
    await store.runs.add(RunRow(id=RUN, workflow="orders", source="orders.yaml", thread="t", epoch=epoch))


async def state_of(store: Store) -> str:
    found = await store.calls.find(RUN, "pay@1:0")
    assert found is not None
    return found.state


async def test_a_call_is_noted_before_and_after(store: Store) -> None:
    await begin(store)
    await store.calls.intend(a_call(keyed=True, given_entry="e1"))
    assert await store.calls.find(RUN, "pay@1:0") == a_call(keyed=True, given_entry="e1")
    await store.calls.finish(RUN, "pay@1:0", 0, "done", "e2")
    (call,) = await store.calls.of(RUN)
    assert (call.state, call.result_entry, call.given_entry, call.ended > 1.5) == ("done", "e2", "e1", True)
    assert await store.calls.find(RUN, "pay@1:1") is None


async def test_who_has_lost_the_run_writes_nothing(store: Store) -> None:
    await begin(store, epoch=2)
    with pytest.raises(RunLost):
        await store.calls.intend(a_call(epoch=1))
    assert await store.calls.of(RUN) == []
    await store.calls.intend(a_call(epoch=2))
    with pytest.raises(RunLost):
        await store.calls.finish(RUN, "pay@1:0", 1, "done", "e")
    assert await state_of(store) == "intended"


@pytest.mark.parametrize(
    ("keyed", "state", "is_made_again"),
    [
        (False, "intended", False),
        (False, "uncertain", False),
        (False, "failed", False),
        (False, "done", False),
        (False, "void", True),
        (True, "intended", True),
        (True, "uncertain", True),
        (True, "failed", True),
        (True, "done", False),
        (True, "void", True),
    ],
)
async def test_a_call_is_made_again_only_where_that_does_no_harm(
    store: Store, keyed: bool, state: CallState, is_made_again: bool
) -> None:
    await begin(store)
    await store.calls.intend(a_call(keyed=keyed))
    if state != "intended":
        await store.calls.finish(RUN, "pay@1:0", 0, state, "e")
    again = a_call(keyed=keyed, began=9.0)
    if is_made_again:
        await store.calls.intend(again)
        assert await store.calls.find(RUN, "pay@1:0") == again
        return
    with pytest.raises(CallMade):
        await store.calls.intend(again)
    assert await state_of(store) == state


@pytest.mark.parametrize("state", ["done", "failed", "void"])
async def test_a_person_settles_what_is_uncertain(store: Store, state: Any) -> None:
    await begin(store)
    await store.calls.intend(a_call())
    await store.calls.finish(RUN, "pay@1:0", 0, "uncertain")
    settled = await store.calls.settle(RUN, "pay@1:0", state, "e9")
    assert (settled.state, settled.result_entry) == (state, "e9")
    assert await store.calls.find(RUN, "pay@1:0") == settled


async def test_what_an_owner_left_behind_can_be_settled(store: Store) -> None:
    await begin(store)
    async with claim(store, RUN) as mine:
        await store.calls.intend(a_call(epoch=mine.row.epoch))
        with pytest.raises(RunHeld, match="may be under way"):
            await store.calls.settle(RUN, "pay@1:0", "void")
    await store.calls.settle(RUN, "pay@1:0", "void")
    assert await state_of(store) == "void"


async def test_what_is_settled_stays_so(store: Store) -> None:
    """An owner that was thought dead comes back with a result after a person has spoken."""
    await begin(store)
    await store.calls.intend(a_call())
    await store.calls.settle(RUN, "pay@1:0", "void")
    with pytest.raises(CallMade):
        await store.calls.finish(RUN, "pay@1:0", 0, "done", "e")
    with pytest.raises(InputError, match="it is 'void'"):
        await store.calls.settle(RUN, "pay@1:0", "done")
    assert await state_of(store) == "void"


async def test_what_a_person_said_is_put_right_only_as_it_was_found(store: Store) -> None:
    await begin(store)
    await store.calls.intend(a_call())
    first = await store.calls.settle(RUN, "pay@1:0", "void")
    settled = await store.calls.settle(RUN, "pay@1:0", "done", "e9", again=first)
    assert await store.calls.find(RUN, "pay@1:0") == settled
    with pytest.raises(InputError, match="it is 'done'"):
        await store.calls.settle(RUN, "pay@1:0", "void", again=first)


async def test_a_call_that_was_not_made_is_told_with_what_was_meant(store: Store) -> None:
    await begin(store)
    await store.calls.intend(a_call())
    with pytest.raises(InputError, match=r"made no call 'pay@1:1'\. Did you mean 'pay@1:0'\?"):
        await store.calls.settle(RUN, "pay@1:1", "done")
