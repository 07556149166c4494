"""`antiphon memory`: all that is kept can be seen and deleted."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from antiphon.agents.memory.notes import FILE, Note, Notes
from antiphon.tools.base.places import data_folder

Call = Callable[..., Any]


@pytest.fixture(autouse=True)
def kept() -> Notes:
    notes = Notes(data_folder() / FILE)
    when = datetime(2026, 11, 22, 12, tzinfo=UTC)
    notes.keep(Note("child_tutor", "notes", "likes\nkites", "Ada", when))
    notes.keep(Note("trips", "places", "北京很大", "旅行", when))
    notes.keep(Note("trips", "notes", "likes \x1b[31mtrains", "", when))
    return notes


def left(notes: Notes) -> list[int]:
    return [note.id for note in notes.all()]


def test_everything_that_is_kept_is_listed_readably(antiphon: Call) -> None:
    called = antiphon("memory", "list")
    lines = [line.split(maxsplit=3)[0::3] for line in called.out.splitlines()]
    assert lines == [
        ["1", "child_tutor  Ada: likes kites"],
        ["2", "trips/places  旅行: 北京很大"],
        ["3", "trips  likes [31mtrains"],
    ]
    assert "notes.sqlite" in called.err


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [(["--workflow", "trips"], [2, 3]), (["--subject", "ada"], [1]), (["北京"], [2]), (["LIKE", "trains"], [3])],
)
def test_a_list_can_be_narrowed(antiphon: Call, arguments: list[str], numbers: list[int]) -> None:
    rows = json.loads(antiphon("memory", "list", *arguments, "--json").out)
    assert [row["id"] for row in rows] == numbers


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        (["1", "3"], [2]),
        (["--workflow", "child-tutor"], [2, 3]),
        (["--subject", "旅行"], [1, 3]),
        (["--workflow", "trips", "--subject", "ada"], [1, 2, 3]),
        (["--all"], []),
    ],
)
def test_what_is_named_is_forgotten(antiphon: Call, kept: Notes, arguments: list[str], numbers: list[int]) -> None:
    assert antiphon("memory", "forget", *arguments, "--yes").status == 0
    assert left(kept) == numbers


@pytest.mark.parametrize("arguments", [[], ["1", "--all"], ["--workflow", "trips", "--all"]])
def test_what_to_forget_must_be_clear(antiphon: Call, kept: Notes, arguments: list[str]) -> None:
    called = antiphon("memory", "forget", *arguments, "--yes")
    assert (called.status, left(kept)) == (2, [1, 2, 3])


def test_a_number_that_is_not_there_deletes_nothing(antiphon: Call, kept: Notes) -> None:
    called = antiphon("memory", "forget", "1", "9", "--yes")
    assert (called.status, left(kept)) == (2, [1, 2, 3])
    assert "there is no note 9" in called.err


def test_without_a_yes_it_asks_and_keeps(antiphon: Call, kept: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    called = antiphon("memory", "forget", "--all")
    assert (called.status, left(kept)) == (2, [1, 2, 3])
    assert "Delete 3 notes for good?" in called.err
