"""Kinds that do something: tool, python, http, emit."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from ..habits import FUNCTION, SERVICE, TOOL, WANTS
from ..names import Name
from ..shapes import ANY, BOOLEAN, INTEGER, STRING, Type, record
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
