"""The embedded server, with the real small model: shared, cancelled, broken, killed, idle."""

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path
from statistics import median

import pytest

from antiphon.agents.models.chat import ChatRequest, Message, TextDelta, complete
from antiphon.agents.models.embedded.deaths import death, too_little_memory
from antiphon.agents.models.embedded.files import Files, Settings
from antiphon.agents.models.embedded.server import ensure, running, status, stop_all
from antiphon.agents.models.embedded_chat import EmbeddedChat
from antiphon.agents.roles.types import EmbeddedChat as Role
from antiphon.tools.base.errors import EndpointRefused, EngineError, InputError, ModelFileError

MODEL = "qwen2.5-coder-0.5b"
ROLE = Role(model=MODEL, slots=1)
HI = ChatRequest((Message("user", "Say hi."),), max_tokens=8)
needs_model = pytest.mark.model(MODEL)


@pytest.fixture(autouse=True)
def none_left(own_home: Path) -> Iterator[None]:
    yield
    stop_all()


@pytest.fixture
async def chat() -> AsyncIterator[EmbeddedChat]:
    async with EmbeddedChat(ROLE) as chat:
        yield chat


async def until_first_token(chat: EmbeddedChat) -> float:
    start = time.perf_counter()
    async with aclosing(chat.stream(HI)) as deltas:
        async for delta in deltas:
            if isinstance(delta, TextDelta):
                break
    return time.perf_counter() - start


@needs_model
async def test_two_processes_that_start_at_once_share_one_server() -> None:
    program = f"""
import asyncio, json, sys
from antiphon.agents.models.chat import ChatRequest, Message, complete
from antiphon.agents.models.embedded_chat import EmbeddedChat
from antiphon.agents.models.embedded.server import status
from antiphon.agents.roles.types import EmbeddedChat as Role
async def main():
    async with EmbeddedChat(Role(model={MODEL!r}, slots=2)) as chat:
        reply = await complete(chat, ChatRequest((Message("user", "Say hi."),), max_tokens=4))
        print(json.dumps([reply.usage.completion, [one.pid for one in status()]]))
asyncio.run(main())
"""
    run = asyncio.create_subprocess_exec
    both = [await run(sys.executable, "-c", program, stdout=subprocess.PIPE) for _ in range(2)]
    said = [json.loads((await one.communicate())[0]) for one in both]
    assert said[0] == said[1]
    assert len(said[0][1]) == 1


@needs_model
async def test_a_cancelled_long_prompt_frees_the_caller_at_once_and_the_server_soon(chat: EmbeddedChat) -> None:
    """Within 1.5 s on a machine that does nothing else: llama.cpp looks for a gone caller once a second, and the rest
    is work. Where other work slows that down, the same request alone, before and after each try, says by how much."""
    await until_first_token(chat)
    alone, callers, servers = [await until_first_token(chat)], list[float](), list[float]()
    for start in "ABC":
        caller, server = await cancel_while_reading(chat, start)
        callers.append(caller)
        servers.append(server)
        alone.append(await until_first_token(chat))
    assert max(callers) < 0.1
    assert median(servers) < max(1.5, 1 + 9 * median(alone))


async def cancel_while_reading(chat: EmbeddedChat, start: str) -> tuple[float, float]:
    """Seconds until the caller is free, and then until new work has its first token."""
    long = ChatRequest((Message("user", start + "The cat sat on the mat and ate seven fish. " * 270),))
    task = asyncio.create_task(complete(chat, long))
    await asyncio.sleep(1.2)
    began = time.perf_counter()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return time.perf_counter() - began, await until_first_token(chat)


@needs_model
async def test_a_request_that_finds_no_server_takes_no_other_with_it(chat: EmbeddedChat) -> None:
    chat = EmbeddedChat(Role(model=MODEL, slots=2))
    counting = ChatRequest((Message("user", "Count from one to thirty."),), max_tokens=40)
    async with aclosing(chat.stream(counting)) as deltas:
        await anext(deltas)
        chat._set_aside(await chat.opened())  # what a request beside this one does that cannot connect
        assert (await complete(chat, HI)).text
        assert [delta async for delta in deltas]


@needs_model
async def test_an_answer_is_held_to_its_schema_in_few_tokens(chat: EmbeddedChat) -> None:
    schema = {
        "type": "object",
        "properties": {"department": {"enum": ["呼吸内科", "骨科"]}, "sure": {"type": "boolean"}},
        "required": ["department", "sure"],
        "additionalProperties": False,
    }
    reply = await complete(chat, ChatRequest((Message("user", "咳嗽三天了, 去哪个科?"),), schema=schema))
    assert json.loads(reply.text)["department"] in ("呼吸内科", "骨科")
    assert " " not in reply.text


