"""Documents as people have them: with front matter or without, in old encodings, as books."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.tools.base.errors import FileError
from antiphon.tools.knowledge.documents import read_document
from antiphon.tools.knowledge.passages import Article, split

NOVEL = "第一回 风雪\n那一年的冬天来得很早，山上的雪下了三天。\n老人说，明天不要出门了。\n"


def read(name: str, text: str | bytes) -> Article:
    return read_document(Path(name), name, text if isinstance(text, bytes) else text.encode())


def test_a_document_without_front_matter_is_called_by_its_heading() -> None:
    one = read("notes.md", "# Our garden\n\nThe pear tree is old.\n")
    assert (one.id, one.title, one.language) == ("notes.md", "Our garden", "en")


def test_a_document_without_a_heading_is_called_by_its_file() -> None:
    assert read("our_garden.txt", "The pear tree is old.").title == "our garden"


def test_a_hash_in_plain_text_is_no_heading() -> None:
    assert read("notes.txt", "# 1 of our rules\n\nBe kind.").title == "notes"


def test_the_language_is_found_out() -> None:
    assert read("a.md", "梨树很老了。").language == "zh"


def test_front_matter_of_others_may_say_what_it_likes() -> None:
    one = read("a.md", "---\ntitle: Pears\nlang: fr-FR\ntags: [x]\n---\nLe poirier est vieux.\n")
    assert (one.title, one.language) == ("Pears", "fr")


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-16", "utf-8-sig", "utf-8"])
def test_chinese_is_read_in_the_encodings_it_is_kept_in(encoding: str) -> None:
    assert read("book.txt", NOVEL.encode(encoding)).body.startswith("第一回 风雪\n\n那一年")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_english_is_read_with_its_mark(encoding: str) -> None:
    assert read("book.txt", "The pear tree.".encode(encoding)).body == "The pear tree."


def test_latin_1_is_not_taken_for_chinese() -> None:
    with pytest.raises(FileError, match="is not UTF-8 text"):
        read("a.txt", "Déjà vu, garçon, naïve, crème brûlée.".encode("latin-1"))


@pytest.mark.parametrize("data", [b"%PDF-1.7\0\x01\x02", b"PK\x03\x04\0\0", b"\xff\xd8\xff\xe0\0\x10JFIF"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(FileError):
        read("a.md", data)


def test_a_line_of_a_book_is_a_paragraph() -> None:
    assert [one.text for one in split(read("book.txt", NOVEL))][1:] == [
        "那一年的冬天来得很早，山上的雪下了三天。",
        "老人说，明天不要出门了。",
    ]


def test_wrapped_lines_of_a_text_with_paragraphs_belong_together() -> None:
    assert [one.text for one in split(read("a.txt", "One line\ngoes on.\n\nAnother."))] == [
        "One line goes on.",
        "Another.",
    ]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        article = read("a.md", data)
    except FileError:
        return
    assert article.body.strip()
