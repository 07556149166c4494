"""workflow.yaml as types. The Python builder makes the same ones, and both pass the same checks."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from ...tools.base.checked import Strict

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""Names of nodes and fields: CEL reads `a-b` as a minus b, and knows no Chinese identifiers."""

Value = Annotated[Any, Field(description='a literal, or "${...}": a CEL expression as the whole string')]
Words = str | dict[str, str]
"""Text for people: one, or one for each language: {en: ..., zh: ...}."""

END = "end"


class InputField(Strict):
    """What a run is given; without a default it must be given."""

    type: Literal["string", "integer", "number", "boolean", "audio"]
    default: Any = None
    about: str = ""
    enum: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    max_seconds: float | None = Field(default=None, gt=0, description="audio: longer recordings are refused")


class StateField(Strict):
    """What nodes share; `reduce` says how parallel writes merge."""

    type: Literal["string", "integer", "number", "boolean", "list", "object"]
    default: Any = None
    enum: tuple[str, ...] = ()
    reduce: Literal["last", "append", "add"] = "last"
    keep: bool = Field(default=False, description="the next turn of a conversation begins with this value")


class Case(Strict):
    """One line of a route: `{when: CEL, to: node}`, or as the last one `{else: node}`."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    when: str = ""
    to: str = ""
    else_: str = Field(default="", validation_alias="else")

    @model_validator(mode="after")
    def _one_form(self) -> "Case":
        if bool(self.else_) == bool(self.when or self.to) or bool(self.when) != bool(self.to):
            raise ValueError("a route has lines {when: ..., to: ...} and at last {else: ...}")
        return self

    @property
    def target(self) -> str:
        """The node this line leads to."""
        return self.else_ or self.to


class NodeBase(Strict):
    """What every node may say.

    Attributes:
        follows: The node whose text this one takes up while it is still being written.
        into: Where the result goes: one state field, or a CEL value over `result` for each.
    """

    about: Words = Field(default="", description="what it does, shown while it runs")
    next: str = Field(default="", description="the node after this one, or end")
    route: tuple[Case, ...] = Field(default=(), description="the first line whose condition holds")
    follows: str = ""
    into: str | dict[Name, Value] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_way_on(self) -> "NodeBase":
        if bool(self.next) == bool(self.route):
            raise ValueError("a node needs either next or route")
        return self


class Listen(NodeBase):
    """A recording becomes words; typed text passes as it is. Result: text, language, confidence, seconds."""

    kind: Literal["listen"]
    role: Literal["hear"] = "hear"
    audio: Value
    text: Value = ""
    language: Value = Field(default="", description="two letters, or empty to detect it")


class Rewrite(Strict):
    """How a sentence that fails is written anew, once."""

    role: Literal["chat", "fast"] = "chat"
    prompt: "Prompt"
    max_tokens: int = Field(default=80, ge=1)


class Guard(NodeBase):
    """What may not pass. On the question: result allowed, category, reaction, reply.

    On the answer, sentence by sentence: result text, sources. A sentence that fails gives way to the sentence of the
    evidence that says most of it, or is rewritten once where `rewrite` says how; it is dropped when neither passes.
    """

    kind: Literal["guard"]
    side: Literal["question", "answer"]
    text: Value = Field(default="", validation_alias="from")
    language: Value = "en"
    rules: str = Field(default="", description="a rules file: a name such as child, or a path in the workflow's folder")
    evidence: Value = Field(default="", description="passages {title, text, source} a sentence must rest on")
    question: Value = Field(default="", description="its words and numbers need no evidence")
    max_words: Value = Field(
        default=0, description="of a sentence; five Chinese characters count as three words; 0 sets no limit"
    )
    max_sentences: Value = Field(default=0, description="of the whole answer; 0 sets no limit")
    rewrite: Rewrite | None = None

    @model_validator(mode="after")
    def _checks_something(self) -> "Guard":
        if not (self.rules or self.evidence or self.max_words or self.max_sentences):
            raise ValueError("a guard needs rules, evidence, max_words or max_sentences")
        return self


class Prompt(Strict):
    """Templates: text in the file, or a file beside it; one for each language where they differ.

    Examples are turns of a conversation a small model takes its manner from: a YAML list of {user, assistant}.
    """

    system: Words = ""
    user: Words = ""
    system_file: Words = ""
    user_file: Words = ""
    examples_file: Words = ""
    language: Value = "en"

    @model_validator(mode="after")
    def _something_to_say(self) -> "Prompt":
        if bool(self.user) == bool(self.user_file):
            raise ValueError("a prompt needs either user or user_file")
        if self.system and self.system_file:
            raise ValueError("a prompt has either system or system_file")
        return self


class Llm(NodeBase):
    """A model writes. Result: text."""

    kind: Literal["llm"]
    role: Literal["chat", "fast"] = "chat"
    prompt: Prompt
    max_tokens: int = Field(default=300, ge=1)
    temperature: float = Field(default=0.0, ge=0, le=2)


class Classify(NodeBase):
    """A model chooses one label, and cannot choose another. Result: label."""

    kind: Literal["classify"]
    role: Literal["chat", "fast"] = "fast"
    text: Value = Field(validation_alias="from")
    language: Value = "en"
    labels: dict[Name, Words] = Field(min_length=2)
    question: Words = Field(description="what is being decided")


class ToolCall(NodeBase):
    """A registered tool is called by name. Result: what it returns."""

    kind: Literal["tool"]
    tool: Name
    arguments: dict[Name, Value] = Field(default_factory=dict, validation_alias="with")


class Retrieve(NodeBase):
    """What knowledge says to a question.

    Result: known (whether it answers), passages (rows {title, text, source}, the best last), best (the sentences that
    answer best), topic, follow_up (a question the same article answers), further_reading, is_question (plainly, by
    its words), problem (of the web).
    """

    kind: Literal["retrieve"]
    text: Value = Field(validation_alias="from")
    language: Value = "en"
    folder: str = Field(default="", description="documents in the workflow's folder: Markdown and text")
    own: bool = Field(default=False, description="search what `antiphon knowledge add` added, too")
    web: bool = Field(default=False, description="ask what app.yaml names under `web`, where the documents say nothing")
    sentences: int = Field(default=8, ge=1, le=50, description="so many of the best are given")
    quotes: Value = Field(default=1, description="so many sentences at most make up `best`")
    max_words: Value = Field(default=0, description="of follow_up; counted as a guard does; 0 sets no limit")


class Set(NodeBase):
    """State fields get values."""

    kind: Literal["set"]
    values: dict[Name, Value] = Field(min_length=1)


class Speak(NodeBase):
    """Words are shown and, where a voice is wanted, spoken clause by clause. Result: text."""

    kind: Literal["speak"]
    role: Literal["speak"] = "speak"
    text: Words = Field(default="", validation_alias="from")
    language: Value = "en"


Node = Annotated[Listen | Guard | Llm | Classify | ToolCall | Retrieve | Set | Speak, Field(discriminator="kind")]


class WorkflowSpec(Strict):
    """The file workflow.yaml."""

    schema_: Literal["workflow/v1"] = Field(validation_alias="schema")
    name: Name
    title: Words = ""
    description: Words = ""
    input: dict[Name, InputField] = Field(default_factory=dict)
    state: dict[Name, StateField] = Field(default_factory=dict)
    output: dict[Name, Value] = Field(default_factory=dict)
    record: dict[Name, Value] = Field(
        default_factory=dict, description="what is kept of each finished run, where its caller wants a record"
    )
    tools: dict[Name, dict[str, Value]] = Field(
        default_factory=dict, description="tools the workflow uses, with their settings"
    )
    start: str
    nodes: dict[Name, Node] = Field(min_length=1)
