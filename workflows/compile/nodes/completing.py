"""A whole answer of a role's model, with its tokens told to whoever counts them."""

from ....agents.events import Finished
from ....agents.models.chat import Chat, ChatRequest, Reply, Usage, complete, name_of
from ..step import Step


async def completed(step: Step, role: str, request: ChatRequest) -> Reply:
    """Ask the model that plays a role, and wait for the whole answer.

    Raises:
        EndpointError: the server failed.
    """
    chat = await step.turn.engines.chat(role)
    reply = await complete(chat, request)
    tell_usage(step, chat, reply.usage)
    return reply


def tell_usage(step: Step, chat: Chat, usage: Usage) -> None:
    """Tell what a model has read and written, where its server says so."""
    if usage != Usage():
        step.emit(
            Finished(
                step=step.name,
                prompt_tokens=usage.prompt,
                cached_tokens=usage.cached,
                completion_tokens=usage.completion,
                model=name_of(chat),
            )
        )
