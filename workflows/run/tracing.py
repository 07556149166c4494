"""Runs are told to an OpenTelemetry collector, where app.yaml names one; elsewhere nothing of it is imported.

A collector that is down or slow costs a run nothing but, at its end, at most FLUSH_S.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...agents.events import Event, Warned
from ...agents.roles.telemetry import Telemetry
from ...agents.roles.types import App
from ...tools.base.engines import Engine, load
from .spans import Span, Spans

if TYPE_CHECKING:
    from .collector import Collector

FLUSH_S = 2.0
"""How long the end of a run waits for the collector."""
EXPORTERS = {"otlp": Engine("workflows.run.collector:collector_of", extra="otel")}
PROVIDERS = {"embedded": "llama.cpp", "openai": "openai"}


@asynccontextmanager
async def traced(app: App, emit: Callable[[Event], None]) -> AsyncIterator[Callable[[Event], None] | None]:
    """Tell a run: what is yielded takes each of its events, with its time; None where nobody is to be told.

    Args:
        emit: Told, once, that the collector does not take the spans.
    Raises:
        MissingExtra: app.yaml names a collector, and OpenTelemetry is not installed.
        InputError: an environment variable that holds a key is not set.
    """
    if app.telemetry is None:
        yield None
        return
    collector = await asyncio.to_thread(_collector, app.telemetry)
    trace = _Trace(collector, emit, app.telemetry.content, _providers(app))
    outcome, error = "finished", ""
    try:
        yield trace.tell
    except asyncio.CancelledError:
        outcome = "cancelled"
        raise
    except BaseException as raised:
        outcome, error = "failed", type(raised).__name__
        raise
    finally:
        await trace.ended(outcome, error)


@dataclass(slots=True)
class _Trace:
    """One run on its way to the collector."""

    collector: "Collector"
    emit: Callable[[Event], None]
    content: bool
    providers: dict[str, str]
    spans: Spans = field(init=False)
    opened: float = field(default_factory=time.monotonic)
    began: float | None = None
    from_s: float = 0.0
    warned: bool = False

    def __post_init__(self) -> None:
        self.spans = Spans(self._done, content=self.content, providers=self.providers)

    def tell(self, event: Event) -> None:
        if self.began is None:
            self.began = time.time() - event.at_s
            self.from_s = time.monotonic() - event.at_s
        self.spans.tell(event)
        if self.collector.failed_at > self.opened:
            self._warn(self.collector.problem)

    async def ended(self, outcome: str, error: str) -> None:
        """Take leave of the run; wait for the collector, unless it did not answer a moment ago."""
        if self.began is None:
            return
        self.spans.close(outcome, error, time.monotonic() - self.from_s)
        if not self.warned:
            await self._handed_over()

    async def _handed_over(self) -> None:
        loop, done = asyncio.get_running_loop(), asyncio.Event()

        def flush() -> None:
            self.collector.flush()
            with suppress(RuntimeError):  # nobody waits any more, and the loop is closed
                loop.call_soon_threadsafe(done.set)

        threading.Thread(target=flush, name="antiphon-traces", daemon=True).start()
        try:
            async with asyncio.timeout(FLUSH_S):
                await done.wait()
        except TimeoutError:
            self._warn(f"it has not answered within {FLUSH_S:g} s")
        else:
            if self.collector.failed_at > self.opened:
                self._warn(self.collector.problem)

    def _done(self, span: Span) -> None:
        assert self.began is not None
        self.collector.take(span, self.began)

    def _warn(self, problem: str) -> None:
        if self.warned:
            return
        self.warned = True
        self.emit(Warned(problem=f"spans of this run are lost, {self.collector.address} does not take them: {problem}"))


def _providers(app: App) -> dict[str, str]:
    """What serves the models of app.yaml, by their names, as far as the conventions have a word for it."""
    roles = (app.models.chat, app.models.fast, app.models.guard)
    return {role.model: PROVIDERS[role.engine] for role in roles if role is not None}


def _collector(telemetry: Telemetry) -> "Collector":
    collector: Collector = load("exporter of traces", "otlp", EXPORTERS)(telemetry)
    return collector
