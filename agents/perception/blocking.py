"""Calls and iterators that block (decoders, recognisers), run in worker threads."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
_END = object()


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call it in a worker thread.

    A thread cannot be stopped: when the caller is cancelled, the call is waited for and its result thrown
    away, so that nothing runs on behind the caller's back.
    """
    call = asyncio.ensure_future(asyncio.to_thread(function, *args, **kwargs))
    try:
        return await asyncio.shield(call)
    finally:
        if not call.done():
            await asyncio.wait([call])


async def stepped(items: Generator[T, None, None]) -> AsyncGenerator[T, None]:
    """Give the items of a blocking generator, each made in a worker thread, and close it in the end."""
    try:
        while True:
            item = await in_thread(next, items, _END)
            if item is _END:
                return
            yield item  # type: ignore[misc]
    finally:
        items.close()
