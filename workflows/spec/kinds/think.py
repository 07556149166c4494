"""Kinds that ask a model once: llm, classify, extract; and the prompt they share."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from ..habits import PROMPT
from ..names import Name, Words
from ..parts import Part
from ..shapes import STRING, Shape, Type, record
from ..values import Template, TemplateFile, Text, TextOrWords
from .common import NodeBase

HISTORY = 6
"""So many of the last texts of a conversation an llm node is told, as many as fit a small model."""
MOST_HISTORY = 200
"""So many at most an agent may be told."""


class Prompt(Part):
    """Templates: text in the file, or a file beside it; one for each language where they differ.

    Examples are turns of a conversation a small model takes its manner from: a YAML file with
    `examples: [{user: ..., assistant: ...}, ...]`.
    """

    ELSEWHERE: ClassVar[Mapping[str, str]] = PROMPT

    system: Template = Field(default="", description="what the model is told before the conversation")
    user: Template = Field(default="", description="what it is asked")
    system_file: TemplateFile = Field(default="", description="a file with the text of `system`")
    user_file: TemplateFile = Field(default="", description="a file with the text of `user`")
    examples_file: Words = Field(
        default="", description="a YAML file to learn the manner from: `examples: [{user, assistant}]`"
    )
    language: Text = Field(default="", description="which of several languages is used; by default the workflow's")

    @model_validator(mode="after")
    def _something_to_say(self) -> "Prompt":
        if bool(self.user) == bool(self.user_file):
            raise ValueError("a prompt needs either user or user_file")
        if self.system and self.system_file:
            raise ValueError("a prompt has either system or system_file")
        return self


class Writer(NodeBase):
    """What kinds share whose model writes a text that others can follow."""

    RESULT: ClassVar[Type] = record(text=STRING)

    role: Literal["chat", "fast"] = Field(default="chat", description="which model of app.yaml writes")
    prompt: Prompt = Field(description="what it is told")
    max_tokens: int = Field(default=300, ge=1, description="the longest it may write")


class Llm(Writer):
    """A model writes."""

    kind: Literal["llm"] = "llm"
    temperature: float = Field(default=0.0, ge=0, le=2, description="0 always writes the same")


class Classify(NodeBase):
    """A model chooses one label, and cannot choose another."""

    RESULT: ClassVar[Type] = record(label=STRING)

    kind: Literal["classify"] = "classify"
    role: Literal["chat", "fast"] = Field(default="fast", description="which model of app.yaml chooses")
    text: Text = Field(validation_alias="from", serialization_alias="from", description="what is classified")
    language: Text = Field(
        default="", description="which language of question and labels is used; by default the workflow's"
    )
    labels: dict[Name, Words] = Field(min_length=2, description="each label with what it means")
    question: TextOrWords = Field(description="what is being decided")


class Extract(NodeBase):
    """A model fills in fields from a text, and can write nothing that does not fit them."""

    kind: Literal["extract"] = "extract"
    role: Literal["chat", "fast"] = Field(default="fast", description="which model of app.yaml reads")
    text: Text = Field(
        validation_alias="from", serialization_alias="from", description="the text the fields are found in"
    )
    language: Text = Field(default="", description="which language of the question is used; by default the workflow's")
    question: TextOrWords = Field(
        default_factory=lambda: {
            "en": "Fill in the fields from the text. Leave empty what it does not say.",
            "zh": "根据文字填写各项；文字里没有的留空。",
        },
        description="what is to be found",
    )
    fields: dict[Name, Shape] = Field(min_length=1, description="what is to be filled in; each `about` tells the model")
    max_tokens: int = Field(default=400, ge=1, description="the longest all fields together may be")
