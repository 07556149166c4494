"""The one error tree. Each error is a sentence: what is wrong, where, and the way out.

AntiphonError
├── InputError        (ValueError)       what a person gave cannot be used: a recording, a question, an option
├── FileError         (ValueError)       a file people write is wrong: workflow, app.yaml, rules; holds every problem
├── StorageError      (OSError)          the disk is full, or a file cannot be written or read
├── EngineError                          an engine could not be used, or failed
│   ├── UnknownEngine (LookupError)
│   └── MissingExtra  (ImportError)
├── LimitReached                         a run or a node has used up the steps, time or tokens it may
├── Refused                              a person did not agree, or nobody is there to be asked
├── ToolFailed                           a tool or a registered function raised an error of its own
├── ServiceError                         a service that app.yaml names could not be reached, or answered with an error
│   └── ServiceTimeout      (TimeoutError)
├── WorkflowFailed                       the workflow itself ended as an error, with its own words
├── ModelFileError                       a model's files are missing, damaged or cannot be fetched
└── EndpointError                        a model server failed
    ├── EndpointUnreachable (ConnectionError)
    ├── EndpointTimeout     (TimeoutError)
    ├── EndpointRefused                  it answered with an error: a bad key, an unknown model, a prompt too long
    └── EndpointBrokeOff                 it stopped in mid-stream, or sent something that is no answer

The command line turns each of these into one message and exit status 2. Anything else is a bug of ours and keeps
its traceback.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


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

    Attributes:
        at: `file:line:column`, both counted from 1, columns in code points.
        hint: The way out, as a sentence.
        code: Stable, for `antiphon explain`; "" where a file has no codes.
        level: An error stops everything; a warning does not.
        width: How many characters from the column on are meant; 0 where that is not known.
    """

    at: str
    problem: str
    hint: str = ""
    code: str = ""
    level: Literal["error", "warning"] = "error"
    width: int = 0

    def __str__(self) -> str:
        code = f"{self.code} " if self.code else ""
        return f"{self.at}: {code}{_sentence(self.problem)}{' ' + _sentence(self.hint) if self.hint else ''}"


def place_of(problem: Problem) -> tuple[str, int, int]:
    """File, line and column, for sorting; a problem of a whole file comes first."""
    found = re.match(r"(.*?):(\d+):(\d+)", problem.at)
    return (found[1], int(found[2]), int(found[3])) if found else (problem.at, 0, 0)


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


class LimitReached(AntiphonError):
    """A run or a node has used up the steps, time or tokens it may."""


class Refused(AntiphonError):
    """A person did not agree, or nobody is there to be asked."""


class ToolFailed(AntiphonError):
    """A tool or a registered function raised an error of its own, which is the cause of this one."""


class ServiceError(AntiphonError):
    """A service that app.yaml names could not be reached, or answered with an error."""


class ServiceTimeout(ServiceError, TimeoutError):
    """A service took longer than allowed."""


class WorkflowFailed(AntiphonError):
    """The workflow itself ended as an error, with its own words."""


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
