"""A LangChain chat model as a plug-in: whatever has a BaseChatModel can play a role."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ...tools.base.errors import EndpointBrokeOff
from .chat import ChatRequest, Delta, Finish, Message, ReasoningDelta, TextDelta, ToolCallDelta, Usage

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage


class LangChainChat:
    """Any `langchain_core.language_models.BaseChatModel`.

    A schema goes in as `response_format`, tools as `tools`, as models of the OpenAI family take them.
    """

    def __init__(self, model: "BaseChatModel") -> None:
        self.model = model

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        """Answer piece by piece.

        Raises:
            EndpointBrokeOff: the model failed; its own error is chained.
        """
        finish, usage, calls = "", Usage(), False
        chunks: AsyncIterator[Any] = self.model.astream(
            [_message(message) for message in request.messages],
            stop=list(request.stop) or None,
            **_options(request),
        )
        try:
            async for chunk in chunks:
                for delta in _deltas(chunk):
                    calls = calls or isinstance(delta, ToolCallDelta)
                    yield delta
                finish = str(chunk.response_metadata.get("finish_reason") or finish)
                usage = _usage(chunk) or usage
        except Exception as error:  # each provider raises its own family
            name = type(self.model).__name__
            raise EndpointBrokeOff(f"the LangChain model failed: {error}", at=name) from error
        yield Finish(finish or ("tool_calls" if calls else "stop"))
        yield usage


def _message(message: Message) -> "BaseMessage":
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

    match message.role:
        case "system":
            return SystemMessage(message.content)
        case "assistant":
            calls = [
                {"name": call.name, "args": _arguments(call.arguments), "id": call.id, "type": "tool_call"}
                for call in message.calls
            ]
            return AIMessage(message.content, tool_calls=calls)
        case "tool":
            return ToolMessage(message.content, tool_call_id=message.call_id)
        case _:
            return HumanMessage(message.content)


def _arguments(written: str) -> dict[str, Any]:
    """What a call was given; a model may have written no object."""
    with suppress(ValueError, RecursionError):
        arguments = json.loads(written)
        return arguments if isinstance(arguments, dict) else {}
    return {}


def _options(request: ChatRequest) -> dict[str, Any]:
    options: dict[str, Any] = {"max_tokens": request.max_tokens, "temperature": request.temperature}
    if request.tools:
        options["tools"] = [dict(tool) for tool in request.tools]
    if request.schema is not None:
        schema = {"name": "answer", "schema": dict(request.schema)}
        options["response_format"] = {"type": "json_schema", "json_schema": schema}
    if request.seed is not None:
        options["seed"] = request.seed
    return options


def _deltas(chunk: Any) -> list[Delta]:
    reasoning = chunk.additional_kwargs.get("reasoning_content")
    pieces: list[Delta] = [ReasoningDelta(reasoning)] if isinstance(reasoning, str) and reasoning else []
    if text := str(chunk.text):
        pieces.append(TextDelta(text))
    for i, call in enumerate(getattr(chunk, "tool_call_chunks", ())):
        index = call["index"] if isinstance(call["index"], int) else i
        pieces.append(ToolCallDelta(index, call["id"] or "", call["name"] or "", call["args"] or ""))
    return pieces


def _usage(chunk: Any) -> Usage | None:
    counts = getattr(chunk, "usage_metadata", None)
    return Usage(counts["input_tokens"], counts["output_tokens"]) if counts else None
