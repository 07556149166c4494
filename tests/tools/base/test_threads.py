"""Threads that hold up nobody."""

import asyncio
import contextvars
import subprocess
import sys
import threading
import time

import pytest

from antiphon.tools.base.threads import in_thread_of_its_own

HANGS = """
import asyncio, time
from antiphon.tools.base.threads import in_thread_of_its_own
async def main():
    try:
        async with asyncio.timeout(0.1):
            await in_thread_of_its_own(time.sleep, 60)
    except TimeoutError:
        print("stopped")
asyncio.run(main())
"""


async def test_a_result_and_an_error_come_back() -> None:
    assert await in_thread_of_its_own(max, 1, 2) == 2
    with pytest.raises(ValueError, match="invalid literal"):
        await in_thread_of_its_own(int, "x")


async def test_the_loop_goes_on_meanwhile() -> None:
    work = asyncio.create_task(in_thread_of_its_own(time.sleep, 0.2))
    began = time.monotonic()
    await asyncio.sleep(0)
    assert time.monotonic() - began < 0.1
    await work


async def test_context_goes_along() -> None:
    name: contextvars.ContextVar[str] = contextvars.ContextVar("name", default="")
    name.set("Ada")
    assert await in_thread_of_its_own(name.get) == "Ada"


async def test_whoever_is_stopped_does_not_wait() -> None:
    free = threading.Event()
    work = asyncio.create_task(in_thread_of_its_own(free.wait, 30))
    await asyncio.sleep(0.05)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    free.set()


def test_the_program_ends_while_a_call_hangs() -> None:
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", HANGS], capture_output=True, text=True, timeout=30, check=True)
    assert (done.stdout, done.stderr) == ("stopped\n", "")
    assert time.monotonic() - began < 20
