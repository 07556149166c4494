"""The side of the asker: processes that reckon, kept warm, and killed when they take too long."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ..base.engines import missing
from ..base.errors import EngineError, InputError
from ..base.threads import in_thread_of_its_own

COMMAND = (sys.executable, "-P", "-m", f"{__package__}.math_child")
START_S = 60.0
"""For the process to start, and for it to load a library, which counts in no question's time."""
_ENGINES = {name: f"{__package__}.{name}_child" for name in ("sympy", "pint")}
_WARM = 2
"""So many wait for the next question."""


@dataclass(slots=True, weakref_slot=True)
class _Child:
    """One process, ended at the latest with the program."""

    process: "subprocess.Popen[bytes]"
    loaded: set[str] = field(default_factory=set)
    late: bool = False
    end: "weakref.finalize[Any, Any]" = field(init=False)

    def __post_init__(self) -> None:
        self.end = weakref.finalize(self, _end, self.process)


class Children:
    """Answers questions in processes of its own, several at once.

    Args:
        limit_s: Seconds a question may take, without the start of a process.
        command: The command of a process.
    """

    def __init__(self, limit_s: float = 5.0, command: Sequence[str] = COMMAND) -> None:
        self._limit_s, self._command = limit_s, command
        self._warm: list[_Child] = []

    async def ask(self, request: Mapping[str, Any], module: str) -> dict[str, str]:
        """What a process answers; when the caller is cancelled it is killed.

        Args:
            module: What it needs to be installed: sympy, pint.
        Raises:
            MissingExtra: that is not installed.
            InputError: there is no answer, or it takes too long.
        """
        if importlib.util.find_spec(module) is None:
            raise missing("the calculator", module, "math")
        child = self._waiting()
        if child is None:
            child = await in_thread_of_its_own(self._start)
        try:
            answer = await in_thread_of_its_own(self._exchange, child, request, module)
        except BaseException:
            child.end()
            raise
        self._keep(child)
        if "error" in answer:
            raise InputError(answer["error"], at="calculator", hint=answer["hint"])
        if "missing" in answer:
            raise missing("the calculator", answer["missing"], "math")
        return answer

    def close(self) -> None:
        """End the processes that wait; new ones start with the next question."""
        while self._warm:
            self._warm.pop().end()

    def _waiting(self) -> _Child | None:
        while self._warm:
            child = self._warm.pop()
            if child.process.poll() is None:
                return child
            child.end()
        return None

    def _keep(self, child: _Child) -> None:
        if len(self._warm) < _WARM:
            self._warm.append(child)
        else:
            child.end()

    def _start(self) -> _Child:
        pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
        try:
            process = subprocess.Popen(
                self._command, stdin=pipe, stdout=pipe, stderr=nowhere, start_new_session=True, env=_environment()
            )
        except OSError as error:
            raise EngineError(f"the calculator's process did not start: {error}") from error
        child = _Child(process)
        _line(child, None, START_S)
        return child

    def _exchange(self, child: _Child, request: Mapping[str, Any], module: str) -> dict[str, str]:
        if module not in child.loaded:
            loaded = _line(child, {"do": "load", "module": _ENGINES[module]}, START_S)
            if loaded:
                return loaded
            child.loaded.add(module)
        return _line(child, request, self._limit_s)


def _line(child: _Child, request: Mapping[str, Any] | None, limit_s: float) -> dict[str, str]:
    """Write a line, if there is one, and read one, within the time."""
    process = child.process
    assert process.stdin is not None
    assert process.stdout is not None

    def stop() -> None:
        child.late = True
        child.end()

    watch = threading.Timer(limit_s, stop)
    watch.daemon = True
    watch.start()
    try:
        if request is not None:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
        line = process.stdout.readline()
    except (OSError, ValueError):  # it was killed
        line = b""
    finally:
        watch.cancel()
    if child.late:
        raise InputError(f"this takes longer than {limit_s:g} s", at="calculator", hint="Ask for something simpler")
    if not line:
        child.end()
        raise EngineError("the calculator's process has ended", hint="It may have used up its memory: ask for less")
    answer: dict[str, str] = json.loads(line)
    return answer


def _environment() -> dict[str, str]:
    """What Python and the libraries need, and no secrets."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "PYTHONPATH", "VIRTUAL_ENV")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kill it with all it has started."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):
            if pipe is not None:
                pipe.close()
