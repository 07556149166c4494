"""What every strategy tells a model before its own words: who it is, what was said before, and the question."""

from collections.abc import Mapping

from ..models.chat import ChatRequest, Message
from .types import Task


def begun(task: Task, *more: str) -> tuple[Message, ...]:
    """System message, history and question; `more` are paragraphs of the strategy, at the end of the system message.

    The system message stays the same from question to question, so that a server keeps it.
    """
    system = "\n\n".join(part for part in (task.instructions.strip(), *more) if part)
    first = (Message("system", system),) if system else ()
    return (*first, *task.history, Message("user", task.question))


def asked(task: Task, *more: str, temperature: float = 0.0, seed: int | None = None) -> ChatRequest:
    """A request for free text that begins as `begun`."""
    return ChatRequest(begun(task, *more), max_tokens=task.max_tokens, temperature=temperature, seed=seed)


def said(words: Mapping[str, str], language: str) -> str:
    """A strategy's own words in the language of the task, in English where it has none in that."""
    return words.get(language, words["en"])
