"""`antiphon run` and `chat`: what goes where, and what a mistake looks like."""

import io
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

QUESTION = "How many hearts does an octopus have?"
ANSWERS = ('{"label": "question"}', "An octopus has three hearts. It lives in the sea.")
RUN = ("run", "child-tutor", "--text", QUESTION)

Call = Callable[..., Any]


def test_the_answer_alone_is_on_standard_output(antiphon: Call, app_answering: Call) -> None:
    assert antiphon(*RUN, "--app", app_answering(*ANSWERS)).out.strip().startswith("An octopus has three hearts.")


def test_sources_and_times_are_on_standard_error(antiphon: Call, app_answering: Call) -> None:
    called = antiphon(*RUN, "--app", app_answering(*ANSWERS))
    assert "source   Octopus" in called.err
    assert "seconds  " in called.err


def test_json_is_one_object(antiphon: Call, app_answering: Call) -> None:
    summary = json.loads(antiphon(*RUN, "--json", "--app", app_answering(*ANSWERS)).out)
    assert summary["answer"].startswith("An octopus has three hearts.")
    assert summary["heard"]["text"] == QUESTION


def test_a_trace_is_lines_of_json_with_rising_times(antiphon: Call, app_answering: Call, tmp_path: Path) -> None:
    antiphon(*RUN, "--trace", tmp_path / "t.jsonl", "--app", app_answering(*ANSWERS))
    events = [json.loads(line) for line in (tmp_path / "t.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (events[0]["event"], events[-1]["event"]) == ("RunStarted", "RunFinished")
    assert [event["at_s"] for event in events] == sorted(event["at_s"] for event in events)


def test_the_spoken_answer_is_written(antiphon: Call, app_answering: Call, tmp_path: Path) -> None:
    antiphon(*RUN, "--out", tmp_path / "a.wav", "--app", app_answering(*ANSWERS))
    assert (tmp_path / "a.wav").read_bytes()[:4] == b"RIFF"


def test_an_empty_question_is_refused(antiphon: Call, app_answering: Call) -> None:
    called = antiphon("run", "child-tutor", "--app", app_answering())
    assert (called.status, called.err) == (
        2,
        'antiphon: there is no question. Give --text "..." or --audio FILE.\n',
    )


MISTAKES = {
    "an unknown workflow": (("run", "child-tutr"), "there is no workflow 'child-tutr'. Did you mean 'child-tutor'?"),
    "an unknown option": ((*RUN, "--agee", "8"), "there is no option --agee. Did you mean '--age'?"),
    "an option without a value": ((*RUN, "--age"), "--age has no value"),
    "a word too many": ((*RUN, "now"), "what is 'now'?"),
    "an age that is no number": ((*RUN, "--age", "eight"), "age is 'eight'. It must be a whole number."),
    "an age out of bounds": ((*RUN, "--age", "80"), "age is 80. It must be from 5 to 14."),
    "an unknown language": ((*RUN, "--language", "fr"), "language cannot be 'fr'."),
    "a missing recording": (("run", "child-tutor", "--audio", "none.wav"), "none.wav: "),
    "a missing app.yaml": ((*RUN, "--app", "none.yaml"), "none.yaml: there is no such file"),
    "a folder that is not there": (
        (*RUN, "--out", "none/a.wav"),
        "none/a.wav: cannot write: the folder does not exist",
    ),
    "a kind of sound it cannot write": ((*RUN, "--out", "a.txt"), "a.txt: cannot write sound as '.txt'"),
    "an unknown command": (("rnu",), "there is no command 'rnu'. Did you mean 'run'? Known: demo, run, chat, "),
}


@pytest.mark.parametrize(("arguments", "said"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_one_message_and_status_2(
    antiphon: Call, app_answering: Call, arguments: tuple[str, ...], said: str
) -> None:
    app = () if "--app" in arguments or "rnu" in arguments else ("--app", app_answering(*ANSWERS))
    called = antiphon(*arguments, *app)
    assert called.status == 2
    assert said in called.err
    assert "Traceback" not in called.err


def test_a_recording_over_a_minute_is_refused(antiphon: Call, app_answering: Call, tmp_path: Path) -> None:
    import numpy as np

    from antiphon.agents.sound import Sound
    from antiphon.agents.speech.wav import SoundWriter

    with SoundWriter(tmp_path / "long.wav") as file:
        file.write(Sound(np.zeros(61 * 8000, np.float32), 8000))
    called = antiphon("run", "child-tutor", "--audio", tmp_path / "long.wav", "--app", app_answering())
    assert (called.status, "longer than 60 s" in called.err) == (2, True)


def test_a_server_that_is_not_there_is_one_message(antiphon: Call, tmp_path: Path) -> None:
    """What no article answers and is no plain question needs the model to be understood."""
    app = tmp_path / "app.yaml"
    app.write_text(
        'schema: app/v1\nmodels:\n  chat: {engine: openai, base_url: "http://127.0.0.1:9/v1", model: m, retries: 0}\n',
        encoding="utf-8",
    )
    asked = ("run", "child-tutor", "--text", "Good morning!", "--age", "8")
    called = antiphon(*asked, "--out", tmp_path / "a.wav", "--app", app)
    assert called.status == 2
    assert "http://127.0.0.1:9/v1" in called.err
    assert not (tmp_path / "a.wav").exists()


def test_help_after_a_workflow_lists_its_inputs(antiphon: Call) -> None:
    assert "--age INTEGER" in antiphon("run", "child-tutor", "--help").out


def test_a_conversation_goes_on_after_a_mistake(
    antiphon: Call, app_answering: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"missing.wav\n{QUESTION}\n"))
    called = antiphon("chat", "child-tutor", "--app", app_answering('{"label": "unclear"}', *ANSWERS))
    assert "An octopus has three hearts." in called.out


def test_a_graph_is_mermaid_by_default(antiphon: Call) -> None:
    assert antiphon("graph", "child-tutor").out.startswith("flowchart TD")


def test_a_graph_is_a_picture_offline(antiphon: Call, tmp_path: Path) -> None:
    antiphon("graph", "child-tutor", "--out", tmp_path / "g.svg")
    assert "guard_question" in (tmp_path / "g.svg").read_text(encoding="utf-8")


def test_a_good_file_is_said_to_be_good(antiphon: Call) -> None:
    assert antiphon("validate", "child-tutor").out == "child-tutor: good\n"


def test_a_bad_file_is_told_with_its_line(antiphon: Call, tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text("schema: workflow/v1\nnmae: x\n", encoding="utf-8")
    called = antiphon("validate", tmp_path / "w.yaml")
    assert called.status == 2
    assert f"{tmp_path}/w.yaml:2:1  E201  unknown key 'nmae'" in called.out


def test_a_full_disk_under_the_trace_is_one_message(antiphon: Call, app_answering: Call) -> None:
    called = antiphon(*RUN, "--trace", "/dev/full", "--app", app_answering(*ANSWERS))
    assert called.status == 2
    assert "/dev/full: cannot write: no space left on device." in called.err
    assert "Traceback" not in called.err


def test_an_old_trace_is_kept_when_the_question_is_refused(antiphon: Call, app_answering: Call, tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text("old", encoding="utf-8")
    antiphon(*RUN, "--age", "80", "--trace", tmp_path / "t.jsonl", "--app", app_answering())
    assert (tmp_path / "t.jsonl").read_text(encoding="utf-8") == "old"


def test_the_question_is_never_written_over(antiphon: Call, app_answering: Call, tmp_path: Path) -> None:
    (tmp_path / "q.wav").write_bytes(b"recording")
    called = antiphon("run", "child-tutor", "--audio", tmp_path / "q.wav", "--out", tmp_path / "q.wav")
    assert (called.status, (tmp_path / "q.wav").read_bytes()) == (2, b"recording")


def test_a_long_line_of_a_conversation_is_no_file(
    antiphon: Call, app_answering: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("I like the moon. " * 40 + "\n"))
    assert antiphon("chat", "child-tutor", "--app", app_answering('{"label": "unclear"}')).status == 0


def test_a_command_that_is_ended_from_outside_leaves_nothing(app_answering: Call, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "antiphon", *RUN, "--out", str(tmp_path / "a.wav"), "--app", str(app_answering())]
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    time.sleep(1.5)
    child.terminate()
    said = child.communicate(timeout=20)[1]
    assert (child.returncode, said.strip().splitlines()[-1]) == (130, "antiphon: stopped")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answering.yaml"]


def test_a_picture_of_another_kind_is_refused(antiphon: Call, tmp_path: Path) -> None:
    called = antiphon("graph", "child-tutor", "--out", tmp_path / "g.png")
    assert (called.status, list(tmp_path.iterdir())) == (2, [])


def test_validate_reads_the_files_a_workflow_names(antiphon: Call, tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text(
        """\
schema: workflow/v1
name: w
state: {answer: {type: string}}
start: one
nodes:
  one: {kind: llm, prompt: {user_file: none.md}, next: two}
  two: {kind: llm, prompt: {user: "{{ state.anser }}"}, next: three}
  three: {kind: guard, side: question, from: x, rules: chidl, next: end}
""",
        encoding="utf-8",
    )
    shown = antiphon("validate", tmp_path / "w.yaml").out
    assert re.findall(r"w\.yaml:(\d+):\d+  (E\d+)", shown) == [("6", "E307"), ("7", "E602"), ("8", "E307")]


def test_a_familys_own_rules_count_beside_its_app(antiphon: Call, app_answering: Call, tmp_path: Path) -> None:
    app = app_answering(*ANSWERS)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "child.yaml").write_text("schema: guards/v2\n", encoding="utf-8")
    called = antiphon(*RUN, "--app", app)
    assert called.status == 2
    assert f"{tmp_path}/rules/child.yaml:1:9: E209 'schema' cannot be 'guards/v2'." in called.err
