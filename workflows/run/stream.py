"""What happens in a run, told in one thread, one event after the other, each with its time."""

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ...agents.events import Event

Emit = Callable[[Event], None]


@dataclass(slots=True)
class Stream:
    """The events of a run, for those who watch it; made where its event loop runs."""

    watchers: list[Emit] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    _home: int = field(default_factory=threading.get_ident)

    def emit(self, event: Event) -> None:
        """Tell everybody; from any thread."""
        told = replace(event, at_s=time.monotonic() - self.began)
        if threading.get_ident() == self._home:
            self._tell(told)
        else:  # an engine that is being made ready in a thread
            self._loop.call_soon_threadsafe(self._tell, told)

    def _tell(self, event: Event) -> None:
        for watcher in self.watchers:
            watcher(event)
