"""An agent: who it is, which model role thinks for it, and which rules guard it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Agent:
    """One mind, as a value: it opens nothing and runs nothing; `run(agent, "...")` does.

    Attributes:
        name: A name for people and traces.
        instructions: What it is told before each question.
        role: The model role that thinks for it, bound in app.yaml: `chat`, `fast`.
        rules: The guard rules its questions and answers must pass: a name such as "child", a path, or "" for none.
        max_tokens: At most so many tokens in an answer.

    Example:
        >>> Agent("helper", "Answer in one sentence.").role
        'chat'
    """

    name: str
    instructions: str
    role: Literal["chat", "fast"] = "chat"
    rules: str = ""
    max_tokens: int = 512
