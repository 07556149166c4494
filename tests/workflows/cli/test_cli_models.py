"""`antiphon models` as a user meets it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from antiphon.agents.models.catalogue import store

TINY_EN = "whisper-tiny.en"
EAR = "whisper-base"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with no models in it."""
    return tmp_path / "home"


def antiphon(home: Path, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "antiphon", "models", *arguments],
        env={**os.environ, "ANTIPHON_HOME": str(home), "HF_ENDPOINT": "http://127.0.0.1:9", **variables},
        capture_output=True, text=True,
    )  # fmt: skip


def test_the_list_names_every_model_and_its_licence(home: Path) -> None:
    out = antiphon(home, "list").stdout
    assert all(name in out and entry.licence in out for name, entry in store.entries().items())


def test_the_json_list_says_what_is_here_and_what_was_tried(home: Path) -> None:
    rows = json.loads(antiphon(home, "list", "--json").stdout)
    assert {row["name"]: (row["here"], row["tried"]) for row in rows} == {
        name: (False, entry.tried) for name, entry in store.entries().items()
    }


def test_a_path_of_a_model_that_is_not_here_is_one_message(home: Path) -> None:
    ran = antiphon(home, "path", TINY_EN)
    assert (ran.returncode, ran.stdout, ran.stderr) == (
        2,
        "",
        "antiphon: the model 'whisper-tiny.en' is not here yet (78 MB). "
        "Fetch it with: antiphon models pull whisper-tiny.en.\n",
    )


def test_a_wrong_name_is_said_before_anything_is_fetched(home: Path) -> None:
    ran = antiphon(home, "pull", TINY_EN, "wisper")
    assert (ran.returncode, home.exists()) == (2, False)
    assert ran.stderr.startswith("antiphon: there is no model 'wisper' in the catalogue. Did you mean 'whisper-base'?")


def test_when_nothing_can_be_reached_every_reason_is_one_message(home: Path) -> None:
    ran = antiphon(home, "pull", TINY_EN, HF_HUB_OFFLINE="0", PIP_FIND_LINKS="", PIP_CONFIG_FILE=os.devnull)
    assert (ran.returncode, "Traceback" in ran.stderr) == (2, False)
    assert "the hub: the hub cannot be reached: connection refused; wheels: pip cannot fetch it" in ran.stderr


def test_without_models_there_is_nothing_to_verify(home: Path) -> None:
    ran = antiphon(home, "verify")
    assert (ran.returncode, ran.stdout) == (0, "")
    assert "No model of the catalogue is here" in ran.stderr


@pytest.fixture
def ear(home: Path) -> Path:
    """A copy of the ear of the tests in a home of its own."""
    folder = home / "models" / EAR
    shutil.copytree(store.folder_of(EAR), folder)
    return folder


@pytest.mark.model(EAR)
def test_verify_names_every_right_file(home: Path, ear: Path) -> None:
    ran = antiphon(home, "verify")
    assert (ran.returncode, ran.stdout.splitlines()) == (
        0,
        [f"{EAR}/{file.name}: right" for file in store.entry(EAR).files],
    )


@pytest.mark.model(EAR)
def test_verify_ends_with_status_2_when_a_byte_is_wrong(home: Path, ear: Path) -> None:
    with (ear / "model.bin").open("r+b") as stream:
        stream.seek(1_000_000)
        stream.write(b"\0\1\2\3")
    ran = antiphon(home, "verify", EAR)
    assert ran.returncode == 2
    assert f"{EAR}/model.bin: model.bin has the SHA-256" in ran.stdout
    assert f"Fetch them again with: antiphon models pull --again {EAR}." in ran.stderr


@pytest.mark.model(EAR)
def test_the_path_of_an_ear_is_its_folder(home: Path, ear: Path) -> None:
    assert antiphon(home, "path", EAR).stdout == f"{ear}\n"


def test_ctrl_c_keeps_what_came_and_says_so(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # answers nothing: the pull waits for it
        child = subprocess.Popen(
            [sys.executable, "-m", "antiphon", "models", "pull", TINY_EN],
            env={**os.environ, "ANTIPHON_HOME": str(home), "HF_HUB_OFFLINE": "0",
                 "HF_ENDPOINT": f"http://127.0.0.1:{silent.getsockname()[1]}"},
            stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background job ignores it
        )  # fmt: skip
        with child, silent.accept()[0]:
            child.send_signal(signal.SIGINT)
            said = child.communicate()[1]
    assert child.returncode == 130
    assert f"What came is kept; antiphon models pull {TINY_EN} goes on from there." in said
    assert "Traceback" not in said
