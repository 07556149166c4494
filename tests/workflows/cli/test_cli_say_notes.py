"""`antiphon say` for chats, as a bot's author calls it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from antiphon.agents.perception.decoding import decode
from antiphon.agents.voice_notes.channels import CHANNELS
from antiphon.workflows.cli.say import say as command

COMMAND = [sys.executable, "-c", "from antiphon.workflows.cli.main import main; main()", "say"]


def say(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=cwd, capture_output=True, text=True, timeout=60, env={**os.environ}
    )


@pytest.mark.parametrize("name", ["a.amr", "a.silk"])
def test_the_suffix_chooses_a_chats_format(tmp_path: Path, name: str) -> None:
    assert say("Good morning to you.", "--out", name, cwd=tmp_path).returncode == 0
    assert decode(tmp_path / name).seconds > 0.8


def test_a_note_for_discord_tells_what_discord_asks(tmp_path: Path) -> None:
    done = say("Good morning to you.", "--for", "discord", "--json", cwd=tmp_path)
    told = json.loads(done.stdout)
    assert (told["file"], told["mime"], bool(told["waveform"])) == ("reply.ogg", "audio/ogg", True)
    assert told["seconds"] == pytest.approx(decode(tmp_path / "reply.ogg").seconds, abs=0.06)
    assert "reply.ogg: " in done.stderr


def test_an_unknown_chat_is_one_line(tmp_path: Path) -> None:
    done = say("Hello.", "--for", "telegramm", cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n"), "Did you mean 'telegram'?" in done.stderr) == (2, 1, True)


def test_the_help_names_every_chat() -> None:
    shown = CliRunner().invoke(command, ["--help"], terminal_width=500).output
    assert [name for name in CHANNELS if f" {name}" not in shown] == []
