"""The child process as its parent sees it: begun, asked, read with bounds, killed with all that belongs to it."""

import asyncio
import contextlib
import json
import marshal
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from secrets import token_hex
from typing import Any

from ..base.errors import EngineError
from .exchange import Exchange
from .leftovers import own_folder, sweep
from .types import Limits, Stopped
from .watching import below, hides, threads, written
from .world import THREADS, Plan, config, environment, paths

STARTS_S, ENDS_S = 20.0, 5.0
LONGEST_ANSWER = 4_000_000
"""Bytes of one answer. The child sends far less, so more is the code's own writing."""
FLOOD = 64
"""So many times the printed text that is kept is read and thrown away; past it, the code is stopped."""
WRITES = 4
"""So many times what its folder holds a piece of code may write: files that it has removed fill the disk, too."""
_BEGIN = "import sys; sys.path.insert(0, {folder!r}); from python.child.launch import main; main()"


class Ended(Exception):
    """The process is no more.

    Attributes:
        stopped: The limit that ended it, "" for none.
    """

    def __init__(self, why: str, stopped: Stopped = "") -> None:
        super().__init__(why)
        self.why = why
        self.stopped: Stopped = stopped


class NotHeld(EngineError):
    """This machine has not what it takes to shut code in."""


class Child:
    """A process that runs code; made by `child`.

    Args:
        folder: Its folder on the disk, None where it has one of its own in memory.
    """

    def __init__(self, process: Process, plan: Plan, limits: Limits, folder: Path | None) -> None:
        self._process, self._plan, self._limits, self.folder = process, plan, limits, folder
        self.exchange = Exchange(-1, limits.files_mb << 20)
        self.pid = 0
        self._most_written = WRITES * (limits.files_mb << 20) + FLOOD * (limits.output_kb << 10) + LONGEST_ANSWER
        self._writes = self._most_written
        self._answers = bytearray()
        self._printed, self._more, self._thrown = bytearray(), asyncio.Event(), 0
        self._all_printed = False
        self._flood: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._reading = asyncio.create_task(self._read_printed())

    async def answer(self) -> dict[str, Any]:
        """The next line of the child.

        Raises:
            Ended: there is none, or it is none of ours.
        """
        assert self._process.stderr is not None
        while (end := self._answers.find(b"\n")) < 0:
            if len(self._answers) > LONGEST_ANSWER:
                raise Ended("the code wrote into the answers of its process")
            more = await self._process.stderr.read(1 << 16)
            if not more:
                raise await self._end()
            self._answers += more
        line = bytes(self._answers[:end])
        del self._answers[: end + 1]
        return _parsed(line)

    async def ask(self, request: dict[str, Any]) -> None:
        """Send a request.

        Raises:
            Ended: nobody is there to read it.
        """
        assert self._process.stdin is not None
        data = marshal.dumps(request)
        if self._plan == "landlock" and not hides(self.pid):  # what it keeps from earlier pieces goes on to count
            self._writes = written(self.pid) + self._most_written
        self._signal("SIGCONT")
        self._printed.clear()
        self._thrown, self._all_printed = 0, False
        self._answers.clear()  # nobody was asked anything
        try:
            self._process.stdin.write(len(data).to_bytes(4, "little") + data)
            await self._process.stdin.drain()
        except (ConnectionError, RuntimeError):
            raise await self._end() from None

    async def watched(self) -> None:
        """Wait until the code goes past a limit that the kernel does not hold for us.

        Raises:
            Ended: it did.
        """
        looks = self._plan != "namespaces" or self._limits.processes > 1
        while True:
            await asyncio.wait([self._flood], timeout=0.1 if looks else None)
            self.look()

    def look(self) -> None:
        """See what the code uses up at this moment.

        Raises:
            Ended: it is past a limit.
        """
        limits = self._limits
        if self._flood.done():
            raise Ended(f"the code printed more than {FLOOD} times {limits.output_kb} KB", "output")
        if self._plan == "namespaces":
            if limits.processes > 1 and below(self._process.pid) - 1 > limits.processes:
                raise Ended(f"the code had more than {limits.processes} processes", "processes")
            return
        if self.exchange.used() > self.exchange.limit:
            raise Ended(f"the code wrote more than {limits.files_mb} MB of files", "files")
        if self._plan == "landlock" and written(self.pid) > self._writes:
            raise Ended(
                f"the code wrote, and wrote over or removed, more than {WRITES} times {limits.files_mb} MB", "files"
            )
        if threads(self.pid) > THREADS + 1:
            raise Ended(f"the code had more than {THREADS} threads", "processes")

    def pause(self) -> None:
        """Stop the code where it stands: between two pieces of it nothing runs that nobody watches."""
        self._signal("SIGSTOP")

    def _signal(self, name: str) -> None:
        """Send a signal to the process and all that belongs to it; nothing where there are no groups of processes."""
        if hasattr(os, "killpg") and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.Signals[name])

    async def printed(self, mark: str) -> str:
        """What the code has printed, up to the mark, which it may have kept from being written."""
        end = mark.encode()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                while end not in self._printed[-len(end) - 4 :] and not self._all_printed:
                    self._more.clear()
                    await self._more.wait()
        limit = self._limits.output_kb << 10
        data = bytes(self._printed).removesuffix(end)
        text = data[:limit].decode("utf-8", "replace")
        cut = self._thrown or len(data) > limit
        return f"{text}\n[cut: more than {self._limits.output_kb} KB were printed]" if cut else text

    def so_far(self, mark: str) -> str:
        """What it has printed until now, without the mark."""
        printed = bytes(self._printed).removesuffix(mark.encode())
        return printed[: self._limits.output_kb << 10].decode("utf-8", "replace")

    def neutral(self, text: str) -> str:
        """A text without the paths of this machine."""
        folders = [str(self.folder / "box"), str(self.folder)] if self.folder else []
        for path in (*folders, *paths()):
            text = text.replace(path + "/", "").replace(path, ".")
        return text

    async def _read_printed(self) -> None:
        """Read all it prints, and keep the first and the last of it: the mark is at the end."""
        assert self._process.stdout is not None
        most, last = self._limits.output_kb << 10, 200
        while more := await self._process.stdout.read(1 << 16):
            self._printed += more
            if (over := len(self._printed) - most - last) > 0:
                del self._printed[most : most + over]
                self._thrown += over
            self._more.set()
            if self._thrown > most * FLOOD and not self._flood.done():
                self._flood.set_result(None)
        self._all_printed = True
        self._more.set()

    async def _end(self) -> Ended:
        """Why there is nothing more to read."""
        try:
            async with asyncio.timeout(1):
                status = await self._process.wait()
        except TimeoutError:
            return Ended("the code closed the pipe of its answers")
        return _told(status, self._limits)

    def kill(self) -> None:
        """End the process and all that belongs to it, now."""
        self._reading.cancel()
        if self._process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if not hasattr(os, "killpg"):
                self._process.kill()
            elif self._plan == "process":
                self._process.terminate()  # it kills what has left the group, then itself
                self._signal("SIGCONT")  # and cannot while it is paused
            else:
                os.killpg(self._process.pid, signal.SIGKILL)

    async def gone(self) -> None:
        """Wait until it is, and until nobody holds the other ends of its pipes."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.close()
        for seconds in (ENDS_S, 1):
            try:
                async with asyncio.timeout(seconds):
                    await asyncio.gather(process.wait(), _emptied(process.stdout), _emptied(process.stderr))
                    return
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()


async def _emptied(pipe: asyncio.StreamReader) -> None:
    while await pipe.read(1 << 16):
        pass


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise Ended("the code wrote into the answers of its process")
    return answer


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _told(status: int, limits: Limits) -> Ended:
    if status == 200:
        return Ended(f"the code used more than {limits.cpu_s:g} seconds of the processor", "cpu")
    if status in (137, -9):
        return Ended("the process of the code was killed, as happens when memory runs out", "memory")
    if status > 128:
        with contextlib.suppress(ValueError):
            return Ended(f"the process of the code ended by {signal.Signals(status - 128).name}")
    return Ended(f"the code ended its process with status {status}")


@asynccontextmanager
async def child(plan: Plan, limits: Limits, *, stays: bool) -> AsyncIterator[Child]:
    """A process that waits for code, shut in; dead with all that belongs to it when the block ends.

    Raises:
        EngineError: it could not be shut in.
    """
    sweep()
    with own_folder() if plan != "namespaces" else nullcontext() as folder, _pair(plan) as (ours, theirs):
        began = await _begun(plan, limits, stays, folder, theirs)
        if theirs is not None:
            theirs.close()
        try:
            await _ready(began, ours, folder)
            yield began
        finally:
            began.kill()
            await asyncio.shield(began.gone())
            began.exchange.close()


@contextmanager
def _pair(plan: Plan) -> Iterator[tuple[socket.socket | None, socket.socket | None]]:
    """Two sockets by which the folder of a world of its own is handed over."""
    if plan != "namespaces":
        yield None, None
        return
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


async def _begun(plan: Plan, limits: Limits, stays: bool, folder: Path | None, theirs: socket.socket | None) -> Child:
    box, scratch = ("/box", "/tmp") if folder is None else (str(folder / "box"), str(folder / "tmp"))
    if folder is not None:
        Path(box).mkdir()
        Path(scratch).mkdir()
    control = -1 if theirs is None else theirs.fileno()
    floor = Path(__file__).parent.parent
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-I", "-S", "-X", "utf8", "-c", _BEGIN.format(folder=str(floor))),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        env=environment(box, scratch),
        cwd=folder or os.sep,
        start_new_session=True,
        pass_fds=() if theirs is None else (control,),
    )
    began = Child(process, plan, limits, folder)
    told = config(plan, limits, stays=stays, folder=box, scratch=scratch, control=control)
    data = marshal.dumps(told)
    assert process.stdin is not None
    process.stdin.write(len(data).to_bytes(4, "little") + data)
    return began


async def _ready(began: Child, ours: socket.socket | None, folder: Path | None) -> None:
    """Wait until no code can do harm any more."""
    try:
        async with asyncio.timeout(STARTS_S):
            answer = await began.answer()
    except TimeoutError:
        raise EngineError(f"the code interpreter did not begin within {STARTS_S:g} seconds") from None
    except Ended as error:
        raise EngineError(f"the code interpreter could not begin: {error.why}") from None
    if type(answer.get("ready")) is not int:
        raise NotHeld(f"the code interpreter could not be shut in: {answer.get('refused', answer)}")
    began.pid = answer["ready"]
    if ours is not None:
        began.exchange.descriptor = _received(ours)
    elif folder is not None and hasattr(os, "fork"):
        began.exchange.descriptor = os.open(folder / "box", os.O_RDONLY | os.O_DIRECTORY)
        began.exchange.around = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)


def _received(ours: socket.socket) -> int:
    ours.setblocking(False)
    _, descriptors, _, _ = socket.recv_fds(ours, 16, 1)
    if not descriptors:
        raise EngineError("the code interpreter gave no folder")
    return descriptors[0]


def new_mark() -> str:
    """What ends the output of one piece of code."""
    return f"\0{token_hex(12)}\0"
