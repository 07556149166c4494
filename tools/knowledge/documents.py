"""One document: Markdown or plain text, with YAML front matter or without.

---
id: moon
title: Moon
language: en
also: [full moon]
further_reading: "An encyclopedia for children, entry 'Moon'"
---
The Moon is ...

Front matter with an `id` is ours and checked to the letter. Other front matter may say what it likes; its title and
language are taken where they are given, and found in the text where they are not.
"""

import re
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from ..base.checked import Strict, checked
from ..base.errors import FileError, Problem
from ..base.language import language_of
from ..base.yaml_reading import Document, parse_yaml
from .passages import Article

MAX_BYTES = 8_000_000
"""The size of one document: a long novel has about 3 MB."""
SUFFIXES = (".md", ".markdown", ".txt")
_TITLE = re.compile(r"^#{1,2}[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)


class FrontMatter(Strict):
    """What stands between the two `---` lines."""

    id: str
    title: str = Field(min_length=1, max_length=100)
    language: str
    also: tuple[str, ...] = ()
    further_reading: str = ""

    @field_validator("id")
    @classmethod
    def _is_an_id(cls, id: str) -> str:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id) or len(id) > 64:
            raise ValueError("small letters, digits and single hyphens are expected, such as blue-whale")
        return id

    @field_validator("language")
    @classmethod
    def _is_a_language(cls, language: str) -> str:
        if not re.fullmatch(r"[a-z]{2}", language):
            raise ValueError("a two-letter code is expected, such as en or zh")
        return language


def read_document(path: Path, source: str, data: bytes | None = None) -> Article:
    """Read a document.

    Args:
        source: How it is called where it is cited.
        data: Its bytes, where they have been read already.
    Raises:
        FileError: it cannot be read, is empty or too large, is no text, or its front matter is wrong.
    """
    text = _text(read_bytes(path) if data is None else data, path)
    front, body, line = _parts(text, path)
    if not body.strip():
        raise FileError([Problem(f"{path}:{line}:1", "the document has no text", "Write some, or take the file away")])
    # A first empty line stands for the `---`, so that positions are those of the file.
    matter = parse_yaml("\n" + front, path) if front else None
    if matter is not None and isinstance(matter.value, dict) and "id" in matter.value:
        ours = checked(matter, FrontMatter)
        return Article(ours.id, ours.title, ours.language, body, ours.also, ours.further_reading, source, line)
    return _foreign(path, source, body, line, matter)


def read_bytes(path: Path) -> bytes:
    """The file's bytes.

    Raises:
        FileError: it cannot be read, or is larger than `MAX_BYTES`.
    """
    if not path.is_file():
        raise FileError([Problem(str(path), "this is not an ordinary file")])
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise FileError([Problem(str(path), f"cannot read it: {(error.strerror or '').lower()}")]) from error
    if len(data) > MAX_BYTES:
        raise FileError([Problem(str(path), f"the document has more than {MAX_BYTES:,} bytes", "Split it")])
    return data


def _foreign(path: Path, source: str, body: str, line: int, matter: Document | None) -> Article:
    said: dict[str, Any] = matter.value if matter is not None and isinstance(matter.value, dict) else {}
    heading = _TITLE.search(body[:2_000]) if path.suffix != ".txt" else None
    title = str(said.get("title") or (heading[1] if heading else path.stem.replace("_", " ")))[:100]
    language = str(said.get("language") or said.get("lang") or "")[:2].lower() or language_of(body[:5_000])
    if path.suffix == ".txt" and "\n\n" not in body.strip():
        body = body.replace("\n", "\n\n")  # each line is a paragraph, as Chinese books are often kept
    return Article(source, title, language, body, (), "", source, line)


def _text(data: bytes, path: Path) -> str:
    """UTF-8, UTF-16 with its mark, or GB 18030 where that gives Chinese: old Chinese books are kept in it."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        text = _gb18030(data)
        if not text:
            hint = "Save the file as UTF-8"
            raise FileError([Problem(str(path), f"byte {error.start} is not UTF-8 text", hint)]) from None
    if "\0" in text:
        raise FileError([Problem(str(path), "this is not text", "Markdown and plain text are read")])
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _gb18030(data: bytes) -> str:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    letters = [char for char in text if char.isalpha()]
    common = sum("\u4e00" <= char <= "\u9fff" for char in letters)
    return text if letters and common / len(letters) > 0.8 and re.search("[的一是不了]", text) else ""


def _parts(text: str, path: Path) -> tuple[str, str, int]:
    """Front matter, body, and the line on which the body starts."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---" or path.suffix == ".txt":
        return "", text, 1
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    if not end:
        raise FileError([Problem(f"{path}:1:1", "the front matter has no end", "Close it with a line ---")])
    return "\n".join(lines[1:end]) + "\n", "\n".join(lines[end + 1 :]), end + 2
