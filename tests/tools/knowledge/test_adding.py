"""Documents come into a base, and leave it when their files do."""

import os
from pathlib import Path

import pytest

from antiphon.tools.base.errors import InputError
from antiphon.tools.knowledge.adding import Added, add
from antiphon.tools.knowledge.store import Store


@pytest.fixture
def books(tmp_path: Path) -> Path:
    folder = tmp_path / "books"
    (folder / "more").mkdir(parents=True)
    (folder / "a.md").write_text("# Apples\n\nApples are red.\n")
    (folder / "more" / "b.txt").write_text("Bears are brown.\n")
    return folder


def sources(store: Store) -> list[str]:
    return [one.source for one in store.documents("own")]


def test_every_document_below_a_folder_is_added(books: Path) -> None:
    with Store() as store:
        assert add(store, "own", books, prefix="books") == Added(new=("books/a.md", "books/more/b.txt"))


def test_adding_twice_is_adding_once(books: Path) -> None:
    with Store() as store:
        add(store, "own", books, prefix="books")
        before = store.documents("own")
        assert add(store, "own", books, prefix="books") == Added(same=2)
        assert store.documents("own") == before


def test_a_changed_file_is_read_again(books: Path) -> None:
    with Store() as store:
        add(store, "own", books, prefix="books")
        (books / "a.md").write_text("# Apples\n\nApples are green.\n")
        assert add(store, "own", books, prefix="books") == Added(changed=("books/a.md",), same=1)


def test_a_file_whose_time_alone_changed_is_not_split_again(books: Path) -> None:
    with Store() as store:
        add(store, "own", books, prefix="books")
        os.utime(books / "a.md", (1, 1))
        assert add(store, "own", books, prefix="books") == Added(same=2)


def test_a_document_whose_file_is_gone_goes_too(books: Path) -> None:
    with Store() as store:
        add(store, "own", books, prefix="books")
        (books / "a.md").unlink()
        assert add(store, "own", books, prefix="books") == Added(gone=("books/a.md",), same=1)
        assert sources(store) == ["books/more/b.txt"]


def test_old_words_of_a_changed_file_are_in_no_byte(books: Path, tmp_path: Path) -> None:
    with Store(tmp_path / "data" / "k.sqlite") as store:
        (books / "a.md").write_text("# Apples\n\nQuixotry it was.\n")
        add(store, "own", books, prefix="books")
        (books / "a.md").write_text("# Apples\n\nSomething else.\n")
        add(store, "own", books, prefix="books")
        left = b"".join(path.read_bytes() for path in (tmp_path / "data").iterdir()).lower()
    assert b"quixotr" not in left


def test_a_file_that_cannot_be_read_leaves_what_was_known(books: Path) -> None:
    with Store() as store:
        add(store, "own", books, prefix="books")
        (books / "a.md").write_bytes(b"\0\0\0")
        added = add(store, "own", books, prefix="books")
        assert [problem.problem for problem in added.problems] == ["this is not text"]
        assert sources(store) == ["books/a.md", "books/more/b.txt"]


def test_one_file_may_be_added(books: Path) -> None:
    with Store() as store:
        assert add(store, "own", books / "a.md", prefix="a.md") == Added(new=("a.md",))


def test_a_folder_does_not_take_another_of_its_name_for_its_own(books: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "books"
    other.mkdir(parents=True)
    (other / "c.md").write_text("Cats purr.")
    with Store() as store:
        add(store, "own", books, prefix="books")
        with pytest.raises(InputError, match="are here under the name 'books'"):
            add(store, "own", other, prefix="books")
        assert sources(store) == ["books/a.md", "books/more/b.txt"]


def test_a_folder_that_was_moved_is_still_the_same(books: Path, tmp_path: Path) -> None:
    with Store() as store:
        add(store, "own", books, prefix="books")
        (tmp_path / "attic").mkdir()
        books.rename(tmp_path / "attic" / "books")
        assert add(store, "own", tmp_path / "attic" / "books", prefix="books") == Added(same=2)


def test_progress_counts_documents(books: Path) -> None:
    seen: list[tuple[int, int]] = []
    with Store() as store:
        add(store, "own", books, progress=lambda done, of: seen.append((done, of)))
    assert seen == [(1, 2), (2, 2)]
