"""A folder of articles: Markdown files with YAML front matter, anywhere below the folder.

---
id: moon
title: Moon
language: en
also: [full moon]
further_reading: "An encyclopedia for children, entry 'Moon'"
---
The Moon is ...
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field, field_validator

from ..base.checked import Strict, checked
from ..base.errors import FileError, InputError, Problem
from ..base.yaml_reading import parse_yaml
from .passages import Article

MAX_BYTES = 1_000_000
"""The size of one article."""
MAX_ARTICLES = 2_000
"""All articles are read and indexed at each start; more belong in a store."""


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


def read_folder(folder: Path, *, within: Path | None = None) -> list[Article]:
    """Read every `*.md` file below a folder, sorted by path; files whose name starts with a dot are left out.

    Args:
        within: A folder that must contain `folder`; for folders named by a workflow file.
    Raises:
        InputError: there is no such folder, it holds no article or too many, or something leads outside.
        FileError: every article that is wrong, each with its line.
    """
    root = _allowed(folder, within)
    articles: list[Article] = []
    problems: list[Problem] = []
    for path in _files(root, folder):
        try:
            articles.append(_article(path, path.relative_to(folder)))
        except FileError as error:
            problems += error.problems
    problems += _twice(articles, folder)
    if problems:
        raise FileError(problems)
    if not articles:
        raise InputError("this folder holds no article", at=str(folder), hint="Put Markdown files (*.md) into it")
    return articles


def _allowed(folder: Path, within: Path | None) -> Path:
    if not folder.is_dir():
        wrong = "this is a file, not a folder" if folder.exists() else "there is no such folder"
        raise InputError(wrong, at=str(folder), hint="Check the path")
    root = folder.resolve()
    if within is not None and not root.is_relative_to(within.resolve()):
        raise InputError(f"the folder is outside {within}", at=str(folder), hint="Name a folder inside it")
    return root


def _files(root: Path, folder: Path) -> Iterator[Path]:
    """The articles' paths. A link that leads out of the folder is an error, not a file less."""
    paths = []
    for here, folders, files in os.walk(folder):
        for path in (Path(here, name) for name in (*folders, *files)):
            if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(root):
                raise InputError("this link leads out of the folder", at=str(path), hint="Copy what it points to")
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths += [Path(here, name) for name in files if name.endswith(".md") and not name.startswith(".")]
    if len(paths) > MAX_ARTICLES:
        raise InputError(f"{len(paths):,} articles; at most {MAX_ARTICLES:,} are read", at=str(folder))
    yield from sorted(paths)


def _article(path: Path, source: Path) -> Article:
    front, body, line = _parts(_text(path), path)
    # A first empty line stands for the `---`, so that positions are those of the file.
    matter = checked(parse_yaml("\n" + front, path), FrontMatter)
    if not body.strip():
        raise FileError([Problem(f"{path}:{line}:1", "the article has no text", "Write some below the second ---")])
    return Article(
        matter.id,
        matter.title,
        matter.language,
        body,
        matter.also,
        matter.further_reading,
        source.as_posix(),
        line,
    )


def _text(path: Path) -> str:
    if not path.is_file():
        raise FileError([Problem(str(path), "this is not an ordinary file")])
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise FileError([Problem(str(path), f"the article has more than {MAX_BYTES:,} bytes", "Split it")])
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise FileError([Problem(str(path), f"cannot read it: {(error.strerror or '').lower()}")]) from error
    except UnicodeDecodeError as error:
        raise FileError(
            [Problem(str(path), f"byte {error.start} is not UTF-8 text", "Save the file as UTF-8")]
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _parts(text: str, path: Path) -> tuple[str, str, int]:
    """Front matter, body, and the line on which the body starts."""
    lines = text.split("\n")
    rules = [number for number, line in enumerate(lines) if line.rstrip() == "---"][:2]
    if not rules or rules[0] != 0:
        hint = "Start the file with a line ---, then id, title and language, then another line ---"
        raise FileError([Problem(f"{path}:1:1", "the article has no front matter", hint)])
    if len(rules) < 2:
        raise FileError([Problem(f"{path}:1:1", "the front matter has no end", "Close it with a line ---")])
    end = rules[1]
    return "\n".join(lines[1:end]) + "\n", "\n".join(lines[end + 1 :]), end + 2


def _twice(articles: list[Article], folder: Path) -> Iterator[Problem]:
    seen: dict[tuple[str, str], str] = {}
    for article in articles:
        key = (article.id, article.language)
        if key in seen:
            yield Problem(
                str(folder / article.source),
                f"{article.id!r} in {article.language!r} is here twice; it is also in {seen[key]}",
                "Give each its own id",
            )
        seen.setdefault(key, article.source)
