"""The one error tree. Each error is a sentence: what is wrong, where, and the way out.

AntiphonError
├── InputError        (ValueError)       what a person gave cannot be used: a recording, a question, an option
├── FileError         (ValueError)       a file people write is wrong: workflow, app.yaml, rules; holds every problem
├── StorageError      (OSError)          the disk is full, or a file cannot be written or read
├── EngineError                          an engine could not be used, or failed
│   ├── UnknownEngine (LookupError)
│   └── MissingExtra  (ImportError)
├── ModelFileError                       a model's files are missing, damaged or cannot be fetched
└── EndpointError                        a model server failed
    ├── EndpointUnreachable (ConnectionError)
    ├── EndpointTimeout     (TimeoutError)
    ├── EndpointRefused                  it answered with an error: a bad key, an unknown model, a prompt too long
    └── EndpointBrokeOff                 it stopped in mid-stream, or sent something that is no answer

The command line turns each of these into one message and exit status 2. Anything else is a bug of ours and keeps
its traceback.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class AntiphonError(Exception):
    """The root: catch it to catch everything Antiphon raises on purpose.

    Args:
        problem: What is wrong, as a sentence.
        at: Where: a path, a `file:line:column`, a field, an endpoint.
        hint: The way out, as a sentence.
    """

    def __init__(self, problem: str, *, at: str = "", hint: str = "") -> None:
        self.problem, self.at, self.hint = problem, at, hint
        super().__init__(problem)

    def __str__(self) -> str:
        where = f"{self.at}: " if self.at else ""
        return f"{where}{_sentence(self.problem)}{' ' + _sentence(self.hint) if self.hint else ''}"


class InputError(AntiphonError, ValueError):
    """What a person gave cannot be used."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One complaint about a file.

    `at` is `file:line:column`, both counted from 1, columns in code points.
    """

    at: str
    problem: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.at}: {_sentence(self.problem)}{' ' + _sentence(self.hint) if self.hint else ''}"


class FileError(AntiphonError, ValueError):
    """A file is wrong; `problems` holds every complaint, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(first.problem, at=first.at, hint=first.hint)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class StorageError(AntiphonError, OSError):
    """The disk is full, or a file cannot be written or read."""


class EngineError(AntiphonError):
    """An engine could not be used, or failed."""


class UnknownEngine(EngineError, LookupError):
    """No engine of that name exists."""


class MissingExtra(EngineError, ImportError):
    """The engine's package is not installed; the hint names the extra."""


class ModelFileError(AntiphonError):
    """A model's files are missing, damaged or cannot be fetched."""


class EndpointError(AntiphonError):
    """A model server failed."""


class EndpointUnreachable(EndpointError, ConnectionError):
    """Nothing answers at that address."""


class EndpointTimeout(EndpointError, TimeoutError):
    """It took longer than allowed."""


class EndpointRefused(EndpointError):
    """It answered with an error; `status` is the HTTP status, 0 when the error came in mid-stream."""

    def __init__(self, problem: str, *, at: str = "", hint: str = "", status: int = 0) -> None:
        super().__init__(problem, at=at, hint=hint)
        self.status = status


class EndpointBrokeOff(EndpointError):
    """It stopped in mid-stream, or sent something that is no answer."""


def _sentence(text: str) -> str:
    return text if not text or text[-1] in ".!?。！？:" or "\n" in text else text + "."
