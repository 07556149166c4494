"""Kinds that look things up and keep them: retrieve, recall, remember."""

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from ..names import Duration, Name
from ..shapes import BOOLEAN, STRING, Type, list_of, record
from ..values import Text, WholeNumber
from .common import NodeBase

PASSAGE = record(title=STRING, text=STRING, source=STRING)
NOTE = record(text=STRING, subject=STRING, when=STRING)


class Retrieve(NodeBase):
    """What knowledge says to a question.

    `passages` has the best last; `best` is made of the sentences that answer best; `follow_up` is a question the same
    article answers; `is_question` is told by the words alone; `problem` is what stood in the way of the web.
    """

    RESULT: ClassVar[Type] = record(
        known=BOOLEAN,
        passages=list_of(PASSAGE),
        best=STRING,
        topic=STRING,
        follow_up=STRING,
        further_reading=STRING,
        is_question=BOOLEAN,
        problem=STRING,
    )

    kind: Literal["retrieve"] = "retrieve"
    text: Text = Field(validation_alias="from", serialization_alias="from", description="the question")
    language: Text = Field(default="", description="two letters; by default the workflow's")
    folder: str = Field(default="", description="documents in the workflow's folder: Markdown and text")
    own: bool = Field(default=False, description="search what `antiphon knowledge add` added, too")
    web: bool = Field(default=False, description="ask what app.yaml names under `web`, where the documents say nothing")
    sentences: int = Field(default=8, ge=1, le=50, description="so many of the best are given")
    quotes: WholeNumber = Field(default=1, description="so many sentences at most make up `best`")
    max_words: WholeNumber = Field(default=0, description="of follow_up; counted as a guard does; 0 sets no limit")

    @model_validator(mode="after")
    def _looks_somewhere(self) -> "Retrieve":
        if not (self.folder or self.own or self.web):
            raise ValueError("a retrieve needs a folder, own: true or web: true")
        return self


class Remember(NodeBase):
    """A text is kept on this machine, for later runs to recall."""

    RESULT: ClassVar[Type] = record(id=STRING)

    kind: Literal["remember"] = "remember"
    text: Text = Field(validation_alias="from", serialization_alias="from", description="what is kept")
    subject: Text = Field(default="", description="whom or what it is about: recall finds it by that")
    store: Name = Field(default="notes", description="the workflow's store it goes to")


class Recall(NodeBase):
    """What was kept before is found again, the latest last."""

    RESULT: ClassVar[Type] = record(found=BOOLEAN, notes=list_of(NOTE), text=STRING)

    kind: Literal["recall"] = "recall"
    text: Text = Field(
        default="",
        validation_alias="from",
        serialization_alias="from",
        description="words to look for; empty finds all",
    )
    subject: Text = Field(default="", description="only what is about this")
    store: Name = Field(default="notes", description="the workflow's store that is searched")
    last: WholeNumber = Field(default=5, description="so many at most, the latest")
    since: Duration = Field(default="", description="only what is not older: 5m, 30d")
