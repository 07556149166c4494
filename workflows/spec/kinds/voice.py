"""Kinds that stand between people and the workflow: listen, guard, speak, ask."""

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from ..names import Name
from ..parts import Part
from ..shapes import BOOLEAN, NUMBER, STRING, Shape, Type, list_of, record
from ..values import Audio, Items, Text, TextOrWords, WholeNumber
from .common import NodeBase
from .think import Prompt

QUESTION = record(allowed=BOOLEAN, category=STRING, reaction=STRING, reply=STRING)
SENTENCE = record(sentence=STRING, reason=STRING)
"""What `result` holds in the prompt of a rewrite."""
ANSWER = record(text=STRING, sources=list_of(record(title=STRING, source=STRING)))


class Listen(NodeBase):
    """A recording becomes words; typed text passes as it is."""

    RESULT: ClassVar[Type] = record(text=STRING, language=STRING, confidence=NUMBER, seconds=NUMBER)

    kind: Literal["listen"] = "listen"
    role: Literal["hear"] = Field(default="hear", description="which recogniser of app.yaml hears")
    audio: Audio = Field(description="the recording: ${input.audio}")
    text: Text = Field(default="", description="typed instead of spoken")
    language: Text = Field(default="", description="two letters, or empty to find it out")


class Rewrite(Part):
    """How a sentence that fails is written anew, once."""

    role: Literal["chat", "fast"] = Field(default="chat", description="which model of app.yaml writes")
    prompt: Prompt = Field(description="what it is told; `result` holds the sentence")
    max_tokens: int = Field(default=80, ge=1, description="the longest it may write")


class Guard(NodeBase):
    """What may not pass: a question as a whole, an answer sentence by sentence.

    A sentence of an answer that fails gives way to the sentence of the evidence that says most of it, or is rewritten
    once where `rewrite` says how; it is dropped when neither passes.
    """

    kind: Literal["guard"] = "guard"
    side: Literal["question", "answer"] = Field(description="what it looks at")
    text: Text = Field(
        default="",
        validation_alias="from",
        serialization_alias="from",
        description="the text, where it follows no other node",
    )
    language: Text = Field(default="", description="two letters; by default the workflow's")
    rules: str = Field(default="", description="a rules file: a name such as child, or a path in the workflow's folder")
    evidence: Items = Field(default="", description="passages {title, text, source} a sentence must rest on")
    question: Text = Field(default="", description="its words and numbers need no evidence")
    max_words: WholeNumber = Field(
        default=0, description="of a sentence; five Chinese characters count as three words; 0 sets no limit"
    )
    max_sentences: WholeNumber = Field(default=0, description="of the whole answer; 0 sets no limit")
    rewrite: Rewrite | None = Field(default=None, description="how a sentence that fails is written anew")

    @model_validator(mode="after")
    def _checks_something(self) -> "Guard":
        if not (self.rules or self.evidence or self.max_words or self.max_sentences):
            raise ValueError("a guard needs rules, evidence, max_words or max_sentences")
        if self.side == "question" and not self.rules:
            raise ValueError("a guard of the question needs rules")
        return self


class Speak(NodeBase):
    """Words are shown and, where a voice is wanted, spoken clause by clause.

    With `audience: child` they may hold nothing a model wrote that no guard with rules let pass; an `ask` likewise.
    """

    RESULT: ClassVar[Type] = record(text=STRING)

    kind: Literal["speak"] = "speak"
    role: Literal["speak"] = Field(default="speak", description="which voice of app.yaml speaks")
    text: TextOrWords = Field(
        default="",
        validation_alias="from",
        serialization_alias="from",
        description="the words, where it follows no other node",
    )
    language: Text = Field(default="", description="two letters; by default the workflow's")


class Ask(NodeBase):
    """A person is asked, and the run waits. The result holds the fields of the form."""

    kind: Literal["ask"] = "ask"
    show: TextOrWords = Field(description="what the person is shown")
    language: Text = Field(default="", description="two letters; by default the workflow's")
    who: Text = Field(default="", description="who is asked, for whoever passes the question on")
    form: dict[Name, Shape] = Field(
        default_factory=lambda: {"answer": Shape(type="string")}, min_length=1, description="what is to be filled in"
    )
