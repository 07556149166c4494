"""Ended from outside (SIGTERM, SIGHUP), a command cleans up as it does after Ctrl-C."""

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from types import FrameType
from typing import Any

PATIENCE_S = 1.0
"""A signal that comes sooner after the first is the same one: `timeout` sends two at once, and so may a terminal."""
_AGAIN_S = 0.05


def end_well() -> None:
    """Have SIGTERM and SIGHUP stop this process as Ctrl-C does: a run that is under way is cancelled.

    One that comes later leaves at once, with 128 and its number as the exit status. What is ignored stays so: nohup.
    """
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _Ending(number))


class _Ending:
    """What is done at one signal; it sees to it, too, that an interrupt is not lost."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._first: float | None = None
        self._tell, sys.unraisablehook = sys.unraisablehook, self._unraisable

    def __call__(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._first is not None and now - self._first < PATIENCE_S:
            return
        if self._first is not None:
            with suppress(OSError, ValueError, RuntimeError):  # it may be in the middle of writing
                sys.stdout.flush()
            os._exit(128 + number)
        self._first = now
        on_interrupt = signal.getsignal(signal.SIGINT)  # of the event loop, where one is at work: it cancels the run
        if not callable(on_interrupt):
            raise KeyboardInterrupt
        on_interrupt(signal.SIGINT, frame)

    def _unraisable(self, lost: Any) -> None:
        """Python cannot pass on what is raised in a callback, as that of an import's lock: then it comes once more."""
        if self._first is None or not issubclass(lost.exc_type, KeyboardInterrupt):
            self._tell(lost)
            return
        self._first = None
        again = threading.Timer(_AGAIN_S, self._again)
        again.daemon = True
        again.start()

    def _again(self) -> None:
        main = threading.main_thread().ident
        if hasattr(signal, "pthread_kill") and main is not None:  # it may wait for something, and is woken
            signal.pthread_kill(main, self._number)
        else:
            signal.raise_signal(self._number)
