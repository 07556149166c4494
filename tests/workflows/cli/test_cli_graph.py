"""`antiphon graph`: pictures of workflows, and of runs of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]

TRACE = """\
{"event": "RunStarted", "at_s": 0.0, "workflow": "child_tutor"}
{"event": "StepStarted", "at_s": 0.1, "step": "hear", "kind": "listen", "about": "Listening"}
{"event": "StepFinished", "at_s": 0.3, "step": "hear", "seconds": 0.2}
{"event": "StepStarted", "at_s": 0.3, "step": "guard_question", "kind": "guard", "about": ""}
"""


def test_a_run_is_painted_on(antiphon: Call, tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text(TRACE, encoding="utf-8")
    lines = antiphon("graph", "child-tutor", "--run", tmp_path / "t.jsonl").out.splitlines()
    assert "  class n_hear done" in lines
    assert "  class n_guard_question running" in lines


def test_of_several_runs_the_last_is_painted_on(antiphon: Call, tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text(TRACE + TRACE.splitlines()[0], encoding="utf-8")
    assert "done" not in antiphon("graph", "child-tutor", "--run", tmp_path / "t.jsonl").out


def test_a_painted_run_can_be_a_picture(antiphon: Call, tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text(TRACE, encoding="utf-8")
    antiphon("graph", "child-tutor", "--run", tmp_path / "t.jsonl", "--out", tmp_path / "g.svg")
    assert "200 ms" in (tmp_path / "g.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("trace", "said"),
    [
        (TRACE + "{half a li", "t.jsonl:5: this line is not JSON."),
        (TRACE + "[1, 2]", "t.jsonl:5: this line is no event of a run."),
        ("", "t.jsonl: no run begins in this file."),
        (TRACE.replace("child_tutor", "another"), "t.jsonl: this is a run of 'another'."),
    ],
)
def test_a_file_that_is_no_trace_is_named_with_its_line(antiphon: Call, tmp_path: Path, trace: str, said: str) -> None:
    (tmp_path / "t.jsonl").write_text(trace, encoding="utf-8")
    called = antiphon("graph", "child-tutor", "--run", tmp_path / "t.jsonl")
    assert (called.status, said in called.err) == (2, True), called.err


def test_a_trace_that_is_not_there_is_named(antiphon: Call, tmp_path: Path) -> None:
    called = antiphon("graph", "child-tutor", "--run", tmp_path / "none.jsonl")
    assert (called.status, "none.jsonl: no such file" in called.err) == (2, True), called.err
