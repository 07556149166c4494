"""The commands with workflows as people write them: queued, asked, answered, gone on with."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from antiphon.workflows.run.resuming import answer

WORKFLOW = """
schema: workflow/v1
name: tea
input: {who: {type: string}}
state: {likes: {type: string, default: ""}, times: {type: integer, default: 0}}
output: {told: "${input.who + ' likes ' + state.likes}"}
start: count
nodes:
  count: {kind: set, values: {times: "${state.times + 1}"}, next: ask}
  ask:
    kind: ask
    show: What do you like?
    form: {likes: {type: string}}
    into: {likes: "${result.likes}"}
    next: end
"""
ANTIPHON = [sys.executable, "-c", "from antiphon.workflows.cli.main import main; main()"]


@pytest.fixture
def command(app_file: Path, tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start a command with the app.yaml of these tests."""
    started = []

    def start(*arguments: str) -> "subprocess.Popen[str]":
        pipe = subprocess.PIPE
        process = subprocess.Popen([*ANTIPHON, *arguments, "--app", app_file], stdout=pipe, stderr=pipe, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


async def test_a_run_that_asks_is_queued_paused_answered_and_ended_by_a_worker(
    command: Callable[..., Any], field_: Any, tmp_path: Path
) -> None:
    file = tmp_path / "tea.yaml"
    file.write_text(WORKFLOW, encoding="utf-8")
    out, told = await asyncio.to_thread(command("run", str(file), "--who", "Ada", "--enqueue").communicate)
    run = out.strip()
    assert run, told
    worker = command("worker", "--concurrency", "1")
    assert await field_.ended(run, within_s=30) == ["waiting"]
    (question,) = await field_.store.questions.open(run)
    await answer(field_.store, run, question.key, {"likes": "tea"})
    await field_.queue.add(await field_.store.runs.get(run))
    await field_.ended_as("done", run)
    row = await field_.store.runs.get(run)
    assert (await field_.store.timeline.entry(row.output_entry)).data == {"told": "Ada likes tea"}
    worker.terminate()
    assert await asyncio.to_thread(worker.wait, 10) == 0
