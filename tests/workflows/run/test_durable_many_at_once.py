"""Fifty runs at once in four processes, all kept in the same SQLite files: no lock error, no event lost."""

import asyncio
import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from antiphon.agents.roles.types import App
from antiphon.agents.timeline.query import Query
from antiphon.agents.timeline.types import Entry
from antiphon.workflows.storage.store import open_store
from antiphon.workflows.storage.types import RunRow

SCRIPT = Path(__file__).with_name("many_runs.py")
RUNS, PROCESSES, ROUNDS = 50, 4, 8
EXPECTED = ["input", *["call", "result"] * 2 * ROUNDS, "answer", "output"]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[RunRow, list[Entry]]]:
    """The runs, each with its entries in the timeline."""
    folder = tmp_path_factory.mktemp("kept")
    edges = [RUNS * number // PROCESSES for number in range(PROCESSES + 1)]
    processes = [
        subprocess.Popen([sys.executable, str(SCRIPT), str(folder), str(a), str(b)], stderr=subprocess.PIPE, text=True)
        for a, b in itertools.pairwise(edges)
    ]
    assert [process.communicate()[1] for process in processes] == [""] * PROCESSES
    return asyncio.run(looked(folder))


async def looked(folder: Path) -> list[tuple[RunRow, list[Entry]]]:
    chat = {"engine": "openai", "base_url": "http://127.0.0.1:9/v1", "model": "none"}
    app = App.model_validate({"schema": "app/v1", "models": {"chat": chat}, "storage": {"folder": str(folder)}})
    async with open_store(app) as store:
        rows = await store.runs.list(last=100)
        return [(row, await store.timeline.find(Query(run=row.id))) for row in rows]


def test_every_run_ends_well(kept: list[tuple[RunRow, list[Entry]]]) -> None:
    assert [row.status for row, _ in kept] == ["done"] * RUNS


def test_no_event_of_any_run_is_lost(kept: list[tuple[RunRow, list[Entry]]]) -> None:
    told = [[entry.kind for entry in entries if entry.kind != "value"] for _, entries in kept]
    assert told == [EXPECTED] * RUNS


def test_every_entry_follows_the_one_before(kept: list[tuple[RunRow, list[Entry]]]) -> None:
    chains = [[entry for entry in entries if entry.kind != "value"] for _, entries in kept]
    assert [[one.parent for one in chain[1:]] for chain in chains] == [
        [one.id for one in chain[:-1]] for chain in chains
    ]


def test_what_was_called_is_told_in_its_order(kept: list[tuple[RunRow, list[Entry]]]) -> None:
    rounds = [
        [entry.data["round"] for entry in entries if (entry.who, entry.kind) == ("send", "call")] for _, entries in kept
    ]
    assert rounds == [[*range(1, ROUNDS + 1)]] * RUNS
