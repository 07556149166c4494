"""Spans for a collector, over OTLP/HTTP: queued, sent in batches by a thread, and never waited for by a run.

The SDK's own HTTP exporter is not used: it adds headers and certificates that the environment names for other
collectors, and retries for seconds where nobody listens.
"""

import logging
import threading
import time
from collections.abc import Sequence
from importlib.metadata import version
from urllib.parse import urlsplit

import httpx2
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from ...agents.roles.telemetry import Telemetry
from ...tools.web.addresses import is_inside
from .spans import Span

QUEUE = 2048
"""Spans that wait; of more the oldest are lost."""
BATCH = 512
EVERY_MS = 1000
ANSWER_S = 5.0
"""Silence allowed to the collector."""


class Collector(SpanExporter):
    """One address, for every run of this process.

    Attributes:
        problem: What went wrong last, "" while nothing has.
        failed_at: When, by time.monotonic(); 0 where the last batch was taken.
    """

    def __init__(self, address: str, service: str, headers: tuple[tuple[str, str], ...]) -> None:
        self.address = address
        self.problem, self.failed_at = "", 0.0
        self._resource = Resource({"service.name": service, "service.version": version("antiphon")})
        self._scope = InstrumentationScope("antiphon", version("antiphon"))
        self._client = httpx2.Client(
            headers={**dict(headers), "Content-Type": "application/x-protobuf"},
            timeout=ANSWER_S,
            trust_env=not is_inside(urlsplit(address).hostname or ""),
            limits=httpx2.Limits(max_keepalive_connections=0),  # nothing stays open that nobody closes
        )
        self._batches = BatchSpanProcessor(
            self, QUEUE, EVERY_MS, BATCH, ANSWER_S * 1000, meter_provider=NoOpMeterProvider()
        )

    def take(self, span: Span, began: float) -> None:
        """Queue a span; returns at once.

        Args:
            began: When its run did, in seconds since 1970.
        """
        self._batches.on_end(self._readable(span, began))

    def flush(self) -> None:
        """Send what is queued, and wait for the collector's answer."""
        self._batches.force_flush()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send one batch, as the SDK's thread asks for it."""
        try:
            answer = self._client.post(self.address, content=encode_spans(spans).SerializeToString())
            problem = "" if answer.is_success else f"it answered with status {answer.status_code}"
        except httpx2.HTTPError as error:
            problem = str(error) or type(error).__name__
        if problem:
            self.problem = problem
        self.failed_at = time.monotonic() if problem else 0.0
        return SpanExportResult.FAILURE if problem else SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Nothing is open between two batches."""

    def force_flush(self, timeout_millis: int = 0) -> bool:
        """Nothing is kept back here."""
        return True

    def _readable(self, span: Span, began: float) -> ReadableSpan:
        def at(seconds: float) -> int:
            return int((began + seconds) * 1e9)

        return ReadableSpan(
            name=span.name,
            context=_context(span.trace, span.id),
            parent=_context(span.trace, span.parent) if span.parent else None,
            resource=self._resource,
            attributes=dict(span.attributes),
            events=[Event(name, dict(more), at(when)) for when, name, more in span.events],
            kind=SpanKind.CLIENT if span.asks else SpanKind.INTERNAL,
            status=Status(StatusCode.ERROR, span.problem or None) if span.error else Status(),
            start_time=at(span.began),
            end_time=at(span.began if span.ended is None else span.ended),
            instrumentation_scope=self._scope,
        )


def _context(trace: int, span: int) -> SpanContext:
    return SpanContext(trace, span, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))


_open: dict[tuple[str, str, tuple[tuple[str, str], ...]], Collector] = {}
_opening = threading.Lock()


def collector_of(telemetry: Telemetry) -> Collector:
    """The collector that app.yaml names: one for a process, as the SDK keeps what it makes until the process ends.

    Raises:
        InputError: an environment variable that holds a key is not set.
    """
    key = (telemetry.address, telemetry.service, tuple(sorted(telemetry.headers().items())))
    with _opening:
        if key not in _open:
            # the SDK complains through logging, which without a handler ends on people's screens
            logging.getLogger("opentelemetry").addHandler(logging.NullHandler())
            _open[key] = Collector(*key)
        return _open[key]
