"""What is kept of runs is held to what app.yaml allows, at the end of each turn."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...agents.events import Event
    from .turns import Session


async def prune_after(session: "Session", events: "list[Event]") -> None:
    """Remove what is older or more than is kept, and tell what that was; most of the time it is nothing.

    A turn that kept nothing looks at nothing. What cannot be removed is told, and does not lose the answer.
    """
    from dataclasses import replace

    from ...agents.events import RunStarted
    from ...tools.base.errors import AntiphonError

    if not any(isinstance(event, RunStarted) and event.run for event in events):
        return
    from ..storage.pruning import prune
    from ..storage.store import open_store

    keep = session.app.storage.keep
    try:
        async with open_store(session.app) as store:
            removed = await prune(store, keep)
    except AntiphonError as error:
        session.tell([f"kept     more than app.yaml allows, perhaps: {error}"])
        return
    if not keep.audio:  # that the recording of a turn goes with its end is no news
        removed = replace(removed, sound=0)
    if removed:
        session.tell([f"kept     {removed}"])
