"""An entry of the timeline: something that was said or done, by whom and when."""

import time
from dataclasses import dataclass, field
from typing import Any, Literal

from ...tools.base.ids import sorted_id

Kind = Literal[
    "utterance",
    "answer",
    "question",
    "call",
    "result",
    "value",
    "note",
    "input",
    "output",
    "problem",
    "record",
    "thought",
]
"""What a person said · what was answered · what a person was asked · a tool was called · what it gave back · a text a
node made · what is kept for later · what a run was given · what it came to · what went wrong · what a workflow wants
remembered of a finished run · what a model replied on the way to an answer."""

BESIDE: tuple[Kind, ...] = ("value", "record", "thought")
"""What stands beside a conversation and is no part of it."""

PartKind = Literal["text", "audio", "image", "data"]


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of an entry.

    Attributes:
        text: The words of a text; for audio and image, what they are called.
        data: Plain values, as JSON can hold them.
        content: The bytes of audio or image.
        media_type: What the bytes are: `audio/wav`.
    """

    kind: PartKind
    text: str = ""
    data: Any = None
    content: bytes = b""
    media_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that was said or done. Entries are never changed; a better transcript is a new one that `revises` one.

    Attributes:
        parent: The entry before it in its conversation; a fork is a second child of one.
        thread: The conversation.
        run: The run that made it.
        who: A person's name, `person` where nobody is named; a node or a tool; `assistant`.
        began, ended: Seconds since 1970; the end is that of the sound, or the beginning where nothing lasted.
        heard: Whether a person heard or saw it; False for what was only generated.
        confidence: 0 to 1, of a recogniser; None where nothing was guessed.
        language: Two letters, "" where it is not known.
        revises: The entry this one puts right, "" for a first one.
        revision: 0 for a first one, 1 for what revises it.
        forgotten: Its words were removed; only the shape is left.
    """

    thread: str
    who: str
    kind: Kind
    parts: tuple[Part, ...] = ()
    run: str = ""
    parent: str = ""
    began: float = field(default_factory=time.time)
    ended: float = 0.0
    heard: bool = False
    confidence: float | None = None
    language: str = ""
    revises: str = ""
    revision: int = 0
    forgotten: bool = False
    id: str = field(default_factory=sorted_id)

    def __post_init__(self) -> None:
        if self.ended < self.began:
            object.__setattr__(self, "ended", self.began)

    @property
    def text(self) -> str:
        """Its words, one part after the other."""
        return "".join(part.text for part in self.parts if part.kind == "text")

    @property
    def data(self) -> Any:
        """The first part that is data, None without one."""
        return next((part.data for part in self.parts if part.kind == "data"), None)
