"""What is kept of a run beside its words."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ...tools.base.errors import AntiphonError, InputError, StorageError
from ...tools.base.ids import short_id
from ..compile.failures import CannotGoOn

Status = Literal["queued", "running", "waiting", "uncertain", "done", "failed", "stopped", "cancelled"]
"""In the queue · at work · a person is to answer · a person is to say whether a call took place · ended well · ended
with an error · its limits are used up · somebody stopped it. All but `done` can be resumed."""

CallState = Literal["intended", "done", "failed", "uncertain", "void", "known"]
"""About to be called · gave a result · raised an error · nobody knows whether it took place · a person said it did not
take place · it changed nothing outside, and this is what it came to: a thought of a model, a look into something."""

OPEN: tuple[CallState, ...] = ("intended", "uncertain")
"""Calls of which nobody knows whether they took place, where nobody works at their run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run. What is named `..._entry` is the id of an entry of the timeline; "" where there is none.

    Attributes:
        workflow: Its name.
        source: Where to load it from again: a file, a folder, or the name of a ready-made one.
        fingerprint: What a later version of the workflow is compared with; see `fingerprint.py`.
        thread: The conversation.
        parent: The run this one is a fork of; `forked_at`: at which checkpoint.
        input_entry: What it was given.
        output_entry: What it came to; its second part is what the next turn begins with.
        problem_entry: What it failed with.
        head_entry: The entry its thread had come to when it began; `tail_entry`: its own last.
        owner, claimed: Who works at it, "" for nobody; since when, or when somebody last began to.
        epoch, leased_until: The how manieth owner that is; until when it is surely at work, 0 where the system knows.
        steps, tokens, seconds: What it has used up since it was begun, or last tried again after it had failed.
        spent: What single nodes of it have used up, `Spending.by_node`; `noted`: when that was written.
        options: How it was started: spoken, knowledge folders, whether it is durable at each step.
    """

    workflow: str
    source: str
    thread: str
    id: str = field(default_factory=short_id)
    fingerprint: Mapping[str, Any] = field(default_factory=dict)
    status: Status = "running"
    parent: str = ""
    forked_at: str = ""
    created: float = field(default_factory=time.time)
    began: float = 0.0
    ended: float = 0.0
    input_entry: str = ""
    output_entry: str = ""
    problem_entry: str = ""
    head_entry: str = ""
    tail_entry: str = ""
    owner: str = ""
    claimed: float = 0.0
    epoch: int = 0
    leased_until: float = 0.0
    steps: int = 0
    tokens: int = 0
    seconds: float = 0.0
    priority: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    spent: Mapping[str, Any] = field(default_factory=dict)

    @property
    def checkpoints(self) -> str:
        """What LangGraph calls the thread of its checkpoints: each owner writes to its own, so one that was thought
        dead and wakes up writes where nobody reads."""
        return f"{self.id}.{self.epoch}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """A call that must not be made anew: it changes something outside, or its result is what a run goes on with.

    Attributes:
        key: The place of the call in its run: the path of the node, with passes and visits, and the how manieth call.
        keyed: Whether the other side knows the key, so that it may be called again.
        epoch: Of the owner that made it.
        given_entry, result_entry: Its arguments, and what it gave back or failed with.
    """

    run: str
    key: str
    step: str
    tool: str
    keyed: bool
    state: CallState = "intended"
    epoch: int = 0
    began: float = 0.0
    ended: float = 0.0
    given_entry: str = ""
    result_entry: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRow:
    """A person is asked.

    Attributes:
        asked: Seconds since 1970.
        question_entry: Its text and its form; `answer_entry`: the filled-in form, "" until there is one.
    """

    run: str
    key: str
    step: str
    asked: float = 0.0
    question_entry: str = ""
    answer_entry: str = ""


class RunHeld(AntiphonError):
    """Another process works at the run."""


class RunLost(CannotGoOn):
    """Another process has taken the run over; what this one still does for it does not count."""


class CallMade(AntiphonError):
    """A call may have taken place already, or it is settled what became of it: it is not made again."""


class StateNotKept(CannotGoOn, StorageError):
    """A checkpoint cannot be read or written."""


class NoSuchRun(AntiphonError, LookupError):
    """There is no run of that name."""


class WordsForgotten(CannotGoOn, InputError):
    """A person had words forgotten that the run cannot go on without."""


class WorkflowChanged(CannotGoOn):
    """The workflow is no longer the one the run began with."""
