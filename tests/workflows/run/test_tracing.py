"""Runs on their way to a real OTLP/HTTP receiver: what arrives, and what a collector that is down or slow costs."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from antiphon import Agent, Workflow, run
from antiphon.agents.events import Event, RunFinished, RunPaused, RunStarted, Warned
from antiphon.agents.models.chat import Reply, Usage
from antiphon.agents.models.scripted import Scripted
from antiphon.agents.roles.types import App, Storage
from antiphon.tools.base.errors import EndpointBrokeOff, InputError, MissingExtra
from antiphon.workflows.compile.step import Question
from antiphon.workflows.run.resuming import resume
from antiphon.workflows.run.tracing import FLUSH_S, traced

HELPER = Agent("helper", "Be short.")
SAID = "The sky scatters light."


class Receiver:
    """A collector on loopback: keeps what is posted, and answers with `status` after `wait_s`."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.status, self.wait_s = 200, 0.0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(receiver.wait_s)
                receiver.bodies.append(body)
                receiver.paths.append(self.path)
                receiver.headers.append({name.lower(): value for name, value in self.headers.items()})
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def spans(self) -> dict[str, Span]:
        """By name."""
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        scopes = [scope for one in requests for resource in one.resource_spans for scope in resource.scope_spans]
        return {span.name: span for scope in scopes for span in scope.spans}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def app_telling(address: str, **more: Any) -> App:
    models = {"chat": {"engine": "embedded", "model": "none"}}
    telemetry = {"otlp": address, **more}
    return App.model_validate({"schema": "app/v1", "models": models, "telemetry": telemetry})


def scripted(text: str = SAID) -> dict[str, Any]:
    return {"chat": Scripted([Reply(text, usage=Usage(prompt=30, completion=5, cached=10))])}


def attributes(span: Span) -> dict[str, Any]:
    return {one.key: getattr(one.value, str(one.value.WhichOneof("value"))) for one in span.attributes}


def problems(events: tuple[Event, ...]) -> list[str]:
    return [event.problem for event in events if isinstance(event, Warned)]


async def test_a_run_arrives_as_one_trace(receiver: Receiver) -> None:
    result = await run(HELPER, "Why?", app=app_telling(receiver.address), engines=scripted())
    spans = receiver.spans
    assert set(spans) == {"invoke_workflow agent", "invoke_agent answer", "speak show", "chat"}
    assert {span.trace_id for span in spans.values()} == {spans["chat"].trace_id}
    assert spans["chat"].parent_span_id == spans["invoke_agent answer"].span_id
    assert spans["invoke_agent answer"].parent_span_id == spans["invoke_workflow agent"].span_id
    assert spans["invoke_workflow agent"].parent_span_id == b""
    assert spans["chat"].kind == Span.SPAN_KIND_CLIENT
    assert attributes(spans["chat"])["gen_ai.usage.input_tokens"] == 30
    assert problems(result.events) == []
    assert set(receiver.paths) == {"/v1/traces"}


async def test_the_times_are_those_of_the_clock(receiver: Receiver) -> None:
    before = time.time_ns()
    await run(HELPER, "Why?", app=app_telling(receiver.address), engines=scripted())
    whole = receiver.spans["invoke_workflow agent"]
    slack = 5_000_000  # the wall clock may be set while it runs
    assert before - slack <= whole.start_time_unix_nano < whole.end_time_unix_nano <= time.time_ns() + slack


async def test_no_word_leaves_this_machine(receiver: Receiver) -> None:
    await run(HELPER, "Why is it blue?", app=app_telling(receiver.address), engines=scripted())
    sent = b"".join(receiver.bodies)
    assert sent
    assert [word for word in (b"sky", b"scatters", b"blue", b"Be short") if word in sent] == []


async def test_words_leave_it_where_app_yaml_says_so(receiver: Receiver) -> None:
    await run(HELPER, "Why?", app=app_telling(receiver.address, content=True), engines=scripted())
    assert SAID in attributes(receiver.spans["chat"])["gen_ai.output.messages"]


