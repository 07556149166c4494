"""A conversation of many turns, each a run that is kept: memory and time of a turn stay as they are, files grow evenly.

`make soak` has two hours of it, a turn every three seconds, in the time the machine needs.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).with_name("soaking.py")
TURNS = int(os.environ.get("ANTIPHON_SOAK_TURNS", "240"))
STORED_BYTES = 5_000
"""For each turn: 1,000 of them take 5 MB at most."""
EMPTY_BYTES = 150_000
"""Tables without rows."""

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads its memory as on Linux")


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Of each quarter of the conversation."""
    command = [sys.executable, str(SCRIPT), str(tmp_path_factory.mktemp("soak")), str(TURNS)]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    print(found)
    return found


def test_the_memory_of_a_long_conversation_stays_as_it_is(figures: dict[str, Any]) -> None:
    first, *rest = figures["memory_mb"]
    assert max(rest) < first + 4


def test_the_last_turn_takes_as_long_as_the_first(figures: dict[str, Any]) -> None:
    _, second, _, last = figures["turn_cpu_ms"]  # in the first quarter libraries are read
    assert last < second * 1.5


def test_every_turn_adds_the_same_to_what_is_stored(figures: dict[str, Any]) -> None:
    first, *_, before, last = figures["stored_bytes"]
    half = (before - first) / 2
    assert abs(last - before - half) < half / 4


def test_a_thousand_turns_take_five_megabytes_at_most(figures: dict[str, Any]) -> None:
    assert figures["stored_bytes"][-1] <= STORED_BYTES * TURNS + EMPTY_BYTES
