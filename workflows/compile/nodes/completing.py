"""A whole answer of a role's model, with its tokens told to whoever counts them."""

from ....agents.events import Finished
from ....agents.models.chat import ChatRequest, Reply, Usage, complete
from ..step import Step


async def completed(step: Step, role: str, request: ChatRequest) -> Reply:
    """Ask the model that plays a role, and wait for the whole answer.

    Raises:
        EndpointError: the server failed.
    """
    reply = await complete(await step.turn.engines.chat(role), request)
    usage = reply.usage
    if usage != Usage():
        read, cached, written = usage.prompt, usage.cached, usage.completion
        step.emit(Finished(step=step.name, prompt_tokens=read, cached_tokens=cached, completion_tokens=written))
    return reply
