"""Nothing of the code outlives it: no process, no file; and it begins quickly."""

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import PIPE
from dataclasses import replace
from pathlib import Path

import pytest

from antiphon.tools.python.interpreter import Interpreter
from antiphon.tools.python.process import child, new_mark
from antiphon.tools.python.settings import SandboxSettings
from antiphon.tools.python.world import Plan

from .conftest import LIMITS, PLANS, processes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's means are Linux's")


@pytest.mark.parametrize("plan", PLANS)
async def test_nothing_is_left_on_the_disk(plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    code = "import os\nfor _ in range(300):\n    os.mkdir('d')\n    os.chdir('d')\nos.chmod('.', 0)"
    async with child(plan, LIMITS, stays=False) as process:
        await process.ask({"number": 1, "code": code, "values": {}, "mark": new_mark()})
        assert (await process.answer())["error"] == ""
    assert list(tmp_path.iterdir()) == []


async def test_at_level_process_the_group_and_what_left_it_are_killed() -> None:
    before = processes()
    code = (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(600)\n"
        "    os._exit(0)\ntime.sleep(60)"
    )
    got = await Interpreter(SandboxSettings(level="process")).run(code, limits=replace(LIMITS, time_s=0.5))
    assert got.stopped == "time"
    await asyncio.sleep(0.3)
    assert processes() < before + 30


PARENT = """
import asyncio, sys
from antiphon.tools.python.interpreter import Interpreter
from antiphon.tools.python.settings import SandboxSettings
async def main():
    held = Interpreter(SandboxSettings(level=sys.argv[1]))
    async with held.session() as session:
        await session.run("1")
        print("begun", flush=True)
        await session.run("import time\\ntime.sleep(600)")
asyncio.run(main())
"""


@pytest.mark.parametrize("level", ["kernel", "process"])
async def test_the_code_dies_when_its_parent_is_killed(level: str) -> None:
    run = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, level, stdout=PIPE)
    assert run.stdout is not None
    assert await run.stdout.readline() == b"begun\n"
    inside = descendants(run.pid)
    run.kill()
    await run.wait()
    assert len(inside) >= 2
    async with asyncio.timeout(5):
        while any(lives(pid) for pid in inside):  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0.05)


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def descendants(pid: int) -> list[int]:
    below = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    return [*below, *(further for one in below for further in descendants(one))]


ORDINARY = """
import asyncio, json, os
from antiphon.tools.python.interpreter import Interpreter
from antiphon.tools.python.means import means
os.setgroups([])
os.setresgid(12345, 12345, 12345)
os.setresuid(12345, 12345, 12345)
os.environ["API_KEY"] = "topsecret"
async def main():
    held = [mean.holds for mean in await means()]
    code = "import socket\\ntry: socket.socket()\\nexcept OSError as error: print(error.errno)\\nopen('/etc/passwd')"
    got = await Interpreter().run(code)
    print(json.dumps([held, got.output, got.error]))
asyncio.run(main())
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
async def test_an_ordinary_user_holds_code_as_well() -> None:
    reached = [Path(sys.executable).resolve(), Path(sys.executable), Path(__file__)]
    if not all(parent.stat().st_mode & 1 for path in reached for parent in path.parents):
        pytest.skip("the interpreter lies where nobody else can reach it")
    run = await asyncio.create_subprocess_exec(sys.executable, "-c", ORDINARY, stdout=PIPE)
    out, _ = await run.communicate()
    held, output, error = json.loads(out)
    assert any(held[:2])
    assert output == "1\n"
    assert "PermissionError" in error or "FileNotFoundError" in error


async def test_it_begins_quickly() -> None:
    held = Interpreter()
    await held.run("1")
    times = []
    for _ in range(5):
        began = time.monotonic()
        await held.run("1 + 1")
        times.append(time.monotonic() - began)
    assert min(times) < 0.3  # 0.05 on an idle machine
