"""What every node may say, whatever its kind."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from ..habits import KINDS, NODE, RETRY, ROUTE, WANTS
from ..names import Duration, Many, Name, Words
from ..parts import Part
from ..shapes import ANY, Type
from ..values import Condition, Flag, OfError, OfResult, Value

ErrorKind = Literal["timeout", "model", "service", "tool", "input", "limit", "refused"]
"""What went wrong: too slow · a model or engine · a service over HTTP · a tool or function raised · a value that
cannot be used · a limit was reached · a person said no."""


class Case(Part):
    """One line of a route: `{when: CEL, to: node}`, or as the last one `{else: node}`."""

    ELSEWHERE: ClassVar[Mapping[str, str]] = ROUTE
    WANTS: ClassVar[Mapping[str, str]] = WANTS

    when: Condition = ""
    to: str = Field(default="", description="the node to go to where the condition holds")
    else_: str = Field(
        default="",
        validation_alias="else",
        serialization_alias="else",
        description="the node to go to where no condition held",
    )

    @model_validator(mode="after")
    def _one_form(self) -> "Case":
        if bool(self.else_) == bool(self.when or self.to) or bool(self.when) != bool(self.to):
            raise ValueError("a route has lines {when: ..., to: ...} and at last {else: ...}")
        return self

    @property
    def target(self) -> str:
        """The node this line leads to."""
        return self.else_ or self.to


class Retry(Part):
    """Try again after an error, waiting longer each time."""

    ELSEWHERE: ClassVar[Mapping[str, str]] = RETRY

    times: int = Field(ge=1, le=20, description="so many more tries after the first")
    wait: Duration = Field(default="500ms", description="before the first of them")
    backoff: float = Field(default=2.0, ge=1, le=10, description="each wait is so many times the one before")
    on: Many[ErrorKind] = Field(
        default=("timeout", "model", "service", "tool"), min_length=1, description="the errors that are tried again"
    )


class Timeout(Part):
    """How long one try may take."""

    run: Duration = Field(default="", description="in all")
    idle: Duration = Field(default="", description="without a sign of life: a piece of text, a heartbeat")

    @model_validator(mode="after")
    def _limits_something(self) -> "Timeout":
        if not (self.run or self.idle):
            raise ValueError("a timeout has run, idle or both")
        return self


class OnError(Part):
    """What happens when every try has failed; without it the run ends with the error."""

    set: dict[Name, OfError] = Field(
        default_factory=dict,
        description="state fields that get these values; `error.kind` and `error.message` are there",
    )
    to: str = Field(default="", description="the node to go to; without it, the way the node leads anyway")

    @model_validator(mode="after")
    def _does_something(self) -> "OnError":
        if not (self.set or self.to):
            raise ValueError("on_error has set, to or both")
        return self


class Cache(Part):
    """Give the same result for the same values without doing the work again, while this process runs."""

    for_: Duration = Field(validation_alias="for", serialization_alias="for", description="so long")
    key: Value = Field(default=None, description="what must be the same; by default all the node reads")


class NodeLimits(Part):
    """What one node may use up in a run; past it, it fails with the error kind `limit`."""

    visits: int | None = Field(default=None, ge=1, description="so many times it may begin")
    tokens: int | None = Field(default=None, ge=1, description="so many tokens its models may write in all")


class NodeBase(Part):
    """What every node may say.

    Attributes:
        RESULT: What `result` holds after it; `any` where only the run can tell.
        ELSEWHERE: Keys of other formats, and how the same is said here.
        INSTEAD: For a key, words of other formats, and what they are called here.
        WANTS: For a key, what stands behind it.
    """

    RESULT: ClassVar[Type] = ANY
    ELSEWHERE: ClassVar[Mapping[str, str]] = NODE
    INSTEAD: ClassVar[Mapping[str, Mapping[str, str]]] = {"kind": KINDS}
    WANTS: ClassVar[Mapping[str, str]] = WANTS

    about: Words = Field(default="", description="what it does, shown while it runs")
    next: str | Many[str] = Field(
        default="", description="the node after this one, or end; a list begins several branches at once"
    )
    route: Many[Case] = Field(default=(), description="the first line whose condition holds, instead of next")
    follows: str = Field(default="", description="the node whose text this one takes up while it is being written")
    into: str | dict[Name, OfResult] = Field(
        default_factory=dict, description="where the result goes: one state field, or a value over `result` for each"
    )
    wait_for: Literal["", "all"] = Field(default="", description="all: begin only when every branch has arrived")
    retry: Retry | None = Field(default=None, description="try again after an error")
    timeout: Duration | Timeout | None = Field(default=None, description="how long one try may take: 20s")
    on_error: OnError | None = Field(default=None, description="what happens when every try has failed")
    cache: Cache | None = Field(default=None, description="remember the result for the same values")
    limits: NodeLimits = Field(default=NodeLimits(), description="what it may use up in a run")
    effects: Literal["", "none", "once"] = Field(
        default="",
        description="whether it changes something outside: once is never repeated; by default its tool says. "
        "Where the machine demands approval, none does not count",
    )
    approve: Flag = Field(default=False, description="whether a person must agree before it begins")

    @property
    def nexts(self) -> tuple[str, ...]:
        """The nodes `next` names."""
        return (self.next,) if isinstance(self.next, str) and self.next else tuple(self.next)

    @property
    def targets(self) -> tuple[str, ...]:
        """Every node this one may lead to."""
        recovers = (self.on_error.to,) if self.on_error and self.on_error.to else ()
        return (*self.nexts, *(case.target for case in self.route), *recovers)

    @property
    def written(self) -> Mapping[str, Any]:
        """The state fields it writes when it succeeds; a value of None stands for the whole result."""
        return {self.into: None} if isinstance(self.into, str) else dict(self.into)
