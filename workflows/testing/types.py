"""The file of tests as types: conversations, what the model and the tools answer in them, and what must come of it."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ...tools.base.checked import Strict
from ..spec.kinds.common import ErrorKind
from ..spec.names import Many, Name

NotEmpty = Annotated[str, Field(min_length=1)]
OneOrMany = str | int | float | Many[str | int | float]
_SAID: Mapping[str, str] = {"user": "Write say: what a person says", "input": "Write say: what a person says"}
_SCRIPT: Mapping[str, str] = {"mock": "Write script: what the model replies, in order"}
_EXPECT: Mapping[str, str] = {
    "assert": "Write expect: {contains: ...}",
    "bot": "Write expect: {equals: ...}",
    "answer": "Write expect: {equals: ...}",
}


Decisions = Literal["", "native", "schema", "words"]


class NativeCall(Strict):
    """A tool that a model calls in the way its server has for that."""

    tool: NotEmpty = Field(description="its name")
    arguments: dict[str, Any] = Field(
        default_factory=dict, validation_alias="with", serialization_alias="with", description="what it is given"
    )


class ScriptedReply(Strict):
    """What a model replies once."""

    ELSEWHERE: ClassVar[Mapping[str, str]] = {"text": "Write says: ...", "content": "Write says: ..."}

    says: str = Field(default="", description="the text of it")
    json_: Any = Field(
        default=None,
        validation_alias="json",
        serialization_alias="json",
        description="instead of a text, a value that the model writes as JSON: what classify and extract ask for",
    )
    reasoning: str = Field(default="", description="what it thinks before")
    calls: Many[NativeCall] = Field(default=(), description="tools it calls, where its server has native tools")
    fails: Literal["", "timeout", "unreachable", "refused", "broke_off"] = Field(
        default="", description="the server fails instead"
    )
    logprobs: Many[dict[str, float]] = Field(
        default=(), description="for each token the alternatives, and the natural logarithm of how likely each was"
    )
    cut_off: bool = Field(default=False, description="whether it has come to its max_tokens before its end")
    when: str = Field(default="", description="for the first request with this in it, whichever comes first")


class Instead(Strict):
    """What a tool, a function or a service gives back in place of being called."""

    arguments: dict[str, Any] = Field(
        default_factory=dict,
        validation_alias="with",
        serialization_alias="with",
        description="only for calls with these arguments; of a service: method, path, query, body",
    )
    returns: Any = Field(
        default=None, description="what it gives back; of a service, the JSON or the text of its answer"
    )
    raises: str = Field(default="", description="it fails with these words")

    @model_validator(mode="after")
    def _is_one(self) -> "Instead":
        if self.raises and "returns" in self.model_fields_set:
            raise ValueError("it either returns or raises")
        if not self.raises and "returns" not in self.model_fields_set:
            raise ValueError("say what it `returns`, or with which words it `raises`")
        return self


class WantedCall(Strict):
    """A call that must, or must not, be made."""

    tool: NotEmpty = Field(description='a tool, a function, or a service: "POST orders" or orders')
    arguments: dict[str, Any] = Field(
        default_factory=dict,
        validation_alias="with",
        serialization_alias="with",
        description="arguments it must have; there may be others",
    )


class Expected(Strict):
    """What must come of a turn."""

    ELSEWHERE: ClassVar[Mapping[str, str]] = {
        "regex": "Write matches: a regular expression",
        "icontains": "Write contains: letters may be large or small",
        "not-contains": "Write not_contains",
        "tools": "Write must_call, beside expect",
    }

    equals: str | None = Field(default=None, description="the whole answer")
    contains: OneOrMany = Field(
        default=(), description="what the answer must say; large or small letters, numbers whole"
    )
    not_contains: OneOrMany = Field(default=(), description="what it must not say")
    contains_any: OneOrMany = Field(default=(), description="what it must say one of")
    matches: str | Many[str] = Field(default=(), description="regular expressions found in the answer")
    not_matches: str | Many[str] = Field(default=(), description="regular expressions not found in it")
    output: dict[Name, Any] = Field(default_factory=dict, description="outputs of the workflow and their values")
    paused: bool | str = Field(default=False, description="it waits for a person; a text: and asks for this")
    error: ErrorKind | str = Field(default="", description="it fails: with these words, or of a kind as in on_error")


class Exchange(Strict):
    """What is said once, and what must come of it."""

    ELSEWHERE: ClassVar[Mapping[str, str]] = {**_SAID, **_SCRIPT, **_EXPECT}

    say: str = Field(default="", description="what a person says: the input `text`")
    inputs: dict[Name, Any] = Field(default_factory=dict, description="the other inputs of this turn")
    script: Many[str | ScriptedReply] | None = Field(default=None, description="what the model replies, in order")
    decisions: Decisions = Field(
        default="",
        description="how the scripted model tells an agent what to call: native tools, JSON against a schema, or words "
        "that are read tolerantly; by default native, with logprobs schema",
    )
    answers: dict[Name, Any] = Field(default_factory=dict, description="what a person answers where they are asked")
    expect: Expected = Field(default=Expected(), description="what must come of it")
    must_call: Many[str | WantedCall] = Field(default=(), description="calls that must be made, in any order")
    must_not_call: Many[str | WantedCall] = Field(default=(), description="calls that must not be made")
    must_visit: Many[str] = Field(default=(), description="nodes that must run")
    must_not_visit: Many[str] = Field(default=(), description="nodes that must not run")
    max_calls: int | None = Field(default=None, ge=0, description="so many calls of tools and services at most")
    max_seconds: float | None = Field(default=None, gt=0, description="so long it may take")
    max_tokens: int | None = Field(default=None, ge=0, description="so many tokens models may write")


class Case(Exchange):
    """A conversation: either the keys of its only turn, or `turns`."""

    name: NotEmpty = Field(description="what it shows, as a claim")
    workflow: str = Field(default="", description="another workflow than that of the file")
    turns: Many[Exchange] = Field(default=(), description="what is said, one after the other")
    tools: "Doubles" = Field(default_factory=dict, description="what tools give back instead of being called")
    services: "Doubles" = Field(default_factory=dict, description="what services answer instead of being asked")

    @model_validator(mode="after")
    def _is_one(self) -> "Case":
        own = self.model_fields_set & (Exchange.model_fields.keys() - {"inputs", "answers"})
        if self.turns and own:
            raise ValueError(f"it has turns, so {', '.join(sorted(own))} belongs into one of them")
        return self

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The turns; those that give no inputs or answers of their own have those of the whole conversation."""
        if not self.turns:
            return (self,)
        return tuple(
            one.model_copy(update={"inputs": {**self.inputs, **one.inputs}, "answers": {**self.answers, **one.answers}})
            for one in self.turns
        )


Doubles = dict[Name, Instead | Many[Instead]]
"""By the name of a tool, a function or a service; several are taken in turn, and the last that fits stays."""


class Suite(Strict):
    """A file of tests."""

    ELSEWHERE: ClassVar[Mapping[str, str]] = {"test_cases": "Write tests: a list", "cases": "Write tests: a list"}

    schema_: Literal["test/v1"] = Field(validation_alias="schema")
    workflow: NotEmpty = Field(description="a file, found from this one, or the name of a ready-made workflow")
    tools: Doubles = Field(default_factory=dict, description="what tools give back instead of being called")
    services: Doubles = Field(default_factory=dict, description="what services answer instead of being asked")
    tests: Many[Case] = Field(min_length=1, description="the conversations")


Case.model_rebuild()
Suite.model_rebuild()
