"""Comments of a file, tied to the part of the workflow they speak about, so that they outlive a change of language."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from ...tools.base.yaml_reading import Document, Path_

Places = Mapping[Path_, tuple[int, int]]
"""Path to line and column, both from 1."""


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment as it stands: `text` begins with #; `alone` when nothing else is on its line."""

    line: int
    column: int
    text: str
    alone: bool


@dataclass(frozen=True, slots=True)
class Comments:
    """Comments by the path they belong to: whole lines before it, one beside it, and lines after everything."""

    before: Mapping[Path_, Sequence[str]] = field(default_factory=dict)
    beside: Mapping[Path_, str] = field(default_factory=dict)
    end: Sequence[str] = ()

    def within(self, path: Path_) -> bool:
        """Whether something below a path has a comment."""
        size = len(path)
        return any(len(p) > size and p[:size] == path for paths in (self.before, self.beside) for p in paths)


NONE = Comments()


def comments_of(document: Document) -> Comments:
    """The comments of a YAML file."""
    return tie(document.positions, _in_yaml(document.text), document.value)


def tie(places: Places, found: Iterable[Comment], data: Any) -> Comments:
    """Give each comment to the next thing below it, or, on a line with something, to the first thing on that line.

    Only paths that lead somewhere in `data` are given comments, and each comment is given to one, so none is lost.
    """
    known = sorted((place, len(path), path) for path, place in places.items() if path and _leads(data, path))
    before: dict[Path_, list[str]] = {}
    beside: dict[Path_, str] = {}
    end: list[str] = []
    for comment in found:
        here = (comment.line, comment.column)
        same = [path for place, _, path in known if place[0] == comment.line and place < here]
        beyond = [path for place, _, path in known if place < here][-1:]
        target = None if comment.alone else next(iter(same + beyond), None)
        if target is not None and target not in beside:
            beside[target] = comment.text
            continue
        below = next((path for place, _, path in known if place[0] > comment.line), None)
        (end if below is None else before.setdefault(below, [])).append(comment.text)
    return Comments(before, beside, end)


def _leads(data: Any, path: Path_) -> bool:
    try:
        for part in path:
            data = data[part]
    except (KeyError, IndexError, TypeError):
        return False
    return True


def _in_yaml(text: str) -> Iterator[Comment]:
    """Whatever follows a # that begins a line or follows a space, outside of every scalar."""
    covered = bytearray(len(text) + 1)
    for token in yaml.scan(text, Loader=yaml.CSafeLoader):
        if isinstance(token, yaml.ScalarToken):
            start, end = token.start_mark.index, token.end_mark.index
            if token.style in ("|", ">"):  # its first line may end with a comment
                start = text.find("\n", start) % (len(text) + 1)
            covered[start:end] = b"\1" * max(0, end - start)
    offset = 0
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        for column, letter in enumerate(line):
            if letter == "#" and not covered[offset + column] and (column == 0 or line[column - 1] in " \t"):
                yield Comment(number, column + 1, line[column:].rstrip(), not line[:column].strip())
                break
        offset += len(line)