@needs_model
async def test_a_killed_server_is_started_again(chat: EmbeddedChat) -> None:
    await until_first_token(chat)
    (before,) = status()
    os.kill(before.pid, signal.SIGKILL)
    await until_first_token(chat)
    (after,) = status()
    assert after.pid != before.pid


@needs_model
async def test_without_its_key_nobody_is_answered(chat: EmbeddedChat, own_home: Path) -> None:
    _, files = await ensure(ROLE)
    (one,) = status()
    with pytest.raises(urllib.error.HTTPError, match="401"):
        await asyncio.to_thread(urllib.request.urlopen, f"{one.address}/models")
    assert stat.S_IMODE(files.state.stat().st_mode) == 0o600
    assert stat.S_IMODE(files.folder.stat().st_mode) == 0o700


@needs_model
async def test_a_server_that_nobody_uses_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTIPHON_IDLE_S", "0.5")
    _, files = await ensure(ROLE)
    for _ in range(100):
        await asyncio.sleep(0.1 if files.held() else 0)
    assert await running(files) is None
    assert not files.state.exists()


@needs_model
async def test_a_prompt_too_long_is_refused_with_both_numbers(chat: EmbeddedChat) -> None:
    long = ChatRequest((Message("user", "fish " * 5000),))
    with pytest.raises(EndpointRefused, match=r"50\d\d tokens.*4096.*Shorten the prompt"):
        await complete(chat, long)


@needs_model
async def test_a_truncated_model_is_one_sentence(tmp_path: Path, own_home: Path) -> None:
    broken = tmp_path / "broken.gguf"
    with next((own_home / "models" / MODEL).glob("*.gguf")).open("rb") as whole:
        broken.write_bytes(whole.read(20_000_000))
    with pytest.raises(ModelFileError) as caught:
        await ensure(Role(model=str(broken)))
    assert str(caught.value).startswith(f"{broken}: the model file cannot be loaded: tensor ")
    assert status() == []


async def test_a_text_file_is_no_model(tmp_path: Path) -> None:
    text = tmp_path / "notes.gguf"
    text.write_text("not a model")
    with pytest.raises(ModelFileError, match="not a GGUF file"):
        await ensure(Role(model=str(text)))


async def test_a_model_that_is_not_here_says_how_to_fetch_it(own_home: Path) -> None:
    (own_home / "models").unlink(missing_ok=True)
    with pytest.raises(ModelFileError, match=r"antiphon models pull qwen2\.5-coder-0\.5b"):
        await ensure(ROLE)


@needs_model
async def test_a_server_that_hangs_while_loading_is_given_up() -> None:
    with pytest.raises(EngineError, match=r"the model was not ready after 0\.2 s"):
        await ensure(ROLE, timeout_s=0.2)


@needs_model
async def test_loading_is_shown() -> None:
    told: list[str] = []
    await ensure(ROLE, told.append)
    assert told[0] == f"loading the model {MODEL}, 0 s"


@needs_model
async def test_a_bad_idle_time_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTIPHON_IDLE_S", "soon")
    with pytest.raises(InputError, match="ANTIPHON_IDLE_S is 'soon', not a number of seconds above 0"):
        await ensure(ROLE)


@pytest.mark.parametrize(
    ("ending", "log", "said"),
    [
        (-9, "", "there is not enough memory to load the model"),
        (1, "ggml: failed to allocate buffer of size 9999", "there is not enough memory to load the model"),
        (-11, "one\ntwo", "the embedded server ended with status -11 while it loaded: one / two"),
    ],
)
def test_a_death_while_loading_is_explained(tmp_path: Path, ending: int, log: str, said: str) -> None:
    files = Files(tmp_path, "m")
    files.log.write_text(log)
    model = tmp_path / "m.gguf"
    model.write_bytes(b"GGUF")
    assert said in str(death(Settings(str(model), "m", 4096, 1, 0), files, ending))


def test_a_model_larger_than_the_memory_is_not_tried(tmp_path: Path) -> None:
    vast = tmp_path / "vast.gguf"
    with vast.open("wb") as stream:
        stream.truncate(1 << 42)
    with pytest.raises(EngineError, match=r"its file has 4398\.0 GB"):
        too_little_memory(str(vast))
