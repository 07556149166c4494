"""The code interpreter: Python that a model or a stranger wrote, run where it can do no harm."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from ..base.errors import InputError
from ..base.plain import NotPlain, plain
from .means import plan_for
from .process import Child, Ended, child, new_mark
from .settings import SandboxSettings
from .types import Limits, Ran, Stopped

LONGEST_CODE = 1_000_000
_STOPS: Mapping[str, Stopped] = {"memory": "memory", "files": "files", "processes": "processes"}


class Interpreter:
    """Runs Python in child processes.

    Args:
        settings: How they are held, and what they may use up.
    """

    def __init__(self, settings: SandboxSettings | None = None) -> None:
        self.settings = settings or SandboxSettings()

    async def run(
        self,
        code: str,
        files: Mapping[str, bytes | Path] | None = None,
        limits: Limits | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> Ran:
        """Run one piece of code in a process of its own.

        Args:
            files: What it finds in its folder.
            values: Plain data, which it finds as variables.
        Raises:
            EngineError: this machine cannot hold it as the settings want.
            InputError: the files are more than fits, a name among them leads elsewhere, or a value is no plain data.
        """
        async with self._open(files, limits or self.settings.limits(), stays=False) as session:
            return await session.run(code, values)

    @asynccontextmanager
    async def session(
        self, files: Mapping[str, bytes | Path] | None = None, limits: Limits | None = None
    ) -> AsyncIterator["Session"]:
        """A process that keeps its variables and files from one piece of code to the next.

        Raises:
            EngineError, InputError: as `run`.
        """
        async with self._open(files, limits or self.settings.limits(), stays=True) as session:
            yield session

    @asynccontextmanager
    async def _open(
        self, files: Mapping[str, bytes | Path] | None, limits: Limits, *, stays: bool
    ) -> AsyncIterator["Session"]:
        plan = await plan_for(self.settings.level)
        async with child(plan, limits, stays=stays) as process:
            process.exchange.put(files or {})
            yield Session(process, limits)


class Session:
    """A process that runs one piece of code after another, made by `Interpreter.session`.

    Attributes:
        ended: Why it can run no more; "" while it can.
    """

    def __init__(self, process: Child, limits: Limits) -> None:
        self._process, self._limits = process, limits
        self._number = 0
        self._busy = asyncio.Lock()
        self.ended = ""

    async def run(self, code: str, values: Mapping[str, Any] | None = None) -> Ran:
        """Run a piece of code. An exception in it leaves the variables as they are; a limit ends the session.

        Raises:
            InputError: the session has ended, the code is too long, or a value is no plain data.
        """
        if len(code) > LONGEST_CODE:
            raise InputError(f"the code has {len(code)} characters; at most {LONGEST_CODE} are run")
        given = _given(values or {})
        async with self._busy:
            if self.ended:
                raise InputError(f"the session has ended: {self.ended}", hint="Begin a new one")
            done = False
            try:
                ran = await self._run(_clean(code), given)
                done = True
                return ran
            finally:
                if not done:  # cancelled: nobody knows what the process does
                    self.ended = "it was broken off"
                    self._process.kill()

    async def _run(self, code: str, values: dict[str, Any]) -> Ran:
        self._number += 1
        mark = new_mark()
        began = time.monotonic()
        request = {"number": self._number, "code": code, "values": values, "mark": mark}
        try:
            async with asyncio.timeout(self._limits.time_s):
                answer = await self._answered(request)
        except TimeoutError:
            return await self._over(f"the code ran longer than {self._limits.time_s:g} seconds", "time", mark, began)
        except Ended as error:
            return await self._over(error.why, error.stopped, mark, began)
        took = time.monotonic() - began
        self._process.pause()
        output = self._neutral(await self._process.printed(mark))
        try:
            self._process.look()
        except Ended as error:
            return await self._over(error.why, error.stopped, mark, began, output)
        files, left_out = await asyncio.to_thread(self._process.exchange.taken)
        problem, stopped = _text(answer.get("error"), 10_000), _STOPS.get(str(answer.get("stopped")), "")
        return Ran(answer["value"], output, self._neutral(problem), files, left_out, stopped, took)

    async def _answered(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to a request, unless the code is stopped before."""

        async def answered() -> dict[str, Any]:
            await self._process.ask(request)
            answer = await self._process.answer()
            return _checked(answer, request["number"])

        asking, watching = asyncio.create_task(answered()), asyncio.create_task(self._process.watched())
        try:
            await asyncio.wait([asking, watching], return_when=asyncio.FIRST_COMPLETED)
            return await asking if asking.done() else await _never(watching)
        finally:
            for task in (asking, watching):
                task.cancel()
            await asyncio.gather(asking, watching, return_exceptions=True)

    async def _over(self, why: str, stopped: Stopped, mark: str, began: float, output: str | None = None) -> Ran:
        """The session ends here: with what was printed, and the files that are there."""
        took = time.monotonic() - began
        self.ended = why
        if output is None:
            output = self._neutral(self._process.so_far(mark) if stopped else await self._process.printed(mark))
        self._process.kill()
        await self._process.gone()
        files, left_out = await asyncio.to_thread(self._process.exchange.taken)
        return Ran(None, output, why, files, left_out, stopped, took)

    def _neutral(self, text: str) -> str:
        """A text without the paths of this machine."""
        return self._process.neutral(text)


async def _never(watching: "asyncio.Task[None]") -> dict[str, Any]:
    await watching
    raise AssertionError("a watch ends only by an error")


def _checked(answer: dict[str, Any], number: int) -> dict[str, Any]:
    """An answer that can be used: the code may have written it itself.

    Raises:
        Ended: it is none.
    """
    try:
        if answer.get("number") != number:
            raise Ended("the code wrote into the answers of its process")
        return {**answer, "value": _clean(plain(answer.get("value")))}
    except (NotPlain, RecursionError):
        raise Ended("the code wrote into the answers of its process") from None


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the code finds them.

    Raises:
        InputError: one is no plain data.
    """
    try:
        cleaned: dict[str, Any] = _clean(plain(dict(values)), long=True)
    except NotPlain as error:
        hint = "Give it text, finite numbers, truth values, lists and dicts"
        raise InputError(f"code cannot be given a value of the type {error}", at=error.where[1:], hint=hint) from error
    return cleaned


def _clean(value: Any, *, long: bool = False) -> Any:
    """Text that can be written: lone halves of characters are replaced.

    Args:
        long: Whether integers of more than 64 bits stay integers.
    """
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_clean(item, long=long) for item in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(item, long=long) for key, item in value.items()}
    if not long and isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
        return str(value)
    return value


def _text(value: Any, most: int) -> str:
    return _clean(value)[:most] if isinstance(value, str) else ""
