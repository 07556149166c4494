"""The knowledge file: what is put in is there, what is deleted is nowhere."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.tools.base.errors import StorageError
from antiphon.tools.knowledge.passages import Article
from antiphon.tools.knowledge.search import Search
from antiphon.tools.knowledge.store import Store

WORD = "quixotry"
BODY = f"The {WORD} of Xanthippe is known.\n\n月亮离我们很远。\n"


class Vectors:
    """Vectors that are easy to find in a file again, and what they were made of."""

    name, dimensions = "letters", 16

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, texts: Sequence[str], kind: str) -> Any:
        self.texts += texts
        return np.tile(np.linspace(0.1, 0.9, 16, dtype=np.float32), (len(texts), 1))


def article(source: str, body: str = BODY, title: str = "Zephyr", also: str = "Nickname") -> Article:
    return Article(source, title, "en", body, (also,), "", source)


def put(store: Store, source: str, body: str = BODY) -> None:
    store.put("own", article(source, body), stamp="", hash="", model=Vectors.name)


def test_what_is_put_is_listed() -> None:
    with Store() as store:
        put(store, "a.md")
        assert [(one.source, one.title, one.language, one.passages) for one in store.documents("own")] == [
            ("a.md", "Zephyr", "en", 2)
        ]


def test_what_is_put_twice_is_there_once() -> None:
    with Store() as store:
        put(store, "a.md")
        put(store, "a.md")
        assert len(Search(store, ["own"])) == 2


def test_a_changed_document_keeps_the_vectors_of_what_stays() -> None:
    with Store() as store:
        put(store, "a.md")
        store.embed(["own"], Vectors())
        put(store, "a.md", BODY + "\nNew.\n")
        second = Vectors()
        store.embed(["own"], second)
        assert second.texts == ["Zephyr New."]


def test_embedding_that_is_stopped_goes_on_where_it_was() -> None:
    class Stopped(Vectors):
        def __call__(self, texts: Sequence[str], kind: str) -> Any:
            if self.texts:
                raise KeyboardInterrupt
            return super().__call__(texts, kind)

    with Store() as store:
        put(store, "a.md", "\n\n".join(f"Sentence {n}." for n in range(100)))
        first, second = Stopped(), Vectors()
        with pytest.raises(KeyboardInterrupt):
            store.embed(["own"], first)
        store.embed(["own"], second)
        assert len(first.texts) == 32
        assert len(second.texts) == 68


def test_another_model_makes_its_own_vectors() -> None:
    class Other(Vectors):
        name = "other"

    with Store() as store:
        put(store, "a.md")
        store.embed(["own"], Vectors())
        other = Other()
        store.embed(["own"], other)
        assert len(other.texts) == 2


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_what_is_deleted_is_in_no_byte_of_any_file(tmp_path: Path) -> None:
    vectors = Vectors()
    with Store(tmp_path / "k.sqlite") as store:
        put(store, "a.md")
        store.put("own", article("b.md", "Something else.", "Other", "Else"), stamp="", hash="")
        store.note_origin("own", "a.md", "/home/somebody/a.md")
        store.embed(["own"], vectors)
        left = bytes_of(tmp_path).lower()
        assert WORD.encode() in left
        store.remove("own", ["a.md"])
        assert store.purge()
        left = bytes_of(tmp_path).lower()
    gone = [WORD, WORD[:5], "xanthipp", "zephyr", "nickname", "somebody", "月亮", "月 亮", "月"]
    assert [word for word in gone if word.encode() in left] == []
    assert b"something" in left


def test_vectors_are_deleted_with_their_passage(tmp_path: Path) -> None:
    from antiphon.tools.knowledge.vectors import packed

    with Store(tmp_path / "k.sqlite") as store:
        put(store, "a.md")
        store.embed(["own"], Vectors())
        mark = packed(Vectors()(["x"], "passage"))
        assert mark in bytes_of(tmp_path)
        store.remove("own", ["a.md"])
        store.purge()
        assert mark not in bytes_of(tmp_path)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.text(max_size=40)), min_size=1, max_size=6))
def test_deleting_everything_leaves_nothing(documents: list[tuple[str, str]]) -> None:
    with Store() as store:
        for source, text in documents:
            put(store, source, text.encode(errors="replace").decode())
        store.remove("own", [one.source for one in store.documents("own")])
        store.purge()
        tables = ("documents", "passages", "words", "names", "origins")
        counts = [store.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]
    assert counts == [0] * 5


def test_a_reader_of_the_file_keeps_deletion_from_being_complete(tmp_path: Path) -> None:
    with Store(tmp_path / "k.sqlite") as store:
        put(store, "a.md")
        reader = sqlite3.connect(tmp_path / "k.sqlite", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM documents").fetchone()
        store.db.execute("PRAGMA busy_timeout = 10")
        store.remove("own", ["a.md"])
        assert not store.purge()
        reader.close()
        assert store.purge()


def test_only_this_user_may_read_the_file(tmp_path: Path) -> None:
    with Store(tmp_path / "data" / "k.sqlite") as store:
        put(store, "a.md")
        modes = {path.name: path.stat().st_mode & 0o077 for path in (tmp_path / "data").iterdir()}
    assert set(modes.values()) == {0}


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "k.sqlite").write_bytes(content)
    with pytest.raises(StorageError, match="no knowledge file, or it is damaged"):
        Store(tmp_path / "k.sqlite")


def test_a_file_damaged_inside_is_said_where_it_is_met(tmp_path: Path) -> None:
    path = tmp_path / "k.sqlite"
    with Store(path) as store:
        for number in range(60):
            put(store, f"{number}.md", f"Word{number} " * 200)
    data = bytearray(path.read_bytes())
    data[4096 * 2 :] = b"\xa5" * (len(data) - 4096 * 2)
    path.write_bytes(bytes(data))

    def use() -> None:
        with Store(path) as store:
            store.documents("own")
            Search(store, ["own"]).find("word7", "en")

    with pytest.raises(StorageError, match="damaged"):
        use()


def test_a_file_of_a_newer_version_is_left_as_it_is(tmp_path: Path) -> None:
    with Store(tmp_path / "k.sqlite") as store:
        put(store, "a.md")
        store.db.execute("PRAGMA user_version = 99")
    with pytest.raises(StorageError, match="made by a newer Antiphon"):
        Store(tmp_path / "k.sqlite")


def test_a_locked_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "k.sqlite"
    with Store(path) as store, Store(path) as other:
        other.db.execute("PRAGMA busy_timeout = 10")
        with store.writing(), pytest.raises(StorageError, match="another program is writing to it"):
            put(other, "a.md")


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="is a directory"):
        Store(tmp_path)


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("x")
    with pytest.raises(StorageError, match="must be a folder"):
        Store(tmp_path / "data" / "k.sqlite")


def test_a_full_disk_is_said_and_changes_nothing(tmp_path: Path) -> None:
    with Store(tmp_path / "k.sqlite") as store:
        put(store, "a.md")
        pages = store.db.execute("PRAGMA page_count").fetchone()[0]
        store.db.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StorageError, match="full"):
            put(store, "b.md", "Many words. " * 20_000)
        assert [one.source for one in store.documents("own")] == ["a.md"]


def test_a_closed_store_says_so() -> None:
    store = Store()
    store.close()
    with pytest.raises(StorageError, match="has been closed"):
        store.documents("own")


def test_two_that_make_the_file_at_once_do_not_meet(tmp_path: Path) -> None:
    problems: list[BaseException] = []

    def make() -> None:
        try:
            Store(tmp_path / "k.sqlite").close()
        except BaseException as error:
            problems.append(error)

    threads = [Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