async def test_the_service_and_its_headers_are_those_of_app_yaml(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTLP_KEY", "abc")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-other=for-another-collector")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "x.other=for-another-collector")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "other")
    app = app_telling(receiver.address, service="tutor", headers_env={"Authorization": "OTLP_KEY"})
    await run(HELPER, "Why?", app=app, engines=scripted())
    assert receiver.headers[0]["authorization"] == "Bearer abc"
    assert "x-other" not in receiver.headers[0]
    resource = ExportTraceServiceRequest.FromString(receiver.bodies[0]).resource_spans[0].resource
    assert {one.key: one.value.string_value for one in resource.attributes}["service.name"] == "tutor"
    assert b"other" not in b"".join(receiver.bodies)


async def test_a_run_that_fails_has_its_error_in_the_trace(receiver: Receiver) -> None:
    engines = {"chat": Scripted([EndpointBrokeOff("gone")])}
    with pytest.raises(EndpointBrokeOff):
        await run(HELPER, "Why?", app=app_telling(receiver.address), engines=engines)
    spans = receiver.spans
    failed = {name: one for name, one in spans.items() if one.status.code == Status.STATUS_CODE_ERROR}
    errors = {name: attributes(one)["error.type"] for name, one in failed.items()}
    assert errors == {"invoke_agent answer": "model", "invoke_workflow agent": "EndpointBrokeOff"}


async def test_a_run_that_is_cancelled_says_so(receiver: Receiver) -> None:
    slow = {"chat": Scripted(["word " * 1000], delay_s=0.01)}
    work = asyncio.ensure_future(run(HELPER, "Why?", app=app_telling(receiver.address), engines=slow)._result())
    await asyncio.sleep(0.6)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    whole = receiver.spans["invoke_workflow agent"]
    assert (attributes(whole)["antiphon.outcome"], whole.status.code) == ("cancelled", Status.STATUS_CODE_UNSET)


async def test_passes_and_tries_arrive(receiver: Receiver, tmp_path: Path) -> None:
    (tmp_path / "workflow.yaml").write_text(
        """\
schema: workflow/v1
name: each
state: {names: {type: list, items: {type: string}}}
output: {names: "${state.names}"}
start: all
nodes:
  all:
    kind: map
    over: "${['a', 'b']}"
    as: item
    into: names
    next: end
    do: {kind: llm, prompt: {user: "{{ item }}"}, retry: {times: 1, wait: 10ms}}
"""
    )
    chat = Scripted([EndpointBrokeOff("gone"), "A.", "B."])
    await run(Workflow.load(tmp_path), app=app_telling(receiver.address), engines={"chat": chat})
    spans = receiver.spans
    inner = next(one for name, one in spans.items() if name.startswith("llm all"))
    assert inner.parent_span_id == spans["map all"].span_id


@pytest.mark.parametrize("status", [400, 503])
async def test_a_collector_that_refuses_is_told_once_and_fails_nothing(receiver: Receiver, status: int) -> None:
    receiver.status = status
    result = await run(HELPER, "Why?", app=app_telling(receiver.address), engines=scripted())
    assert result.answer == SAID
    assert problems(result.events) == [
        f"spans of this run are lost, {receiver.address}/v1/traces does not take them: it answered with status {status}"
    ]


async def test_a_collector_that_is_down_costs_nothing(receiver: Receiver) -> None:
    receiver.server.shutdown()
    receiver.server.server_close()
    began = time.monotonic()
    async with traced(app_telling(receiver.address), lambda _: None) as tell:
        opened = time.monotonic()
        assert tell is not None
        tell(RunStarted(workflow="w"))
        tell(RunFinished(output={}))
    assert time.monotonic() - opened < 0.5
    assert opened - began < 2.0  # the first of all imports OpenTelemetry


