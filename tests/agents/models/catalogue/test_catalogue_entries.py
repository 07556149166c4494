"""The catalogue file: what it lists, and that a mistake in it is said with its place."""

from pathlib import Path

import pytest

from antiphon.agents.models.catalogue import store
from antiphon.agents.models.catalogue.entries import read_catalogue
from antiphon.agents.models.catalogue.progress import human
from antiphon.tools.base.errors import FileError

GOOD = """
schema: catalogue/v1
models:
  tiny:
    role: chat
    what: a test
    licence: MIT
    hub: {repo: some/tiny, revision: main}
    tried: false
    files:
      - name: a.gguf
        bytes: 3
        sha256: "0000000000000000000000000000000000000000000000000000000000000000"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "catalogue.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_models_run_by_the_tests_can_all_be_had_from_wheels() -> None:
    tried = {name: entry.in_wheels for name, entry in store.entries().items() if entry.tried}
    assert tried == dict.fromkeys(["qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b", "whisper-base", "whisper-tiny.en"], True)


def test_what_nobody_has_run_here_says_where_its_hash_comes_from() -> None:
    assert all(entry.source for entry in store.entries().values() if not entry.tried)


def test_every_model_is_pinned_to_a_commit() -> None:
    assert {len(entry.hub.revision) for entry in store.entries().values()} == {40}


def test_a_model_knows_its_name(tmp_path: Path) -> None:
    assert read_catalogue(written(tmp_path, GOOD))["tiny"].name == "tiny"


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (GOOD.replace("role: chat", "role: sing"), "'models.tiny.role' cannot be 'sing'"),
        (GOOD.replace("name: a.gguf", "name: ../a.gguf"), "must be a path below the model's folder"),
        (GOOD.replace("name: a.gguf", "name: /etc/a"), "must be a path below the model's folder"),
        (GOOD.replace('"0000', '"xyz'), "it has another form"),
        (GOOD.replace("licence:", "license:"), "unknown key 'license'"),
        (
            GOOD + "        parts: [{wheel: a==1, member: a/b, bytes: 2}]\n",
            "the parts of a.gguf have 2 bytes, the file 3",
        ),
    ],
)
def test_a_mistake_is_refused(wrong: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        read_catalogue(written(tmp_path, wrong))
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (2309, "2.3 kB"),
        (999_600, "1.0 MB"),
        (491_400_064, "491 MB"),
        (1_117_320_768, "1.1 GB"),
    ],
)
def test_sizes_read_well(size: int, text: str) -> None:
    assert human(size) == text
