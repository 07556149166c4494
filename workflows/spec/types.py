"""workflow.yaml as types. The Python builder makes the same ones, and both pass the same checks."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from .habits import FILE, INPUT, TOOL, TYPES, WANTS
from .kinds.act import Code, Emit, Http, Python, ToolCall
from .kinds.agent import AgentNode
from .kinds.common import NodeBase
from .kinds.control import End, Flow, Set, Wait
from .kinds.memory import Recall, Remember, Retrieve
from .kinds.think import Classify, Extract, Llm
from .kinds.voice import Ask, Guard, Listen, Speak
from .names import Duration, Many, Name, Words
from .parts import Part
from .shapes import BOOLEAN, INTEGER, LIST, Shape, Type, as_type, record
from .values import Condition, Items, Text, Value


class InputField(Part):
    """What a run is given; without a default it must be given."""

    ELSEWHERE: ClassVar[Mapping[str, str]] = INPUT
    INSTEAD: ClassVar[Mapping[str, Mapping[str, str]]] = {"type": TYPES}

    type: Literal["string", "integer", "number", "boolean", "list", "object", "audio"] = Field(
        description="what it is; audio is a recording"
    )
    default: Any = Field(default=None, description="its value where none is given")
    about: str = Field(default="", description="what it means, for people")
    enum: Many[str] = Field(default=(), description="the only texts it may be")
    minimum: float | None = Field(default=None, description="the least number it may be")
    maximum: float | None = Field(default=None, description="the greatest number it may be")
    items: Shape | None = Field(default=None, description="list: what each item is")
    fields: dict[Name, Shape] = Field(default_factory=dict, description="object: its fields; any where none is named")
    max_seconds: float | None = Field(default=None, gt=0, description="audio: longer recordings are refused")

    @property
    def as_type(self) -> Type:
        """As the checks compare it."""
        return as_type(self)


class StateField(Shape):
    """What nodes share."""

    reduce: Literal["last", "append", "add", "merge", "union", "max", "min"] = Field(
        default="last",
        description="how writes come together: the last one counts; a list grows by the new items; numbers are added; "
        "objects are merged key by key; a list grows by items it does not have; the greatest or least number stays",
    )
    keep: bool = Field(default=False, description="the next turn of a conversation begins with this value")


class Block(NodeBase):
    """What map and loop share: one node as `do`, or `start` and `nodes`, where `end` ends the pass."""

    do: "Node | None" = Field(default=None, description="the one node of a pass")
    start: str = Field(default="", description="the first of several nodes")
    nodes: dict[Name, "Node"] = Field(default_factory=dict, description="the nodes of a pass; end ends it")

    @model_validator(mode="after")
    def _one_body(self) -> "Block":
        if (self.do is None) == (not self.nodes) or bool(self.nodes) != bool(self.start):
            raise ValueError("it has either do with one node, or start and nodes")
        given = [key for key in ("retry", "timeout", "cache") if getattr(self, key) is not None]
        if given:
            raise ValueError(f"{given[0]} belongs to the nodes of a pass, not to the block around them")
        return self


class Map(Block):
    """The same for every item of a list, several at a time; the results keep the order of the items."""

    RESULT: ClassVar[Type] = record(items=LIST, failed=INTEGER)

    kind: Literal["map"] = "map"
    over: Items = Field(description="the list")
    as_: Name = Field(
        validation_alias="as", serialization_alias="as", description="what an item is called in expressions and prompts"
    )
    index: Name | Literal[""] = Field(default="", description="what its place is called, counted from 0")
    max_parallel: int = Field(default=4, ge=1, le=256, description="so many at a time")
    on_item_error: Literal["fail", "skip"] = Field(default="fail", description="skip goes on without the item")
    state: dict[Name, StateField] = Field(default_factory=dict, description="fields that each pass has for itself")
    gives: Value = Field(default=None, description="what a pass of several nodes gives: an expression over its state")


class Loop(Block):
    """The same again, until a condition holds, and never more often than `max`."""

    RESULT: ClassVar[Type] = record(passes=INTEGER, done=BOOLEAN)

    kind: Literal["loop"] = "loop"
    max: int = Field(ge=1, le=10_000, description="so many passes at most")
    until: Condition = Field(default="", description="looked at after each pass: a CEL expression that ends the loop")
    while_: Condition = Field(
        default="",
        validation_alias="while",
        serialization_alias="while",
        description="looked at before each pass: false ends the loop",
    )
    time: Duration | Literal[""] = Field(default="", description="no pass begins after so long")
    as_: Name | Literal[""] = Field(
        default="",
        validation_alias="as",
        serialization_alias="as",
        description="what the number of the pass is called, from 1",
    )


Node = Annotated[
    Listen
    | Guard
    | Llm
    | AgentNode
    | Classify
    | Extract
    | ToolCall
    | Python
    | Code
    | Http
    | Retrieve
    | Recall
    | Remember
    | Set
    | Emit
    | Map
    | Loop
    | Flow
    | Ask
    | Wait
    | Speak
    | End,
    Field(discriminator="kind"),
]
"""A node of any kind; `kind` says which."""

for _block in (Map, Loop):
    _block.model_rebuild()


class RunLimits(Part):
    """What a whole run may use up; past it, it ends with the error kind `limit`."""

    steps: int = Field(default=1000, ge=1, le=100_000, description="nodes that may begin, blocks and branches included")
    time: Duration | Literal[""] = Field(default="", description="from the first node to the last")
    tokens: int | None = Field(default=None, ge=1, description="tokens that models may write in all")


class WorkflowSpec(Part):
    """The file workflow.yaml."""

    ELSEWHERE: ClassVar[Mapping[str, str]] = FILE
    WANTS: ClassVar[Mapping[str, str]] = {"start": WANTS["start"], "tools": TOOL}

    schema_: Literal["workflow/v1"] = Field(
        default="workflow/v1", validation_alias="schema", serialization_alias="schema", description="this format"
    )
    name: Name = Field(description="for programs: small letters, digits and _")
    title: Words = Field(default="", description="for people")
    description: Words = Field(default="", description="what it does, for people")
    audience: Literal["", "child"] = Field(
        default="", description="child: nothing a model wrote is spoken unless a guard with rules let it pass"
    )
    language: Text = Field(default="en", description="two letters: of every node that names no other")
    input: dict[Name, InputField] = Field(default_factory=dict, description="what a run is given")
    state: dict[Name, StateField] = Field(default_factory=dict, description="what nodes share")
    output: dict[Name, Value] = Field(default_factory=dict, description="what a run comes to")
    record: dict[Name, Value] = Field(
        default_factory=dict, description="what is kept of each finished run, where its caller wants a record"
    )
    tools: dict[Name, dict[str, Value]] = Field(
        default_factory=dict, description="tools the workflow uses, with their settings"
    )
    limits: RunLimits = Field(default=RunLimits(), description="what a whole run may use up")
    start: str = Field(description="the first node")
    nodes: dict[Name, Node] = Field(min_length=1, description="the nodes by name")
