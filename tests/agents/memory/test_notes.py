"""Notes: what is kept is found, by words, subject and time; what is deleted is gone; nobody else may read it."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antiphon.agents.memory.notes import Note, Notes
from antiphon.tools.base.errors import StorageError

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET = "a secret about octopuses 章鱼的秘密"


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    return Notes(tmp_path / "data" / "notes.sqlite")


def keep(
    notes: Notes, text: str, hours: float = 0, *, subject: str = "", workflow: str = "w", store: str = "notes"
) -> int:
    return notes.keep(Note(workflow, store, text, subject, NOON + timedelta(hours=hours)))


def texts(notes: Notes, **asked: Any) -> list[str]:
    return [note.text for note in notes.find("w", "notes", **asked)]


def test_what_is_kept_is_found_again(notes: Notes) -> None:
    number = keep(notes, "likes kites", subject="Ada")
    assert notes.find("w", "notes") == [Note("w", "notes", "likes kites", "Ada", NOON, number)]


@given(st.text(min_size=1), st.text())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_words_can_be_kept_and_looked_for(notes: Notes, text: str, subject: str) -> None:
    number = keep(notes, text, subject=subject)
    assert number in [note.id for note in notes.all()]
    notes.find("w", "notes", words=text, subject=subject)


def test_the_latest_are_found_in_the_order_of_time(notes: Notes) -> None:
    for text, hours in (("third", 3), ("first", 1), ("second", 2)):
        keep(notes, text, hours)
    assert texts(notes, last=2) == ["second", "third"]
    assert texts(notes, last=0) == []


def test_only_what_is_not_too_old_is_found(notes: Notes) -> None:
    keep(notes, "old")
    keep(notes, "new", hours=2)
    assert texts(notes, since=NOON + timedelta(hours=1)) == ["new"]


@pytest.mark.parametrize("subject", ["Ada", "ADA ", "ａｄａ"])
def test_a_subject_is_found_however_it_is_written(notes: Notes, subject: str) -> None:
    keep(notes, "likes kites", subject="Ada")
    keep(notes, "likes rain", subject="Adam")
    assert texts(notes, subject=subject) == ["likes kites"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Who likes dogs?", ["Tom likes dogs"]),
        ("a dog", ["Tom likes dogs"]),
        ("小明喜欢什么？", ["小明喜欢恐龙"]),
        ("恐龙", ["小明喜欢恐龙"]),
        ("elephants", []),
        ("大象", []),
        ("what is this?", ["Tom likes dogs", "小明喜欢恐龙", "It rains"]),
    ],
)
def test_words_find_notes(notes: Notes, words: str, found: list[str]) -> None:
    for i, text in enumerate(("Tom likes dogs", "小明喜欢恐龙", "It rains")):
        keep(notes, text, i)
    assert texts(notes, words=words) == found


def test_notes_with_more_of_the_words_come_before_later_ones(notes: Notes) -> None:
    keep(notes, "red kites fly high", 1)
    keep(notes, "kites are birds", 2)
    keep(notes, "red is warm", 3)
    assert texts(notes, words="red kites", last=1) == ["red kites fly high"]


def test_workflows_and_stores_are_apart(notes: Notes) -> None:
    keep(notes, "a", workflow="other")
    keep(notes, "b", store="other")
    assert texts(notes) == []
    assert [note.text for note in notes.all()] == ["a", "b"]


def test_only_this_user_may_read_it(notes: Notes) -> None:
    keep(notes, SECRET)
    assert notes.path.parent.stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in notes.path.parent.iterdir()] == [0o600]


def test_what_is_deleted_is_gone_from_the_bytes(notes: Notes) -> None:
    numbers = [keep(notes, f"{SECRET} {i}", subject="octopuses") for i in range(50)]
    keep(notes, "stays")
    notes.delete(numbers)
    assert [note.text for note in notes.all()] == ["stays"]
    kept = b"".join(path.read_bytes() for path in notes.path.parent.iterdir())
    assert b"octopus" not in kept
    assert "章鱼".encode() not in kept


def test_a_number_is_never_given_again(notes: Notes) -> None:
    first = keep(notes, "a")
    notes.delete([first])
    assert keep(notes, "b") > first


def test_looking_makes_no_file(notes: Notes) -> None:
    assert notes.all() == []
    assert texts(notes) == []
    notes.delete([1])
    assert not notes.path.exists()


def test_several_may_write_at_once(notes: Notes) -> None:
    threads = [threading.Thread(target=keep, args=(notes, f"note {i}")) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(notes.all()) == 8


def test_a_damaged_file_is_one_error_with_a_way_out(notes: Notes) -> None:
    notes.path.parent.mkdir()
    notes.path.write_bytes(b"no database " * 1000)
    with pytest.raises(StorageError, match="Move it away"):
        notes.all()
