"""Tools of real MCP servers: a child process and one on HTTP."""

import asyncio
import os
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from antiphon.tools.base.errors import InputError, MissingExtra, ServiceError, ServiceTimeout, ToolFailed
from antiphon.tools.base.tool import Tool
from antiphon.tools.mcp.opening import open_mcp
from antiphon.tools.mcp.settings import McpSettings


def settings(file: Path, **more: Any) -> McpSettings:
    return McpSettings.model_validate({"command": [sys.executable, str(file)]} | more)


def by_name(tools: tuple[Tool, ...]) -> dict[str, Tool]:
    return {one.name: one for one in tools}


async def test_the_tools_of_a_child_process_are_called(server_file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    async with open_mcp("calendar", settings(server_file)) as tools:
        have = by_name(tools)
        free = have["free_days"]
        assert free.description == "Days without an appointment."
        assert free.schema()["required"] == ["month"]
        assert free.schema()["properties"]["least"]["type"] == "integer"
        assert [(one.effects, one.is_keyed) for one in (free, have["book"], have["cancel"])] == [
            (False, False),
            (True, False),
            (True, True),
        ]
        assert await free(month="2026-11", least=2) == {"result": ["2026-11-01", "2026-11-02"]}
        assert await have["cancel"](day="mon", idempotency_key="k") == {"result": "cancelled mon"}
        with pytest.raises(ToolFailed, match=r"tool book: .*that day is taken, try another"):
            await have["book"](day="full")
        with pytest.raises(InputError, match="argument 'month': it is missing, give text"):
            await free()
        with pytest.raises(ServiceError, match="the result of much is larger than 200,000 bytes"):
            await have["much"](size=300_000)
    assert capfd.readouterr().err == ""


async def test_it_sees_only_what_it_is_handed(server_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUR_SECRET", "s")
    monkeypatch.setenv("CALENDAR_KEY", "k")
    given = settings(server_file, env={"MODE": "test"}, env_from=["CALENDAR_KEY"])
    async with open_mcp("calendar", given) as tools:
        seen = await by_name(tools)["environment"]()
    assert (seen["MODE"], seen["CALENDAR_KEY"]) == ("test", "k")
    assert set(seen) - {"MODE", "CALENDAR_KEY"} <= {"HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "LC_CTYPE"}


async def test_its_death_is_an_error_of_the_call(server_file: Path) -> None:
    async with open_mcp("calendar", settings(server_file)) as tools:
        have = by_name(tools)
        with pytest.raises(ServiceError, match=r"mcp calendar: the server has ended. It last said: I am dying"):
            await have["die"]()
        with pytest.raises(ServiceError, match="the server has ended"):
            await have["book"](day="mon")


async def test_a_call_that_takes_too_long_or_is_given_up_leaves_the_next_one_alone(server_file: Path) -> None:
    async with open_mcp("calendar", settings(server_file, timeout_s=2)) as tools:
        have = by_name(tools)
        with pytest.raises(ServiceTimeout, match=r"it took longer than 2 s. Raise its `timeout_s`"):
            await have["sleep"](seconds=60)
        call = asyncio.create_task(have["sleep"](seconds=60))
        await asyncio.sleep(0.1)
        call.cancel()
        begun = time.perf_counter()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert time.perf_counter() - begun < 1
        assert await have["book"](day="mon") == {"result": "booked mon"}


async def test_it_may_be_left_by_another_task_than_it_was_entered_by(server_file: Path) -> None:
    stack = AsyncExitStack()
    tools = await asyncio.create_task(stack.enter_async_context(open_mcp("calendar", settings(server_file))))
    several = [asyncio.create_task(by_name(tools)["book"](day=str(i))) for i in range(5)]
    assert await asyncio.gather(*several) == [{"result": f"booked {i}"} for i in range(5)]
    await asyncio.create_task(stack.aclose())


async def test_a_server_on_http_is_the_same(server_url: str) -> None:
    async with open_mcp("calendar", McpSettings(url=server_url)) as tools:
        have = by_name(tools)
        assert await have["book"](day="mon") == {"result": "booked mon"}
        with pytest.raises(ToolFailed, match="that day is taken"):
            await have["book"](day="full")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["no-such-program-at-all"], "'no-such-program-at-all' cannot be started .*Is it installed"),
        ([sys.executable, "-c", "import sys; sys.exit('no calendar here')"], "ended at once .*no calendar here"),
        ([sys.executable, "-c", "print('hello'); input()"], "it was not ready within 2 s|ended at once"),
    ],
)
async def test_what_is_no_server_is_told(command: list[str], said: str) -> None:
    with pytest.raises(ServiceError, match=said):
        async with open_mcp("calendar", McpSettings(command=tuple(command), start_timeout_s=2)):
            pass


async def test_an_address_where_nobody_answers_is_told() -> None:
    with pytest.raises(ServiceError, match=r"mcp calendar: no MCP server answers there .*`url` in app.yaml"):
        async with open_mcp("calendar", McpSettings(url="http://127.0.0.1:9/mcp")):
            pass


async def test_without_the_package_its_extra_is_named(server_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    with pytest.raises(MissingExtra, match=r"'calendar' needs the module 'mcp', .* pip install 'antiphon\[mcp\]'"):
        async with open_mcp("calendar", settings(server_file)):
            pass


async def test_a_variable_that_is_not_set_is_told(server_file: Path) -> None:
    with pytest.raises(InputError, match=r"NO_SUCH_VARIABLE, which it is to be handed, is not set. Set it: export"):
        async with open_mcp("calendar", settings(server_file, env_from=["NO_SUCH_VARIABLE"])):
            pass


async def test_no_process_is_left_behind(server_file: Path, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = f"import os; open({str(note)!r}, 'w').write(str(os.getpid())); exec(open({str(server_file)!r}).read())"
    async with open_mcp("calendar", McpSettings(command=(sys.executable, "-c", code))):
        pid = int(note.read_text())
        os.kill(pid, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "it has either command"),
        ({"command": ["x"], "url": "http://x/mcp"}, "it has either command"),
        ({"url": "ftp://x"}, "it must be like https://tools.example.org/mcp"),
        ({"url": "https://me:pw@x/mcp"}, "a key is never written in the file"),
        ({"url": "https://x/mcp?key=1"}, "url has a \\? or #"),
        ({"url": "https://x/mcp", "env": {"A": "b"}}, "env belongs to a command"),
        ({"command": ["x"], "headers_env": {"A": "B"}}, "headers_env belongs to a url"),
        ({"command": ["x"], "env": {"API_KEY": "hunter2"}}, "under env_from, not 'API_KEY'"),
        ({"command": ["x"], "env_from": ["A B"]}, "no name of an environment variable"),
    ],
)
def test_wrong_settings_are_told(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        McpSettings.model_validate(given)
