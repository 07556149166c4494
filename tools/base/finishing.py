"""What must be done even where somebody cancels the task it is done in."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Do a short piece of work to its end; a cancel that comes meanwhile counts afterwards.

    Raises:
        CancelledError: the task was cancelled; the work is done.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            if task.cancelled():
                raise
            cancelled = error
    if cancelled is not None:
        task.result()  # its own error comes first
        raise cancelled
    return task.result()
