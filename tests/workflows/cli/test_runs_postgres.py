"""`antiphon runs` with a Postgres database, and runs that wait there for a worker."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]


@pytest.fixture
def on_postgres(shop: Path, postgres_url: str) -> Path:
    app = shop / "app.yaml"
    app.write_text(f"{app.read_text()}storage: {{url: {json.dumps(postgres_url)}}}\n")
    return shop


def test_a_run_is_answered_forked_and_deleted(antiphon: Call, on_postgres: Path) -> None:
    id = json.loads(antiphon("run", "shop.yaml", "--python", "shop.py", "--json").out)["run"]
    assert antiphon("runs", "resume", id, "--answer", "number=2").out.strip() == "2 of Momo are ordered"
    assert antiphon("runs", "fork", id, "--at", "1", "--yes").out.strip() == "2 of Momo are ordered"
    assert (on_postgres / "ledger").read_text() == "2 Momo\n2 Momo\n"
    assert [point["step"] for point in json.loads(antiphon("runs", "show", id, "--json").out)["points"]] == [0, 1, 2]
    antiphon("runs", "delete", id, "--yes")
    assert len(json.loads(antiphon("runs", "list", "--json").out)) == 1


def test_a_run_waits_in_the_queue_for_a_worker(antiphon: Call, on_postgres: Path) -> None:
    called = antiphon("run", "shop.yaml", "--python", "shop.py", "--enqueue", "--priority", "3")
    id = called.out.strip()
    assert (called.status, called.err) == (0, f"queued   look at it with: antiphon runs show {id}\n")
    (one,) = json.loads(antiphon("runs", "list", "--status", "queued", "--json").out)
    assert one["id"] == id


def test_a_mistake_in_what_is_queued_leaves_nothing(antiphon: Call, on_postgres: Path) -> None:
    called = antiphon("run", "shop.yaml", "--python", "shop.py", "--enqueue", "--priority", "3000000")
    assert called.status == 2
    assert antiphon("runs", "list").err == "No run is kept.\n"


def test_a_run_that_is_answered_goes_back_to_the_workers(antiphon: Call, on_postgres: Path) -> None:
    id = json.loads(antiphon("run", "shop.yaml", "--python", "shop.py", "--json").out)["run"]
    called = antiphon("runs", "resume", id, "--answer", "number=2", "--enqueue")
    assert called.status == 0
    assert called.err.endswith(f"queued   look at it with: antiphon runs show {id}\n")
    (one,) = json.loads(antiphon("runs", "list", "--status", "queued", "--json").out)
    assert (one["id"], (on_postgres / "ledger").exists()) == (id, False)


def test_a_run_that_is_done_or_failed_is_not_handed_to_a_worker_as_it_is(antiphon: Call, on_postgres: Path) -> None:
    id = json.loads(antiphon("run", "shop.yaml", "--python", "shop.py", "--json").out)["run"]
    antiphon("runs", "resume", id, "--answer", "number=101")
    called = antiphon("runs", "resume", id, "--enqueue")
    assert (called.status, "a worker would come to the same" in called.err) == (2, True)
