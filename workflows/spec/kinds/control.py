"""Kinds that steer: set, flow, wait, end."""

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from ..names import Name
from ..shapes import Type, record
from ..values import Text, TextOrWords, Value
from .common import NodeBase


class Set(NodeBase):
    """State fields get values."""

    RESULT: ClassVar[Type] = record()

    kind: Literal["set"] = "set"
    values: dict[Name, Value] = Field(min_length=1, description="state fields with what they become")


class Flow(NodeBase):
    """Another workflow runs as one step of this one, with a state of its own. The result holds its output."""

    kind: Literal["flow"] = "flow"
    use: str = Field(min_length=1, description="its file, in this workflow's folder, or the name of a ready-made one")
    arguments: dict[Name, Value] = Field(
        default_factory=dict, validation_alias="with", serialization_alias="with", description="its inputs"
    )


class Wait(NodeBase):
    """The run rests for a while, or until a moment."""

    RESULT: ClassVar[Type] = record()

    kind: Literal["wait"] = "wait"
    for_: Text = Field(
        default="", validation_alias="for", serialization_alias="for", description="so long: 500ms, 20s, 5m"
    )
    until: Text = Field(default="", description="a moment as ISO 8601: 2026-12-01T08:00:00+01:00")

    @model_validator(mode="after")
    def _one_end(self) -> "Wait":
        if bool(self.for_) == bool(self.until):
            raise ValueError("a wait has either for or until")
        return self


class End(NodeBase):
    """The whole workflow ends here, from inside a loop, too; with `fail` it ends as an error."""

    RESULT: ClassVar[Type] = record()

    kind: Literal["end"] = "end"
    fail: TextOrWords = Field(default="", description="what went wrong, for whoever ran it")
    language: Text = Field(default="", description="which language of `fail` is used; by default the workflow's")
