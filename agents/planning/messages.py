"""What every strategy tells a model before its own words: who it is, what was said before, and the question."""

from collections.abc import Iterable, Mapping

from ..models.chat import ChatRequest, Message
from .types import Task


def begun(task: Task, *more: str, worked: Iterable[tuple[str, str]] = ()) -> tuple[Message, ...]:
    """System message, worked examples, history and question.

    What stands before the history stays the same from question to question, so that a server keeps it.

    Args:
        more: Paragraphs of the strategy, at the end of the system message.
        worked: Questions with their answers.
    """
    system = "\n\n".join(part for part in (task.instructions.strip(), *more) if part)
    first = (Message("system", system),) if system else ()
    return (*first, *turns(worked), *task.history, Message("user", task.question))


def turns(worked: Iterable[tuple[str, str]]) -> tuple[Message, ...]:
    """Questions with their answers, as if they had been asked."""
    return tuple(one for asked, told in worked for one in (Message("user", asked), Message("assistant", told)))


def asked(task: Task, *more: str, temperature: float = 0.0, seed: int | None = None) -> ChatRequest:
    """A request for free text that begins as `begun`."""
    return ChatRequest(begun(task, *more), max_tokens=task.max_tokens, temperature=temperature, seed=seed)


def said(words: Mapping[str, str], language: str) -> str:
    """A strategy's own words in the language of the task, in English where it has none in that."""
    return words.get(language, words["en"])
