"""`antiphon say`, as a person calls it."""

import os
import resource
import subprocess
import sys
import wave
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-c", "from antiphon.workflows.cli.main import main; main()", "say"]


def say(*arguments: str, given: bytes | None = None, file_bytes: int | None = None) -> subprocess.CompletedProcess[str]:
    def limit() -> None:
        if file_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))

    done = subprocess.run(
        [*COMMAND, *arguments],
        input=given,
        capture_output=True,
        timeout=60,
        env={**os.environ},
        preexec_fn=limit,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def seconds(path: Path) -> float:
    with wave.open(str(path)) as file:
        return float(file.getnframes() / file.getframerate())


def test_a_text_becomes_a_wav_file_and_stdout_stays_empty(tmp_path: Path) -> None:
    done = say("The Moon is 384,400 km away.", "--out", str(tmp_path / "a.wav"))
    assert (done.returncode, done.stdout, seconds(tmp_path / "a.wav") > 3) == (0, "", True)


def test_english_and_chinese_share_one_file(tmp_path: Path) -> None:
    assert say("Good morning. 早上好。", "--language", "en", "--out", str(tmp_path / "a.wav")).returncode == 0
    assert seconds(tmp_path / "a.wav") > 1.5


def test_standard_input_is_spoken(tmp_path: Path) -> None:
    assert say("-", "--out", str(tmp_path / "a.wav"), given="你好。\n再见。\n".encode()).returncode == 0
    assert seconds(tmp_path / "a.wav") > 1


@pytest.mark.parametrize("text", ["", "  ", "🎉", "```\nx = 1\n```"])
def test_a_text_with_nothing_to_say_is_an_error_and_leaves_no_file(tmp_path: Path, text: str) -> None:
    done = say(text, "--out", str(tmp_path / "a.wav"))
    message = 'antiphon: there is nothing to say in this text. Give some words: antiphon say "Hello.".\n'
    assert (done.returncode, done.stderr, list(tmp_path.iterdir())) == (2, message, [])


def test_what_is_no_text_is_an_error() -> None:
    done = say("-", "--out", "a.wav", given=b"\xff\xfe\x00")
    assert (done.returncode, done.stderr) == (2, "antiphon: standard input: this is not UTF-8 text.\n")


def test_a_full_disk_is_one_message_and_nothing_half_written_is_left(tmp_path: Path) -> None:
    done = say("A sentence that is long enough. " * 9, "--out", str(tmp_path / "a.wav"), file_bytes=50_000)
    assert (done.returncode, done.stderr.count("\n"), list(tmp_path.iterdir())) == (2, 1, [])
    assert done.stderr.startswith(f"antiphon: {tmp_path / 'a.wav'}: cannot write: file too large.")
