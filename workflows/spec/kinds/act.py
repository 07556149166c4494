"""Kinds that do something: tool, python, code, http, emit."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from ..habits import FUNCTION, SERVICE, TOOL, WANTS
from ..names import Duration, Name
from ..shapes import ANY, BOOLEAN, INTEGER, LIST, STRING, Type, record
from ..values import Text, Value
from .common import NodeBase


class ToolCall(NodeBase):
    """One of the workflow's `tools` is called. Its result is what it returns."""

    WANTS: ClassVar[Mapping[str, str]] = {**WANTS, "tool": TOOL}

    kind: Literal["tool"] = "tool"
    tool: Name = Field(description="its name under `tools`")
    arguments: dict[Name, Value] = Field(
        default_factory=dict, validation_alias="with", serialization_alias="with", description="what it is given"
    )


class Python(NodeBase):
    """A function that the program has registered is called by its name. Its result is what it returns."""

    WANTS: ClassVar[Mapping[str, str]] = {**WANTS, "function": FUNCTION}

    kind: Literal["python"] = "python"
    function: Name = Field(description="the name it is registered by; a file can name nothing else")
    arguments: dict[Name, Value] = Field(
        default_factory=dict, validation_alias="with", serialization_alias="with", description="what it is given"
    )


class Code(NodeBase):
    """Python that stands in the file, beside it, or is written by a model runs in a sandbox of this machine.

    It reaches no network and no files but those it is given. Its value is that of its last expression, or else of a
    variable `result`. An exception in it is an error of the kind `tool`.
    """

    RESULT: ClassVar[Type] = record(value=ANY, output=STRING, files=LIST)

    kind: Literal["code"] = "code"
    code: str = Field(default="", description="the Python code")
    code_file: str = Field(default="", description="a file beside this one with the code")
    text: Text = Field(
        default="",
        validation_alias="from",
        serialization_alias="from",
        description='code that is made during the run: "${state.program}"',
    )
    arguments: dict[Name, Value] = Field(
        default_factory=dict, validation_alias="with", serialization_alias="with", description="variables it finds"
    )
    files: dict[str, Text] = Field(
        default_factory=dict, description='texts it finds as files in its folder: {prices.csv: "${state.table}"}'
    )
    time: Duration | Literal[""] = Field(
        default="", description="how long it may run; by default, and at most, what app.yaml says"
    )

    @model_validator(mode="after")
    def _one_source(self) -> "Code":
        if sum(map(bool, (self.code, self.code_file, self.text))) != 1:
            raise ValueError("it has either code, code_file or from")
        return self


class Http(NodeBase):
    """A service that app.yaml names is asked over HTTP; the file names no address and no key."""

    WANTS: ClassVar[Mapping[str, str]] = {**WANTS, "service": SERVICE}
    RESULT: ClassVar[Type] = record(status=INTEGER, ok=BOOLEAN, json=ANY, text=STRING)

    kind: Literal["http"] = "http"
    service: Name = Field(description="its name under `services` in app.yaml")
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = Field(
        default="GET", description="all but GET have effects"
    )
    path: Text = Field(default="/", description="after the service's address: /v1/forecast")
    query: dict[str, Value] = Field(default_factory=dict, description="what comes after the ? of the address")
    body: Value = Field(default=None, description="sent as JSON")


class Emit(NodeBase):
    """Whoever watches the run is told something of the workflow's own."""

    RESULT: ClassVar[Type] = record()

    kind: Literal["emit"] = "emit"
    event: Name = Field(description="its name")
    values: dict[Name, Value] = Field(default_factory=dict, description="what it tells")
