"""An agent: who it is, which model role thinks for it and how, what it may call, and which rules guard it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from .planning.plans import Plan


@dataclass(frozen=True, slots=True)
class Agent:
    """One mind, as a value: it opens nothing and runs nothing; `run(agent, "...")` does.

    Attributes:
        name: A name for people and traces.
        instructions: What it is told before each question.
        profile: Who it is; told before the instructions.
        role: The model role that thinks for it, bound in app.yaml: `chat`, `fast`.
        plan: How it thinks: a strategy such as `React(budget=Budget(calls=12))`, its name, or what a file says of it.
        tools: What it may call: tools, typed functions, LangChain tools, and names of built-in ones: "calculator".
        ask_before: The names of those whose every call a person must agree to.
        memory: It is told so many of the last texts of the conversation.
        rules: The guard rules its questions and answers must pass: a name such as "child", a path, or "" for none.
        max_tokens: At most so many tokens in one reply of its model.

    Example:
        >>> Agent("helper", "Answer in one sentence.").role
        'chat'
    """

    name: str
    instructions: str
    profile: str = field(default="", kw_only=True)
    role: Literal["chat", "fast"] = "chat"
    rules: str = ""
    max_tokens: int = 512
    plan: "Plan | str | dict[str, Any]" = "direct"
    tools: tuple[Any, ...] = ()
    ask_before: tuple[str, ...] = ()
    memory: int = 6
