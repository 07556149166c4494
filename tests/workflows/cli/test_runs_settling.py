"""`antiphon runs settle`: a call of which nobody knows whether it took place."""

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from antiphon.agents.roles.reading import read_app
from antiphon.agents.timeline.types import Entry, Part
from antiphon.workflows.run.resuming import answer
from antiphon.workflows.storage.claims import claim
from antiphon.workflows.storage.store import open_store
from antiphon.workflows.storage.types import CallRow

Call = Callable[..., Any]


async def break_off(id: str) -> None:
    """Leave a run as a process does that dies while it orders."""
    async with open_store(read_app(None)) as store:
        await answer(store, id, "ask@1", {"number": 2})
        async with claim(store, id) as held:
            parts = (Part("data", data={"book": "Momo", "copies": 2}),)
            given = Entry(thread=id, run=id, who="order", kind="call", parts=parts)
            await store.timeline.append(given)
            await store.calls.intend(
                CallRow(
                    run=id,
                    key="buy@1:0",
                    step="buy",
                    tool="order",
                    keyed=False,
                    epoch=held.row.epoch,
                    began=time.time(),
                    given_entry=given.id,
                )
            )


@pytest.fixture
def broken(antiphon: Call, begun: str) -> str:
    """The name of a run that broke off while it ordered."""
    asyncio.run(break_off(begun))
    return begun


@pytest.fixture
def uncertain(antiphon: Call, broken: str) -> str:
    """The same, after somebody has gone on with it."""
    antiphon("runs", "resume", broken)
    return broken


def test_a_run_whose_process_died_is_broken_off(antiphon: Call, broken: str) -> None:
    (one,) = json.loads(antiphon("runs", "list", "--status", "broken-off", "--json").out)
    assert (one["id"], one["status"]) == (broken, "broken-off")


def test_a_call_that_may_have_taken_place_is_not_made_again(antiphon: Call, broken: str, shop: Path) -> None:
    called = antiphon("runs", "resume", broken)
    assert called.status == 3
    assert called.err.endswith(
        'unknown  whether this took place: order(book="Momo", copies=2)\n'
        f"         antiphon runs settle {broken} --happened [--result JSON] | --did-not-happen\n"
        f"         then: antiphon runs resume {broken}\n"
    )
    assert not (shop / "ledger").exists()


def test_what_nobody_knows_is_in_the_list(antiphon: Call, uncertain: str) -> None:
    assert 'did order(book="Momo", copies=2) take place?' in antiphon("runs", "list").out


def test_what_nobody_knows_is_shown_with_the_way_on(antiphon: Call, uncertain: str) -> None:
    shown = antiphon("runs", "show", uncertain).out
    assert f"antiphon runs settle {uncertain} --happened [--result JSON] | --did-not-happen\n" in shown


@pytest.mark.parametrize("call", [(), ("buy@1:0",)])
def test_what_did_not_happen_is_done(antiphon: Call, uncertain: str, shop: Path, call: tuple[str, ...]) -> None:
    called = antiphon("runs", "settle", uncertain, *call, "--did-not-happen")
    assert (called.status, called.err) == (0, f"Go on with: antiphon runs resume {uncertain}\n")
    assert antiphon("runs", "resume", uncertain).status == 0
    assert (shop / "ledger").read_text() == "2 Momo\n"


def test_what_happened_is_not_done_and_its_result_counts(antiphon: Call, uncertain: str, shop: Path) -> None:
    antiphon("runs", "settle", uncertain, "--happened", "--result", '"by telephone"')
    assert antiphon("runs", "resume", uncertain).out.strip() == "by telephone"
    assert not (shop / "ledger").exists()


def test_a_call_can_be_settled_before_anybody_goes_on(antiphon: Call, broken: str, shop: Path) -> None:
    antiphon("runs", "settle", broken, "--did-not-happen")
    assert antiphon("runs", "resume", broken).status == 0


WRONG: Mapping[str, tuple[tuple[str, ...], str]] = {
    "nobody is there": ((), "nobody is here to say whether it took place."),
    "no JSON": (("--happened", "--result", "A-17"), "--result: 'A-17' is no JSON. Write texts in quotes"),
    "a result of nothing": (("--did-not-happen", "--result", "1"), "--result: a result goes with --happened."),
    "another call": (("pay@1:0", "--happened"), "made no call 'pay@1:0'. Did you mean 'buy@1:0'?"),
}


