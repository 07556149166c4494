"""`antiphon compare`."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

Call = Callable[..., Any]
LINES = ('{"question": "2 + 3?", "answer": 5}', '{"question": "2 + 4?", "answer": 6}')
ANSWERS = ("Answer: 5", "Answer: 7")


@pytest.fixture
def sums(tmp_path: Path) -> Path:
    path = tmp_path / "sums.jsonl"
    path.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    return path


def test_strategies_stand_side_by_side(antiphon: Call, app_answering: Call, sums: Path, tmp_path: Path) -> None:
    app = app_answering("Answer: 5", "Answer: 6", "Answer: 6", "Answer: 7")
    files = ("--json", tmp_path / "out.json", "--picture", tmp_path / "out.svg")
    strategies = ("--strategies", "direct,chain_of_thought", "--scorer", "number")
    called = antiphon("compare", sums, "--app", app, *strategies, *files)
    assert called.status == 0, called.err
    assert [line.split()[:2] for line in called.out.splitlines() if "/2" in line] == [
        ["direct", "2/2"],
        ["chain_of_thought", "0/2"],
    ]
    told = json.loads((tmp_path / "out.json").read_text())
    assert [(one["name"], one["right"]) for one in told["strategies"]] == [("direct", 2), ("chain_of_thought", 0)]
    assert told["strategies"][1]["over_first"]["only_theirs"] == 2
    assert ElementTree.parse(tmp_path / "out.svg").getroot().tag.endswith("svg")


def test_a_second_call_asks_nothing(antiphon: Call, app_answering: Call, sums: Path) -> None:
    command = ("compare", sums, "--app", app_answering(*ANSWERS), "--strategies", "direct", "--scorer", "number")
    first, second = antiphon(*command), antiphon(*command)
    assert "1/2 50.0%" in first.out
    assert (second.status, second.out) == (0, first.out)


def test_replies_are_kept_apart_from_records_and_can_be_forgotten(
    antiphon: Call, app_answering: Call, sums: Path, tmp_path: Path
) -> None:
    command = ("compare", sums, "--app", app_answering(*ANSWERS), "--strategies", "direct", "--scorer", "number")
    first = antiphon(*command)
    again = antiphon(*command, "--records", tmp_path / "other.jsonl")
    assert [first.status, again.status] == [0, 0]
    assert "known from before, counted as when first asked: direct 100%" in again.err
    assert antiphon("compare", "--forget-cache").err == "the kept replies are removed\n"


def test_what_is_missing_is_told(antiphon: Call, sums: Path) -> None:
    assert antiphon("compare").err == (
        "antiphon: DATA: no questions are named. Name a file with lines of JSON: sums.jsonl.\n"
    )
    called = antiphon("compare", sums, "--strategies", "direct", "--scorer", "nmber")
    assert (called.status, "there is no scorer 'nmber'. Did you mean 'number'?" in called.err) == (2, True)


def test_a_folder_that_is_not_there_is_told_before_the_work(antiphon: Call, sums: Path) -> None:
    called = antiphon("compare", sums, "--strategies", "direct", "--picture", "nowhere/p.svg")
    assert (called.status, called.err.startswith("antiphon: nowhere/p.svg: cannot write:")) == (2, True)


def test_a_server_that_is_gone_is_told_and_what_was_answered_is_kept(
    antiphon: Call, app_answering: Call, sums: Path
) -> None:
    called = antiphon("compare", sums, "--app", app_answering("Answer: 5"), "--strategies", "direct")
    assert called.status == 2
    assert "1 answers are kept in" in called.err
    assert len(sums.with_suffix(".records.jsonl").read_text().splitlines()) == 1


@pytest.mark.parametrize(("how", "status"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_a_kill_loses_nothing_that_was_answered(
    antiphon: Call, app_answering: Call, tmp_path: Path, how: signal.Signals, status: int
) -> None:
    data, count = tmp_path / "many.jsonl", 400
    data.write_text("\n".join(json.dumps({"question": f"{i} + 1?", "answer": i + 1}) for i in range(count)))
    app = app_answering(*["Answer: 5"] * (count + 50))
    command = ("compare", str(data), "--app", str(app), "--strategies", "direct", "--scorer", "number")
    records = data.with_suffix(".records.jsonl")
    with subprocess.Popen(
        [sys.executable, "-m", "antiphon", *command], env=os.environ, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        while not records.exists() or records.stat().st_size < 500:
            time.sleep(0.02)
            assert process.poll() is None, process.communicate()
        process.send_signal(how)
        process.communicate()
    assert process.returncode == status
    kept = [line for line in records.read_bytes().split(b"\n") if line.endswith(b"}")]
    called = antiphon(*command)
    assert 0 < len(kept) < count
    assert "1/400" in called.out
    assert records.read_bytes().split(b"\n")[: len(kept)] == kept