async def test_a_collector_that_is_slow_holds_up_the_end_for_two_seconds_at_most(receiver: Receiver) -> None:
    receiver.wait_s = 3.5
    told: list[Event] = []
    async with traced(app_telling(receiver.address), told.append) as tell:
        assert tell is not None
        tell(RunStarted(workflow="w"))
        tell(RunFinished(output={}))
        ended = time.monotonic()
    assert FLUSH_S - 0.1 <= time.monotonic() - ended < FLUSH_S + 0.4
    assert problems(tuple(told)) == [
        f"spans of this run are lost, {receiver.address}/v1/traces does not take them: it has not answered within 2 s"
    ]


async def test_other_runs_go_on_while_one_waits_for_its_collector(receiver: Receiver) -> None:
    receiver.wait_s = 0.3
    longest, last = 0.0, time.monotonic()
    work = asyncio.ensure_future(run(HELPER, "Why?", app=app_telling(receiver.address), engines=scripted())._result())
    await asyncio.sleep(0.2)  # what is imported at first holds up everybody
    last = time.monotonic()
    while not work.done():
        await asyncio.sleep(0.01)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    assert work.result().answer == SAID
    assert longest < 0.25


async def test_without_a_collector_in_app_yaml_the_environment_switches_nothing_on(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.address)
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "otlp")
    app = App.model_validate({"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": "none"}}})
    await run(HELPER, "Why?", app=app, engines=scripted())
    assert receiver.bodies == []


def test_nothing_that_exports_is_imported_without_a_collector() -> None:
    """LangGraph's own dependencies import parts of the SDK where it is installed; none of them sends spans."""
    code = """
import sys
from antiphon import Agent, run
from antiphon.agents.models.scripted import Scripted
from antiphon.agents.roles.types import App, Storage
app = App.model_validate({"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": "none"}}})
run(Agent("a", "b"), "c", app=app, engines={"chat": Scripted(["d."])}).result()
print({"opentelemetry.exporter", "opentelemetry.proto", "antiphon.workflows.run.collector"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


async def test_what_is_missing_names_its_extra(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace.export", None)
    monkeypatch.delitem(sys.modules, "antiphon.workflows.run.collector", raising=False)
    with pytest.raises(MissingExtra, match=r"opentelemetry.*pip install 'antiphon\[otel\]'"):
        await run(HELPER, "Why?", app=app_telling(receiver.address), engines=scripted())


async def test_a_key_that_is_not_set_is_told_before_the_run(receiver: Receiver) -> None:
    app = app_telling(receiver.address, headers_env={"x-key": "NO_SUCH_KEY"})
    with pytest.raises(InputError, match=r"telemetry: the environment variable NO_SUCH_KEY.*is not set"):
        await run(HELPER, "Why?", app=app, engines=scripted())


async def test_a_run_that_waits_and_is_resumed_is_one_trace(receiver: Receiver, tmp_path: Path) -> None:
    (tmp_path / "workflow.yaml").write_text(
        """\
schema: workflow/v1
name: agreed
state: {agreed: {type: boolean, default: false}}
output: {agreed: "${state.agreed}"}
start: agree
nodes:
  agree:
    kind: ask
    show: Shall it be?
    form: {agreed: {type: boolean}}
    into: {agreed: "${result.agreed}"}
    next: end
"""
    )
    app = app_telling(receiver.address).model_copy(update={"storage": Storage(folder=str(tmp_path / "data"))})
    waiting = await run(Workflow.load(tmp_path), app=app, durable=True)
    first = receiver.spans["invoke_workflow agreed"]
    receiver.bodies.clear()

    async def yes(question: Question) -> dict[str, Any]:
        return {"agreed": True}

    paused = next(event for event in waiting.events if isinstance(event, RunPaused))
    result = await resume(paused.run, app=app, answer=yes)
    second = receiver.spans["invoke_workflow agreed"]
    assert result.output == {"agreed": True}
    assert (first.trace_id == second.trace_id, first.span_id == second.span_id) == (True, False)
    told = [attributes(one) for one in (first, second)]
    assert [(one["antiphon.outcome"], one["antiphon.resumed"]) for one in told] == [
        ("waiting", False),
        ("finished", True),
    ]