@pytest.mark.parametrize(("arguments", "said"), WRONG.values(), ids=WRONG)
def test_a_mistake_settles_nothing(antiphon: Call, uncertain: str, arguments: tuple[str, ...], said: str) -> None:
    called = antiphon("runs", "settle", uncertain, *arguments)
    assert called.status == 2
    assert said in called.err
    assert antiphon("runs", "settle", uncertain, "--did-not-happen").status == 0


@pytest.mark.parametrize(
    "result", [(), ("--result", "17"), ("--result", "null")], ids=["none", "of another type", "null"]
)
def test_a_result_that_the_function_cannot_give_is_refused(
    antiphon: Call, uncertain: str, result: tuple[str, ...]
) -> None:
    called = antiphon("runs", "settle", uncertain, "--happened", *result)
    assert called.status == 2
    assert "a string" in called.err
    assert antiphon("runs", "settle", uncertain, "--happened", "--result", '"by telephone"').status == 0


def test_a_result_is_not_checked_where_the_workflow_is_gone(antiphon: Call, uncertain: str, shop: Path) -> None:
    (shop / "shop.yaml").rename(shop / "elsewhere.yaml")
    assert antiphon("runs", "settle", uncertain, "--happened").status == 0


@pytest.mark.parametrize("first", [("--did-not-happen",), ("--happened", "--result", '"by mistake"')])
def test_what_a_person_has_said_can_be_put_right(
    antiphon: Call, uncertain: str, shop: Path, first: tuple[str, ...]
) -> None:
    antiphon("runs", "settle", uncertain, *first)
    assert antiphon("runs", "settle", uncertain, "--happened", "--result", '"by telephone"').status == 0
    assert antiphon("runs", "resume", uncertain).out.strip() == "by telephone"
    assert not (shop / "ledger").exists()


def test_what_is_settled_stays_so_in_a_run_that_is_done(antiphon: Call, uncertain: str) -> None:
    antiphon("runs", "settle", uncertain, "--happened", "--result", '"by telephone"')
    antiphon("runs", "resume", uncertain)
    called = antiphon("runs", "settle", uncertain, "buy@1:0", "--did-not-happen")
    assert called.status == 2
    assert "is no open question: it is 'done'" in called.err


def test_what_a_call_itself_gave_cannot_be_settled(antiphon: Call, begun: str) -> None:
    antiphon("runs", "resume", begun, "--answer", "number=101")
    assert antiphon("runs", "settle", begun, "buy@1:0", "--did-not-happen").status == 2


async def end(id: str) -> None:
    async with open_store(read_app(None)) as store:
        row = await store.runs.get(id)
        await store.runs.update(id, row.epoch, status="done")


def test_a_run_that_is_done_is_not_to_be_resumed_for_a_call_nobody_knows_of(antiphon: Call, uncertain: str) -> None:
    asyncio.run(end(uncertain))
    assert "runs resume" not in antiphon("runs", "show", uncertain).out
    assert "take place?" in antiphon("runs", "list").out
    called = antiphon("runs", "settle", uncertain, "--did-not-happen")
    assert (called.status, called.err) == (0, "")


def test_a_process_that_is_killed_in_a_call_leaves_a_run_to_be_settled(antiphon: Call, shop: Path) -> None:
    file = shop / "shop.py"
    whole = file.read_text()
    kill = "    import os, signal\n    os.kill(os.getpid(), signal.SIGKILL)\n    if copies"
    file.write_text(whole.replace("    if copies", kill))
    command = ["run", "shop.yaml", "--python", "shop.py", "--answer", "number=2"]
    killed = subprocess.run([sys.executable, "-m", "antiphon", *command], capture_output=True, check=False)
    assert (killed.returncode, (shop / "ledger").read_text()) == (-signal.SIGKILL, "2 Momo\n")
    file.write_text(whole)
    (one,) = json.loads(antiphon("runs", "list", "--json").out)
    assert antiphon("runs", "resume", one["id"]).status == 3
    antiphon("runs", "settle", one["id"], "--happened", "--result", '"2 of Momo are ordered"')
    assert antiphon("runs", "resume", one["id"]).out.strip() == "2 of Momo are ordered"
    assert (shop / "ledger").read_text() == "2 Momo\n"
