"""Streams of vLLM, SGLang, Ollama and llama.cpp, through the real client."""

from pathlib import Path
from typing import Any

import pytest

from antiphon.agents.models.chat import ChatRequest, Message, Reply, ToolCall, Usage, complete
from antiphon.agents.models.openai_chat import OpenAIChat
from antiphon.agents.roles.types import OpenAIChat as Role
from antiphon.tools.base.errors import EndpointBrokeOff, EndpointRefused

STREAMS = Path(__file__).with_name("streams")

REPLIES = {
    "vllm_reasoning": Reply("9.8 is greater。", "9.8 is 9.80.", usage=Usage(23, 8, 16)),
    "vllm_reasoning_content": Reply("Yes.", "Short thought", usage=Usage(23, 8)),
    "vllm_tools": Reply(
        "",
        calls=(
            ToolCall("chatcmpl-tool-1b9d", "get_weather", '{"city": "上海"}'),
            ToolCall("chatcmpl-tool-77aa", "get_time", "{}"),
        ),
        usage=Usage(23, 8, 16),
        finish="tool_calls",
    ),
    "vllm_logprobs": Reply("yes", logprobs=({"yes": -0.25, "no": -1.5},), chosen=(-0.25,)),
    "sglang_reasoning": Reply("Four.", "2+2=4", usage=Usage(12, 8)),
    "sglang_tools": Reply("", calls=(ToolCall("call_a1", "get_weather", '{"city": "Paris"}'),), finish="tool_calls"),
    "ollama_reasoning": Reply("你好", "The user greets.", usage=Usage(14, 5)),
    "ollama_tools": Reply(
        "",
        calls=(
            ToolCall("call_9x2k", "get_weather", '{"city":"Paris"}'),
            ToolCall("call_0b7m", "get_weather", '{"city":"Rome"}'),
        ),
        usage=Usage(14, 5),
        finish="tool_calls",
    ),
    "ollama_think_tags": Reply("Blue.", "\nEasy.\n", usage=Usage(14, 5)),
    "llamacpp": Reply("Blue\u2028\u0085", "Hm", usage=Usage(11, 4, 7)),
    "without_index": Reply("", calls=(ToolCall("a", "f", "{}"), ToolCall("", "g", '{"x": 1}')), finish="tool_calls"),
}


async def played(serving: Any, say: Any, name: str) -> Reply:
    recorded = (STREAMS / f"{name}.sse").read_bytes()
    async with (
        serving([say.head(), recorded]) as server,
        OpenAIChat(Role(base_url=server.base_url, model="m", retries=0)) as chat,
    ):
        return await complete(chat, ChatRequest((Message("user", "?"),)))


@pytest.mark.parametrize("name", REPLIES)
async def test_a_stream_is_read_as_its_server_means_it(serving: Any, say: Any, name: str) -> None:
    assert await played(serving, say, name) == REPLIES[name]


@pytest.mark.parametrize("name", ["vllm_error", "sglang_error"])
async def test_an_error_in_mid_stream_is_an_error(serving: Any, say: Any, name: str) -> None:
    with pytest.raises(EndpointRefused, match=r"the server stopped with an error: (EngineCore|The request was)"):
        await played(serving, say, name)


async def test_a_stream_of_ollama_that_just_stops_is_an_error(serving: Any, say: Any) -> None:
    with pytest.raises(EndpointBrokeOff, match="no finish_reason came"):
        await played(serving, say, "ollama_error")
