"""Blocking calls in threads that hold up nobody: not the event loop, and not the end of the program."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread_of_its_own(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call it in a daemon thread of its own.

    A thread cannot be stopped: when the caller is cancelled, or its time is over, the call runs on and nobody waits
    for it. So it is for what may hang; a thread of the event loop's pool would hold up the end of the program.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[tuple[T | None, BaseException | None]] = loop.create_future()
    context = copy_context()

    def settle(value: T | None, error: BaseException | None) -> None:
        if not ended.done():
            ended.set_result((value, error))

    def work() -> None:
        value: T | None = None
        problem: BaseException | None = None
        try:
            value = context.run(function, *args, **kwargs)
        except BaseException as error:  # whoever waits raises it
            problem = error
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, value, problem)

    name: Any = getattr(function, "__name__", "work")
    threading.Thread(target=work, name=str(name), daemon=True).start()
    result, failed = await ended
    if failed is not None:
        raise failed
    return result  # type: ignore[return-value]
