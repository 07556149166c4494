"""What `run` and `chat` keep has an end: it is removed when a turn is over, and told."""

import asyncio
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from antiphon.agents.timeline.opening import open_timeline

Call = Callable[..., Any]

TINY = """\
schema: workflow/v1
name: tiny
input: {text: {type: string, default: ""}, audio: {type: audio, default: null}}
state: {answer: {type: string}}
output: {answer: "${state.answer}"}
start: answer
nodes:
  answer: {kind: set, values: {answer: "Because."}, next: say}
  say: {kind: speak, from: "${state.answer}", next: end}
"""


@pytest.fixture
def tiny(tmp_path: Path, app_answering: Callable[..., Path]) -> Callable[..., tuple[object, ...]]:
    """A workflow that needs no model, as arguments, with what app.yaml says of keeping."""

    def make(keep: str) -> tuple[object, ...]:
        (tmp_path / "workflow.yaml").write_text(TINY, encoding="utf-8")
        app = app_answering()
        app.write_text(f"{app.read_text(encoding='utf-8')}storage: {{keep: {{{keep}}}}}\n", encoding="utf-8")
        return tmp_path / "workflow.yaml", "--app", app

    return make


def test_a_run_too_many_goes_and_is_told(antiphon: Call, tiny: Callable[..., tuple[object, ...]]) -> None:
    first, second = (antiphon("run", *tiny("runs: 1"), "--text", "Why?") for _ in range(2))
    assert ("removed" in first.err, second.status, second.out) == (False, 0, "Because.\n")
    assert second.err.count("kept     removed: 1 old runs\n") == 1


def test_a_turn_of_a_chat_too_many_goes(
    antiphon: Call, tiny: Callable[..., tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("One?\nTwo?\nThree?\n"))
    assert antiphon("chat", *tiny("runs: 2")).err.count("removed: 1 old runs") == 1


def test_where_nothing_is_kept_nothing_is_looked_at(
    antiphon: Call, tiny: Callable[..., tuple[object, ...]], own_home: Path
) -> None:
    antiphon("run", *tiny("runs: 1"), "--text", "Why?", "--no-record")
    assert not (own_home / "data").exists()


@pytest.mark.model("whisper-base")
def test_a_recording_goes_when_its_run_has_ended_and_that_is_no_news(
    antiphon: Call, tiny: Callable[..., tuple[object, ...]], own_home: Path, speech: Path
) -> None:
    recording = min(speech.glob("*.wav"), key=lambda file: file.stat().st_size)
    called = antiphon("run", *tiny("runs: 9"), "--audio", recording)
    assert (called.status, "removed" in called.err) == (0, False)
    assert asyncio.run(_sound(own_home / "data" / "timeline.sqlite")) == 0


async def _sound(file: Path) -> int:
    async with open_timeline(file) as timeline:
        return await timeline.sound()
