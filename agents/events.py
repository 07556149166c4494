"""The one typed stream of what happens in a run: the terminal, traces and tests read this and nothing else."""

from dataclasses import dataclass, field, fields
from typing import Any, Literal

from .sound import Sound


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something happened; `at_s` is seconds since the run began."""

    at_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(Event):
    """A workflow begins, or a run of it that is kept goes on: its name there, and the conversation it belongs to."""

    workflow: str
    run: str = ""
    thread: str = ""
    resumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted(Event):
    """A node begins; `about` is what its author says it does."""

    step: str
    kind: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinished(Event):
    """A node ended; it worked for `seconds`, without what it waited for the node it follows."""

    step: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFailed(Event):
    """A node failed; it may be tried again, or its workflow may know what to do. `kind` is as in `on_error`, or ""."""

    step: str
    problem: str
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered(Event):
    """A node's on_error took up what every try of it, or of a node in it, had failed with."""

    step: str
    kind: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading(Event):
    """An engine is being made ready, which takes a while the first time; told about once a second."""

    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard(Event):
    """What was said, `sound_s` seconds long; "" when nobody spoke. `typed` when it came as text."""

    text: str
    language: str
    confidence: float
    sound_s: float = 0.0
    typed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded(Event):
    """A guard refused a text: its side (question or answer), the category, and the kind of reaction."""

    step: str
    side: str
    category: str
    reaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(Event):
    """A model chose one of several labels."""

    step: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Called(Event):
    """A tool is called with these arguments; `key` names a call that changes something outside and is kept apart."""

    step: str
    tool: str
    arguments: dict[str, Any]
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned(Event):
    """A tool gave this back; `again` where that was known from before and nothing was done.

    `failed` where an agent's call failed and the agent goes on: `value` is then what it is told.
    """

    step: str
    tool: str
    value: Any
    key: str = ""
    again: bool = False
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted(Event):
    """A model filled in fields from a text."""

    step: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Emitted(Event):
    """A workflow tells something of its own: the name it gives to it, and values."""

    step: str
    name: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Event):
    """A person is asked, and the run waits: a text, who is meant, and each field of the form as plain values.

    `key` names the question in a run that is kept.
    """

    step: str
    text: str
    who: str
    form: dict[str, Any]
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Event):
    """A person has filled in the form."""

    step: str
    fields: dict[str, Any]
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(Event):
    """A text was kept on this machine, for later runs to recall."""

    step: str
    id: str
    store: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled(Event):
    """What was kept before was looked through; so many were found."""

    step: str
    store: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieved(Event):
    """Knowledge was looked through: whether it answers, and the titles of what was chosen."""

    step: str
    known: bool
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote(Event):
    """A model wrote a piece of text that nobody has checked yet: for traces, not for people."""

    step: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought(Event):
    """What a model wrote on its way to an answer, and is no part of it: for traces, not for people."""

    step: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSpent(Event):
    """An agent has used up a part of its budget, and gives the best answer it has so far."""

    step: str
    what: str
    limit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(Event):
    """A model has written its last token: so many read, of them from the cache, and written; its name, if known."""

    step: str
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrote(Event):
    """A sentence failed a check and was written anew, once."""

    step: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped(Event):
    """A sentence failed its checks and nobody will see it."""

    step: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Event):
    """A piece of the answer as people see it: a whole sentence where those are checked. Joined they are the text."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited(Event):
    """Where the answer comes from: one {title, source} for each passage a sentence rests on."""

    sources: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounded(Event):
    """A clause became sound."""

    text: str
    sound: Sound


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned(Event):
    """Something is not as it should be, and the run goes on."""

    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished(Event):
    """A workflow ended with this output; `kept` is what the next turn of the conversation begins with."""

    output: dict[str, Any]
    kept: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPaused(Event):
    """A run that is kept waits for a person: `waiting` for answers, or `uncertain` whether calls took place.

    `keys` are those of the calls, and then those of the questions. `antiphon runs resume` goes on with it.
    """

    run: str
    reason: Literal["waiting", "uncertain"]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStopped(Event):
    """A run ended without an output: it failed, was cancelled, or its limits are used up (`stopped`)."""

    run: str
    outcome: Literal["failed", "stopped", "cancelled"]
    problem: str = ""


def as_dict(event: Event) -> dict[str, Any]:
    """An event as plain values for JSON; sound becomes its length."""
    plain: dict[str, Any] = {"event": type(event).__name__}
    for one in fields(event):
        value = getattr(event, one.name)
        if isinstance(value, Sound):
            plain["sound_s"] = round(value.seconds, 3)
        else:
            plain[one.name] = round(value, 4) if isinstance(value, float) else value
    return plain
