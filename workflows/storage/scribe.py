"""What the events of a run tell, written down in the timeline: each entry a child of the one before."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from ...agents.events import (
    Asked,
    Called,
    Cited,
    Event,
    Heard,
    Returned,
    RunFinished,
    RunPaused,
    RunStopped,
    Said,
    StepFinished,
    StepStarted,
)
from ...agents.timeline.timeline import Timeline
from ...agents.timeline.types import Entry, Kind, Part
from ...tools.base.errors import InputError, StorageError
from ...tools.base.finishing import to_its_end
from .types import RunRow

PERSON, ASSISTANT = "person", "assistant"
TOGETHER_S = 0.05
"""What happens within so long is written in one transaction; a process that is killed may lose so much of what was said
without a question or a call that counts."""


class Scribe:
    """Writes while the run goes on, and is done with everything at the end of its block.

    Attributes:
        tail: The last entry of the run, or what its conversation had come to before.
        has_answered: Whether something was said to a person.
        learn: Told of every entry that was written.
    """

    def __init__(self, timeline: Timeline, row: RunRow) -> None:
        self._timeline, self._row = timeline, row
        self.tail = row.tail_entry or row.head_entry
        self.has_answered = False
        self.learn: Callable[[Entry], None] = lambda entry: None
        self._waiting: list[Entry] = []
        self._said: list[str] = []
        self._sources: tuple[dict[str, str], ...] = ()
        self._speaking: set[str] = set()
        self._writing = asyncio.Lock()
        self._there_is = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._write_on())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        (ended,) = await asyncio.gather(self._task, return_exceptions=True)
        self.end_of_answer()
        await to_its_end(self.flush())
        if isinstance(ended, Exception):
            raise ended

    async def add(self, kind: Kind, who: str, *parts: Part, **more: Any) -> str:
        """Write an entry now, after all that waits; its id."""
        id = self.add_soon(kind, who, *parts, **more)
        await self.flush()
        return id

    def add_soon(self, kind: Kind, who: str, *parts: Part, **more: Any) -> str:
        """Have an entry written with the next ones; its id."""
        self._note(kind, who, parts, **more)
        return self._waiting[-1].id

    def watch(self, event: Event) -> None:
        """Write down what an event tells that belongs in the timeline."""
        match event:
            case Heard(text=text, typed=False) if text:
                began = time.time() - event.sound_s
                more = {"confidence": event.confidence, "language": event.language, "began": began, "heard": True}
                self._note("utterance", PERSON, (Part("text", text),), ended=time.time(), **more)
            case Said(text=text):
                self._said.append(text)
            case Cited(sources=sources):
                self._sources = sources
            case Called(key="") | Returned(key=""):
                data = event.arguments if isinstance(event, Called) else event.value
                kind: Kind = "call" if isinstance(event, Called) else "result"
                self._note(kind, event.tool, (Part("data", data=data),))
            case Asked(key=""):
                self._note("question", event.step, (Part("text", event.text),), heard=True)
            case StepStarted(kind="speak", step=step):
                self._speaking.add(step)
            case StepFinished(step=step) if step in self._speaking:
                self._speaking.discard(step)
                self.end_of_answer()
            case RunFinished() | RunPaused() | RunStopped():
                self.end_of_answer()
            case _:
                pass

    async def flush_words(self) -> None:
        """Write what waits, where it holds words that a state may hold, too."""
        if any(part.kind == "text" for entry in self._waiting for part in entry.parts):
            await self.flush()

    async def flush(self) -> None:
        """Write everything that waits, in its order.

        Raises:
            StorageError: it cannot be written, and waits on.
        """
        async with self._writing:
            if self._waiting:
                chained, tail = [], self.tail
                for entry in self._waiting:
                    chained.append(replace(entry, parent=tail))
                    tail = entry.id
                await self._timeline.append(*chained)
                self.tail = tail
                del self._waiting[: len(chained)]
                for entry in chained:
                    self.learn(entry)

    def _note(self, kind: Kind, who: str, parts: tuple[Part, ...], **more: Any) -> None:
        if kind in ("utterance", "question"):
            self.end_of_answer()
        _checked(who, parts)
        self._waiting.append(Entry(thread=self._row.thread, run=self._row.id, who=who, kind=kind, parts=parts, **more))
        self._there_is.set()

    def end_of_answer(self) -> None:
        """Sentences that were said one after the other are one answer."""
        if not self._said:
            return
        self.has_answered = True
        text, self._said = "".join(self._said), []
        sources = (Part("data", data={"sources": list(self._sources)}),) if self._sources else ()
        self._sources = ()
        self._note("answer", ASSISTANT, (Part("text", text), *sources), heard=True)

    async def _write_on(self) -> None:
        while True:
            await self._there_is.wait()
            await asyncio.sleep(TOGETHER_S)
            self._there_is.clear()
            try:
                await self.flush()
            except StorageError:
                continue  # it waits on, and whoever writes next tries again and is told


def _checked(who: str, parts: tuple[Part, ...]) -> None:
    """Before it waits: what can never be written would let nothing else be written."""
    try:
        json.dumps([part.data for part in parts], allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"an entry of {who!r} holds what JSON cannot: {error}") from error
