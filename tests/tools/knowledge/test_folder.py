"""A folder of articles, and what may be wrong with it."""

import os
from pathlib import Path

import pytest

from antiphon.tools.base.errors import FileError, InputError
from antiphon.tools.knowledge.documents import MAX_BYTES
from antiphon.tools.knowledge.folder import read_folder
from antiphon.tools.knowledge.passages import Article

TUTOR = Path(__file__).parents[3] / "workflows" / "library" / "child_tutor" / "knowledge"
GOOD = "---\nid: moon\ntitle: Moon\nlanguage: en\nalso: [Luna]\nfurther_reading: A book\n---\n\nIt is far.\n"


def write(folder: Path, text: str | bytes, name: str = "en/moon.md") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def complaint(folder: Path) -> str:
    with pytest.raises((FileError, InputError)) as caught:
        read_folder(folder)
    return str(caught.value)


def test_an_article_is_read_with_its_front_matter(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    assert read_folder(tmp_path) == [
        Article("moon", "Moon", "en", "\nIt is far.\n", ("Luna",), "A book", "en/moon.md", 8)
    ]


def test_windows_line_ends_and_a_byte_order_mark_make_no_difference(tmp_path: Path) -> None:
    write(tmp_path, b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert read_folder(tmp_path)[0].body == "\nIt is far.\n"


def test_every_topic_of_the_tutor_is_there_in_both_languages() -> None:
    articles = {(article.id, article.language) for article in read_folder(TUTOR)}
    ids = {id for id, _ in articles}
    assert len(ids) == 40
    assert articles == {(id, language) for id in ids for language in ("en", "zh")}


@pytest.mark.parametrize("article", read_folder(TUTOR), ids=lambda article: article.source)
def test_an_article_of_the_tutor_says_where_to_read_on(article: Article) -> None:
    assert article.further_reading
    assert Path(article.source) == Path(article.language, f"{article.id}.md")


def test_an_unknown_key_is_named_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("title:", "titel:"))
    (unknown,) = complaint(tmp_path).splitlines()
    assert unknown.startswith(f"{path}:3:1: E201 unknown key 'titel'. Did you mean 'title'?")


def test_a_broken_front_matter_is_named_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("[Luna]", "[Luna"))
    assert complaint(tmp_path).startswith(f"{path}:6:16: E101 this is not YAML")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ":1:1: the document has no text."),
        ("---\nid: moon\n", ":1:1: the front matter has no end. Close it with a line ---"),
        (GOOD.replace("It is far.", ""), ":8:1: the document has no text."),
        (
            GOOD.replace("moon", "the moon"),
            ":2:5: E203 'id': small letters, digits and single hyphens are expected",
        ),
        (GOOD.replace("en\n", "english\n"), ":4:11: E203 'language': a two-letter code is expected"),
        (GOOD.encode() + b"\xff", ": byte 91 is not UTF-8 text. Save the file as UTF-8."),
        (GOOD + "a" * MAX_BYTES, ": the document has more than 8,000,000 bytes. Split it."),
    ],
)
def test_a_wrong_article_is_refused(tmp_path: Path, text: str | bytes, said: str) -> None:
    path = write(tmp_path, text)
    assert complaint(tmp_path).startswith(f"{path}{said}")


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    for name in ("a.md", "b.md"):
        write(tmp_path, "---\nno end", name)
    assert len(complaint(tmp_path).splitlines()) == 2


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert complaint(tmp_path / "no") == f"{tmp_path / 'no'}: there is no such folder. Check the path."


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    assert "this is a file, not a folder" in complaint(write(tmp_path, GOOD))


def test_a_folder_without_documents_is_refused(tmp_path: Path) -> None:
    assert "this folder holds no document" in complaint(tmp_path)


@pytest.mark.parametrize("name", ["moon.md", "folder"])
def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    outside = write(tmp_path, GOOD, "outside/moon.md")
    write(tmp_path, GOOD, "inside/a.md")
    link = tmp_path / "inside" / name
    link.symlink_to(outside if name == "moon.md" else outside.parent)
    assert complaint(tmp_path / "inside").startswith(f"{link}: this link leads out of the folder.")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "moon.md")
    assert "this is not an ordinary file" in complaint(tmp_path)


def test_a_folder_outside_the_workflow_is_refused(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "other/moon.md")
    (tmp_path / "mine").mkdir()
    with pytest.raises(InputError, match="the folder is outside"):
        read_folder(tmp_path / "mine" / ".." / "other", within=tmp_path / "mine")
