"""`antiphon hear`: text, JSON and subtitles; one bad file does not stop the others."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

RUN = [sys.executable, "-m", "antiphon", "hear"]


def hear(*arguments: object, cwd: Path, stdin: bytes = b"") -> tuple[int, str, str]:
    """Exit status, standard output and standard error."""
    done = subprocess.run([*RUN, *map(str, arguments)], input=stdin, capture_output=True, cwd=cwd, timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nope.wav"], "nope.wav: there is no such file"),
        (["text.wav"], "text.wav: this is text, not a recording"),
        (["empty.wav"], "empty.wav: the file is empty"),
        (["text.wav", "empty.wav", "--format", "srt"], "subtitles of several recordings need a file each"),
        (["text.wav", "empty.wav", "--out", "text.wav"], "this is a file; several recordings need a folder"),
        (["text.wav", "sub/text.mp3", "--out", "out"], "two of the recordings have the same name"),
        (["text.wav", "--out", "text.wav"], "it would be overwritten"),
        (["text.wav", "--app", "nope.yaml"], "nope.yaml: there is no such file"),
    ],
)
def test_a_mistake_is_one_message_and_exit_status_two(arguments: list[str], sentence: str, tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("Hello\n")
    (tmp_path / "empty.wav").touch()
    status, said, message = hear(*arguments, cwd=tmp_path)
    assert (status, said, message.count("\n")) == (2, "", 1)
    assert message.startswith("antiphon: ")
    assert sentence in message


@pytest.mark.model("whisper-base")
def test_one_bad_file_does_not_stop_the_others(speech: Path, tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("Hello\n")
    shutil.copy(speech / "LJ001-0008.flac", tmp_path / "good.flac")
    status, said, message = hear("text.wav", "good.flac", cwd=tmp_path)
    assert (status, said) == (2, "good.flac:\nhas never been surpassed.\n")
    assert message.splitlines()[-1] == "antiphon: 1 of 2 recordings could not be heard"


@pytest.mark.model("whisper-base")
def test_json_has_everything_on_one_line(speech: Path, tmp_path: Path) -> None:
    status, said, _ = hear("-", "--format", "json", cwd=tmp_path, stdin=(speech / "LJ001-0008.flac").read_bytes())
    heard = json.loads(said)
    assert (status, said.count("\n"), heard["text"], heard["language"]) == (
        0,
        1,
        "has never been surpassed.",
        "en",
    )
    assert heard["segments"][0]["end_s"] == pytest.approx(1.7, abs=0.2)


@pytest.mark.model("whisper-base")
def test_the_ending_of_the_file_chooses_the_form(speech: Path, tmp_path: Path) -> None:
    status, said, _ = hear(speech / "LJ001-0008.flac", "--out", "a.vtt", cwd=tmp_path)
    assert (status, said) == (0, "")
    assert (tmp_path / "a.vtt").read_text().startswith("WEBVTT\n\n00:00:00.0")


@pytest.mark.model("whisper-base")
def test_silence_is_said_to_be_silent(tmp_path: Path) -> None:
    import wave

    with wave.open(str(tmp_path / "silent.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(bytes(64_000))
    assert hear("silent.wav", cwd=tmp_path) == (0, "", "silent.wav: nobody speaks in it\n")
