"""pyttsx3's voice, from the child process it speaks in."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Self

from ...tools.base.errors import EngineError
from ..roles.types import LocalVoice
from ..sound import Sound

CHILD = (sys.executable, "-m", f"{__package__}.pyttsx3_child")
LIMIT_S = 10.0
"""For the child to start, and for an utterance of no length; 135 s of speech take it 0.4 s."""
_LIMIT_S_PER_CHARACTER = 0.02


class Pyttsx3Voice:
    """Speaks every language eSpeak NG has a voice for, one utterance at a time.

    The child starts with the first words. One that hangs or dies is replaced, and the words are tried once
    more. Close it, or use it in `async with`.

    Args:
        child: The command of the child process.
        limit_s: How long the child may be silent.
    """

    def __init__(
        self, role: LocalVoice | None = None, *, child: Sequence[str] = CHILD, limit_s: float = LIMIT_S
    ) -> None:
        self._speed = (role or LocalVoice()).speed
        self._command, self._limit_s = child, limit_s
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None

    async def say(self, text: str, *, language: str) -> AsyncGenerator[Sound, None]:
        """Speak; see `Voice.say`.

        Raises:
            EngineError: no voice for that language, or the child failed twice.
        """
        async with self._turn:
            if not text.strip():  # the engine cannot; but now it is ready
                await self._ask(None)
                return
            with tempfile.TemporaryDirectory(prefix="antiphon-") as folder:
                path = Path(folder) / "speech.wav"
                await self._ask({"text": text, "language": language, "path": str(path), "speed": self._speed})
                sound = await asyncio.to_thread(_read, path)
        if len(sound.samples):
            yield sound

    async def _ask(self, request: dict[str, object] | None) -> None:
        limit_s = self._limit_s + (_LIMIT_S_PER_CHARACTER * len(str(request["text"])) if request else 0)
        try:
            answer = await self._exchange(request, limit_s)
        except _Dead:
            try:
                answer = await self._exchange(request, limit_s)
            except _Dead as error:
                raise EngineError(
                    f"the voice 'pyttsx3' failed: {error}",
                    hint="Install it with: pip install 'antiphon[voice]'",
                ) from error
        if "error" in answer:
            raise EngineError(f"the voice 'pyttsx3' failed: {answer['error']}")

    async def _exchange(self, request: dict[str, object] | None, limit_s: float) -> dict[str, str]:
        """One request and its answer; a child that does not answer properly does not live on."""
        try:
            async with asyncio.timeout(limit_s):
                process = self._process or await self._start()
                return await _send(process, request | {"limit_s": limit_s + 5}) if request else {}
        except TimeoutError as error:
            await self.aclose()
            raise _Dead(f"it did not answer within {limit_s:.0f} s") from error
        except BaseException:
            await self.aclose()
            raise

    async def _start(self) -> asyncio.subprocess.Process:
        pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        self._process = await asyncio.create_subprocess_exec(*self._command, stdin=pipe, stdout=pipe, stderr=nowhere)
        ready = await _answer(self._process)
        if "error" in ready:
            raise _Dead(ready["error"])
        return self._process

    async def aclose(self) -> None:
        """End the child; the voice can be used again, with a new one."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        assert process.stdin is not None
        process.stdin.close()
        await process.communicate()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


class _Dead(Exception):
    """The child did not answer, or not in a way we know."""


async def _send(process: asyncio.subprocess.Process, request: dict[str, object]) -> dict[str, str]:
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(request).encode() + b"\n")
        await process.stdin.drain()
    except (BrokenPipeError, ConnectionResetError) as error:
        raise _Dead("its process has ended") from error
    return await _answer(process)


async def _answer(process: asyncio.subprocess.Process) -> dict[str, str]:
    assert process.stdout is not None
    line = await process.stdout.readline()
    if not line:
        raise _Dead("its process has ended")
    try:
        answer: dict[str, str] = json.loads(line)
    except ValueError as error:
        raise _Dead(f"its process said {line[:80]!r}") from error
    return answer


def _read(path: Path) -> Sound:
    """The WAV file (16 bit, mono) the child has written."""
    import wave

    import numpy as np

    try:
        with wave.open(str(path), "rb") as file:
            frames = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
            return Sound(frames.astype(np.float32) / np.float32(32768), file.getframerate())
    except (OSError, EOFError, wave.Error) as error:
        raise EngineError(f"the voice 'pyttsx3' left no sound: {error}", hint="Is the disk full?") from error
