"""What was answered, as lines of JSON, each written when it is known: a comparison that was stopped goes on."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ...tools.base.errors import InputError
from ...tools.base.writing import storage_errors
from .metering import Spent


@dataclass(frozen=True, slots=True)
class Record:
    """One answer.

    Attributes:
        key: A digest of everything that may change the answer.
        row: The strategy, as the comparison calls it.
        item: The id of the question.
        answer: What came of it.
        right: Whether that was right when it was written; figures hold the answer against the data set anew.
        stopped: The part of its budget that was spent: calls, tokens, time; "" where it came to its end.
        failed: Why the model's server refused the question; "" where it did not.
        notes: How the answer was found, as its strategy tells.
    """

    key: str
    row: str
    item: str
    answer: str
    right: bool = False
    stopped: str = ""
    failed: str = ""
    notes: Mapping[str, Any] = field(default_factory=dict)
    spent: Spent = field(default_factory=Spent)


def key_of(**parts: Any) -> str:
    """A short digest of everything that may change an answer."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]


class Records:
    """A file of records. Those of other questions, models or settings may lie in it, and stay there.

    Attributes:
        added: How many were written by this object.
    Raises:
        InputError: the file holds something else, or cannot be read.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._known = _read(path) if path is not None else {}
        self.added = 0

    def get(self, row: str, key: str) -> Record | None:
        """What is known of this."""
        return self._known.get((row, key))

    def put(self, record: Record) -> None:
        """Write one more, at once.

        Raises:
            StorageError: it cannot be written.
        """
        self._known[record.row, record.key] = record
        self.added += 1
        if self.path is None:
            return
        with storage_errors(self.path), self.path.open("ab") as file:
            line = json.dumps(asdict(record), ensure_ascii=False).encode(errors="replace")
            file.write((b"\n" if _is_torn(self.path) else b"") + line + b"\n")


def _is_torn(path: Path) -> bool:
    """Whether the last line has no end: whoever wrote it was killed."""
    with path.open("rb") as file:
        if not file.seek(0, 2):
            return False
        file.seek(-1, 2)
        return file.read(1) != b"\n"


def _read(path: Path) -> dict[tuple[str, str], Record]:
    try:
        data = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise InputError(f"cannot read it: {(error.strerror or '').lower()}", at=str(path)) from None
    *lines, last = data.split(b"\n")
    known = {}
    for number, line in enumerate([*lines, last], 1):
        if not line.strip():
            continue
        record = _record(line)
        if record is not None:
            known[record.row, record.key] = record
        elif number == 1 or not line.startswith(b'{"key"'):
            hint = "Name another file with --records"
            raise InputError("this line is no record of a comparison", at=f"{path}:{number}", hint=hint)
    return known


def _record(line: bytes) -> Record | None:
    try:
        told = json.loads(line)
        return Record(**{**told, "spent": Spent(**told["spent"])})
    except (ValueError, KeyError, TypeError):
        return None
