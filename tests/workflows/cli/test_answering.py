"""A workflow's question on a real terminal, and answers that are given."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
WORKFLOW = """\
schema: workflow/v1
name: books
state: {all: {type: object, fields: {nights: {type: integer}, first: {type: boolean}, kind: {type: string}}}}
output: {answer: "${state.all.kind + ' ' + string(state.all.nights) + ' ' + string(state.all.first)}"}
start: it
nodes:
  it:
    kind: ask
    show: How shall we travel?
    who: Ada
    form:
      nights: {type: integer, minimum: 1, about: how many}
      first: {type: boolean}
      kind: {type: string, enum: [bus, train], default: train}
    into: all
    next: show
  show: {kind: speak, from: "${state.all.kind}", next: end}
"""


@pytest.fixture
def workflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.yaml").write_text("schema: app/v1\nmodels: {chat: {engine: embedded, model: none}}\n")
    (tmp_path / "workflow.yaml").write_text(WORKFLOW)
    return tmp_path / "workflow.yaml"


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, *arguments: str) -> None:
        self._main, side = pty.openpty()
        # A suite that runs in the background ignores Ctrl-C, and its children would.
        listen = "import signal, runpy; signal.signal(signal.SIGINT, signal.default_int_handler); "
        command = [sys.executable, "-c", f"{listen}runpy.run_module('antiphon', run_name='__main__')", *arguments]
        environment = {**os.environ, "TERM": "dumb", "COLUMNS": "200"}
        self.process = subprocess.Popen(
            command, stdin=side, stdout=subprocess.PIPE, stderr=side, env=environment, start_new_session=True
        )
        os.close(side)
        self.seen = ""

    def until(self, text: str) -> None:
        """Read until the terminal shows it."""
        end = time.monotonic() + 30
        while text not in self.seen:
            ready, _, _ = select.select([self._main], [], [], max(end - time.monotonic(), 0))
            assert ready, self.seen
            self.seen += os.read(self._main, 1000).decode(errors="replace")
        self.seen = self.seen.partition(text)[2]

    def types(self, line: str) -> None:
        os.write(self._main, line.encode())

    def ended(self) -> int:
        return self.process.wait(30)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        os.close(self._main)


@pytest.fixture
def terminal(workflow: Path) -> Iterator[Terminal]:
    opened = Terminal("run", str(workflow), "--json")
    yield opened
    opened.close()


def test_a_person_is_asked_field_by_field_until_the_answer_fits(terminal: Terminal) -> None:
    terminal.until("question How shall we travel? (Ada)")
    for prompt, line in (
        ("nights (how many) [a whole number 1 or more]: ", "none\n"),
        ("'nights' must be a whole number, and is 'none'.", "0\n"),
        ("'nights' cannot be 0. It must be 1 or more", "3\n"),
        ("first [yes or no]: ", "\n"),
        ("an answer is needed", "y\n"),
        ("kind [bus / train, else train]: ", "BUS\n"),
    ):
        terminal.until(prompt)
        terminal.types(line)
    assert terminal.ended() == 0
    assert terminal.process.stdout is not None
    assert b'"answer": "bus 3 true"' in terminal.process.stdout.read()


def test_ctrl_c_stops_a_question_at_once(terminal: Terminal) -> None:
    terminal.until("a whole number 1 or more]: ")
    os.killpg(terminal.process.pid, signal.SIGINT)
    terminal.until("antiphon: stopped")
    assert terminal.ended() == 130


def test_at_the_end_of_the_input_the_run_waits(terminal: Terminal) -> None:
    terminal.until("a whole number 1 or more]: ")
    terminal.types("\x04")
    terminal.until("waits    Ada is asked: How shall we travel?")
    assert terminal.ended() == 3


def test_answers_that_are_given_are_not_asked(antiphon: Call, workflow: Path) -> None:
    called = antiphon("run", workflow, "--answer", "nights=2", "--answer", "first=no", "--json")
    assert '"answer": "train 2 false"' in called.out
    assert "question How shall we travel? (Ada)" in called.err


NO: Mapping[str, tuple[list[str], str]] = {
    "one does not fit": (
        ["--answer", "nights=0", "--answer", "first=no"],
        "antiphon: it: --answer nights: 'nights' cannot be 0. It must be 1 or more.",
    ),
    "no answer at all": (["--answer", "nights"], "antiphon: --answer: 'nights' is no answer. Write it as FIELD=VALUE"),
}


@pytest.mark.parametrize(("arguments", "said"), NO.values(), ids=NO)
def test_without_a_terminal_it_is_one_message(antiphon: Call, workflow: Path, arguments: list[str], said: str) -> None:
    called = antiphon("run", workflow, *arguments, "--json")
    assert called.status == 2
    assert said in called.err


EVENTS = """\
schema: workflow/v1
name: tells
input: {wrong: {type: string, default: nowhere}}
state: {seen: {type: string}}
start: look
nodes:
  look: {kind: wait, for: "${input.wrong}", on_error: {to: tell}, next: tell}
  tell: {kind: emit, event: looked, values: {at: "${input.wrong}"}, next: keep}
  keep: {kind: remember, from: "${input.wrong}", into: seen, next: end}
"""


def test_the_screen_shows_what_failed_what_is_told_and_what_is_kept(antiphon: Call, workflow: Path) -> None:
    workflow.write_text(EVENTS)
    lines = antiphon("run", workflow).err.splitlines()
    assert lines[:3] == [
        "failed   look 'nowhere' is no length of time. Write it like 500ms, 20s, 5m or 2h.",
        "event    looked at: nowhere",
        "kept     note 1; antiphon memory list shows it",
    ]


def test_an_error_that_ends_the_run_is_shown_once(antiphon: Call, workflow: Path) -> None:
    workflow.write_text(EVENTS.replace("on_error: {to: tell}, ", ""))
    called = antiphon("run", workflow)
    assert called.err.startswith("kept     the run ")
    assert called.err.partition("\n")[2] == (
        "antiphon: look: 'nowhere' is no length of time. Write it like 500ms, 20s, 5m or 2h.\n"
    )
