"""SIGTERM: a command cleans up and ends, whatever it is doing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no such signals")

WORKFLOW = """\
schema: workflow/v1
name: slow
state: {done: {type: string}}
tools: {work: {}}
start: act
nodes:
  act: {kind: tool, tool: work, into: done, next: end}
"""
HEAD = """\
import asyncio
import os
import signal
import time
import weakref
from pathlib import Path

from antiphon import tool

"""
WAITS = """
@tool
async def work() -> str:
    "Takes long."
    Path("began").touch()
    try:
        await asyncio.sleep(60)
    finally:
        Path("cleaned").touch()
    return "done"
"""
DEAF = WAITS.replace("await asyncio.sleep(60)", "time.sleep(60)")
LOST = """
class Lock:
    pass

def released(_: object) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    for _ in range(10_000):
        pass

lock = Lock()
watched = weakref.ref(lock, released)
del lock
time.sleep(60)
"""
IMPORTING = """
Path("began").touch()
time.sleep(60)
"""
Start = Callable[[str], subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start `antiphon run` with a file of tools."""
    (tmp_path / "slow.yaml").write_text(WORKFLOW, encoding="utf-8")
    (tmp_path / "app.yaml").write_text(
        "schema: app/v1\nmodels: {chat: {engine: embedded, model: none}}\nrecord: false\n", encoding="utf-8"
    )

    def started(tools: str) -> subprocess.Popen[str]:
        (tmp_path / "tools.py").write_text(HEAD + tools, encoding="utf-8")
        code = "from antiphon.workflows.cli.main import main; main()"
        command = [sys.executable, "-c", code, "run", "slow.yaml", "--python", "tools.py", "--app", "app.yaml"]
        return subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
        )

    return started


def begun(folder: Path) -> None:
    until = time.monotonic() + 30
    while not (folder / "began").exists():
        assert time.monotonic() < until
        time.sleep(0.02)


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    try:
        _, err = process.communicate(timeout=20)
    finally:
        process.kill()
    return process.returncode, err


@pytest.mark.parametrize("tools", [WAITS, IMPORTING], ids=["a run", "an import"])
def test_what_is_under_way_is_stopped(start: Start, tmp_path: Path, tools: str) -> None:
    process = start(tools)
    begun(tmp_path)
    process.terminate()
    process.terminate()  # as `timeout` does
    status, err = ended(process)
    assert (status, err.strip()) == (130, "antiphon: stopped")


def test_a_run_that_is_stopped_cleans_up(start: Start, tmp_path: Path) -> None:
    process = start(WAITS)
    begun(tmp_path)
    process.terminate()
    ended(process)
    assert (tmp_path / "cleaned").exists()


def test_a_signal_that_python_loses_comes_once_more(start: Start) -> None:
    status, err = ended(start(LOST))
    assert (status, err.strip()) == (130, "antiphon: stopped")


def test_the_second_leaves_at_once(start: Start, tmp_path: Path) -> None:
    process = start(DEAF)
    begun(tmp_path)
    process.terminate()
    time.sleep(1.1)
    assert process.poll() is None
    process.terminate()
    assert ended(process)[0] == 128 + signal.SIGTERM
