"""Spans from events alone: what is in what, how long, what failed, and that words stay here."""

import ast
import inspect
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes

from antiphon.agents.events import (
    Answered,
    Asked,
    Called,
    Cited,
    Decided,
    Dropped,
    Emitted,
    Event,
    Extracted,
    Finished,
    Guarded,
    Heard,
    Noted,
    Recalled,
    Recovered,
    Retrieved,
    Returned,
    Rewrote,
    RunFinished,
    RunPaused,
    RunStarted,
    RunStopped,
    Said,
    StepFailed,
    StepFinished,
    StepStarted,
    Warned,
    Wrote,
)
from antiphon.workflows.run import spans as module
from antiphon.workflows.run.spans import Span, Spans, names_around

BEGIN = RunStarted(workflow="shop", run="fq3k-7mzt", thread="mei")
END = RunFinished(at_s=9, output={})


def spans_of(*events: Event, content: bool = False, providers: dict[str, str] | None = None) -> dict[str, Span]:
    """The spans of a run of these events, by name; those of one name one after the other: "llm a", "llm a'"."""
    found: dict[str, Span] = {}

    def done(span: Span) -> None:
        name = span.name
        while name in found:
            name += "'"
        found[name] = span

    spans = Spans(done, content=content, providers=providers)
    for event in (BEGIN, *events):
        spans.tell(event)
    return found


def start(step: str, at_s: float = 1, kind: str = "set") -> StepStarted:
    return StepStarted(at_s=at_s, step=step, kind=kind)


def end(step: str, at_s: float = 2, seconds: float = 1) -> StepFinished:
    return StepFinished(at_s=at_s, step=step, seconds=seconds)


def test_a_run_is_a_workflow_that_is_invoked() -> None:
    told = spans_of(END)["invoke_workflow shop"]
    assert (told.parent, told.began, told.ended, told.error) == (0, 0, 9, "")
    assert told.attributes == {
        "gen_ai.operation.name": "invoke_workflow",
        "gen_ai.workflow.name": "shop",
        "gen_ai.conversation.id": "mei",
        "antiphon.run": "fq3k-7mzt",
        "antiphon.resumed": False,
        "antiphon.outcome": "finished",
    }


def test_a_step_is_in_the_run() -> None:
    told = spans_of(start("a"), end("a", seconds=0.5), END)
    assert told["set a"].parent == told["invoke_workflow shop"].id
    assert (told["set a"].began, told["set a"].ended, told["set a"].attributes["antiphon.work_s"]) == (1, 2, 0.5)


@pytest.mark.parametrize(
    ("step", "around"),
    [
        ("orders.pay", "orders"),
        ("orders.pay#3", "orders"),
        ("orders.lines.check#3#1", "orders.lines#3"),
        ("outer.inner", "outer"),
        ("orders.bill#3.total", "orders.bill#3"),
        ("orders.bill#3.rows.add#0", "orders.bill#3.rows"),
    ],
)
def test_a_step_is_in_the_block_the_pass_and_the_flow_that_its_name_says(step: str, around: str) -> None:
    told = spans_of(start(around, kind="map"), start(step), end(step), end(around), END)
    inner, outer = (
        next(one for one in told.values() if one.attributes.get("antiphon.step") == name) for name in (step, around)
    )
    assert inner.parent == outer.id


def test_passes_do_not_make_new_names() -> None:
    told = spans_of(start("m.a#0"), start("m.a#1"), end("m.a#0"), end("m.a#1"), END)
    assert {"set m.a", "set m.a'"} <= set(told)


def test_a_step_whose_block_began_before_a_crash_is_in_the_run() -> None:
    told = spans_of(start("orders.pay#3"), end("orders.pay#3"), END)
    assert told["set orders.pay"].parent == told["invoke_workflow shop"].id


def test_the_nearest_names_come_first() -> None:
    assert list(names_around("a.b#1.c.d#2")) == ["a.b#1.c#2", "a.b#1.c", "a.b#1", "a.b", "a#1", "a"]


def test_a_model_call_has_its_tokens_and_its_time() -> None:
    told = spans_of(
        start("write", kind="llm"),
        Wrote(at_s=1.25, step="write", text="It "),
        Wrote(at_s=1.5, step="write", text="is."),
        Finished(at_s=1.75, step="write", prompt_tokens=30, cached_tokens=20, completion_tokens=2, model="m"),
        end("write"),
        END,
        providers={"m": "llama.cpp"},
    )
    chat = told["chat m"]
    assert (chat.parent, chat.began, chat.ended, chat.asks) == (told["llm write"].id, 1, 1.75, True)
    assert chat.attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.output.type": "text",
        "gen_ai.request.model": "m",
        "gen_ai.provider.name": "llama.cpp",
        "gen_ai.usage.input_tokens": 30,
        "gen_ai.usage.cache_read.input_tokens": 20,
        "gen_ai.usage.output_tokens": 2,
        "gen_ai.request.stream": True,
        "gen_ai.response.time_to_first_chunk": 0.25,
    }


def test_a_second_model_call_of_a_step_begins_when_the_first_has_ended() -> None:
    tokens: dict[str, Any] = {"prompt_tokens": 1, "cached_tokens": 0, "completion_tokens": 1}
    told = spans_of(start("a"), Finished(at_s=2, step="a", **tokens), Finished(at_s=3, step="a", **tokens), END)
    assert (told["chat"].ended, told["chat'"].began, told["chat'"].ended) == (2, 2, 3)


def test_a_model_that_broke_off_ends_with_the_error() -> None:
    told = spans_of(
        start("a"), Wrote(at_s=2, step="a", text="It"), StepFailed(at_s=3, step="a", problem="", kind="model")
    )
    assert (told["chat"].ended, told["chat"].error) == (3, "model")


def test_a_tool_is_a_span_within_its_step() -> None:
    key = "orders@1#3/pay@1:0"
    told = spans_of(
        start("pay"),
        Called(at_s=1.25, step="pay", tool="charge", arguments={"cents": 5}, key=key),
        Returned(at_s=1.5, step="pay", tool="charge", value="ok", key=key, again=True),
        end("pay"),
        END,
    )
    tool = told["execute_tool charge"]
    assert (tool.parent, tool.began, tool.ended) == (told["set pay"].id, 1.25, 1.5)
    assert tool.attributes == {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "charge",
        "gen_ai.tool.call.id": key,
        "antiphon.again": True,
    }


def test_a_tool_that_failed_ends_with_its_step() -> None:
    told = spans_of(
        start("a"),
        Called(at_s=1, step="a", tool="t", arguments={}),
        StepFailed(at_s=2, step="a", problem="no", kind="tool"),
        RunStopped(at_s=3, run="r", outcome="failed", problem="no"),
    )
    ended = {name: (one.ended, one.error, one.attributes["error.type"]) for name, one in told.items()}
    assert ended == {
        "execute_tool t": (2, "tool", "tool"),
        "set a": (2, "tool", "tool"),
        "invoke_workflow shop": (3, "tool", "tool"),
    }


def test_tries_are_events_of_one_span() -> None:
    failed = StepFailed(at_s=2, step="a", problem="slow", kind="timeout")
    told = spans_of(start("a"), failed, start("a", 3), end("a", 4), END)
    assert (told["set a"].began, told["set a"].ended, told["set a"].error) == (1, 4, "")
    assert told["set a"].events == [
        (2, "exception", {"exception.type": "timeout"}),
        (3, "retry", {"antiphon.try": 2}),
    ]


def test_what_a_block_recovered_from_is_the_error_of_its_step_and_not_of_the_run() -> None:
    told = spans_of(
        start("loop", kind="loop"),
        start("loop.a"),
        StepFailed(at_s=2, step="loop.a", problem="no", kind="model"),
        Recovered(at_s=3, step="loop", kind="model", problem="no"),
        END,
    )
    assert {name: (one.ended, one.error) for name, one in told.items()} == {
        "set loop.a": (2, "model"),
        "loop loop": (3, "model"),
        "invoke_workflow shop": (9, ""),
    }


def test_what_followed_a_failed_node_and_was_given_up_begins_anew() -> None:
    told = spans_of(
        start("write"),
        start("show"),
        StepFailed(at_s=2, step="write", problem="no", kind="model"),
        Recovered(at_s=2, step="write", kind="model", problem="no"),
        start("write", 3),
        start("show", 3),
        end("write", 4),
        end("show", 4),
        END,
    )
    times = [(one.began, one.ended, one.events) for name, one in told.items() if name.startswith("set show")]
    assert times == [(1, 1, []), (3, 4, [])]


def test_a_run_that_waits_for_a_person_has_no_error() -> None:
    told = spans_of(start("ask"), RunPaused(at_s=3, run="r", reason="waiting", keys=("ask@1",)))
    run = told["invoke_workflow shop"]
    assert (run.ended, run.error, run.attributes["antiphon.outcome"]) == (3, "", "waiting")
    assert run.events == [(3, "antiphon.paused", {"reason": "waiting", "keys": "ask@1"})]
    assert told["set ask"].ended == 3


@pytest.mark.parametrize(("outcome", "error"), [("failed", "_OTHER"), ("stopped", "limit"), ("cancelled", "")])
def test_a_run_that_stops_says_why(outcome: Any, error: str) -> None:
    assert spans_of(RunStopped(at_s=1, run="r", outcome=outcome))["invoke_workflow shop"].error == error


def test_every_stretch_of_a_run_is_in_one_trace_and_another_run_in_another() -> None:
    first, resumed = (spans_of(END)["invoke_workflow shop"] for _ in range(2))
    spans: list[Span] = []
    other = Spans(spans.append)
    other.tell(RunStarted(workflow="shop", run="another"))
    other.tell(END)
    assert (first.trace == resumed.trace, first.id == resumed.id, spans[0].trace == first.trace) == (True, False, False)


SAID = "什么时候下雨"
WORDS: list[Event] = [
    Heard(text=SAID, language="zh", confidence=1),
    Guarded(step="a", side="question", category="danger", reaction="refuse"),
    Decided(step="a", label="question"),
    Called(step="a", tool="t", arguments={"text": SAID}),
    Returned(step="a", tool="t", value=[SAID]),
    Extracted(step="a", fields={"what": SAID}),
    Emitted(step="a", name="told", values={"what": SAID}),
    Asked(step="a", text=SAID, who="mei", form={"what": SAID}),
    Answered(step="a", fields={"what": SAID}),
    Noted(step="a", id="1", store="s", subject=SAID),
    Recalled(step="a", store="s", count=1),
    Retrieved(step="a", known=True, titles=(SAID,)),
    Wrote(step="a", text=SAID),
    Rewrote(step="a", before=SAID, after=SAID, reason=SAID),
    Dropped(step="a", text=SAID, reason=SAID),
    Said(text=SAID),
    Cited(sources=({"title": SAID},)),
    Warned(problem=SAID),
    StepFailed(step="a", problem=SAID, kind="input"),
    Recovered(step="a", kind="input", problem=SAID),
    RunFinished(output={"answer": SAID}, kept={"answer": SAID}),
]


def everything(spans: dict[str, Span]) -> str:
    return repr([(one.name, one.attributes, one.events, one.problem) for one in spans.values()])


def test_words_stay_here() -> None:
    assert SAID not in everything(spans_of(start("a"), *WORDS))


def test_words_are_told_where_app_yaml_says_so() -> None:
    told = spans_of(start("a"), *WORDS, content=True)
    assert everything(told).count(SAID) >= len(WORDS) - 4
    assert told["execute_tool t"].attributes["gen_ai.tool.call.arguments"] == f'{{"text": "{SAID}"}}'
    assert SAID in str(told["chat"].attributes["gen_ai.output.messages"])


def test_text_that_is_no_utf8_loses_no_batch() -> None:
    told = spans_of(Warned(problem="a \ud83d b"), END, content=True)
    assert told["invoke_workflow shop"].events[0][2] == {"problem": "a ? b"}


def test_every_name_of_the_conventions_is_one_of_theirs() -> None:
    texts = {one.value for one in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(one, ast.Constant)}
    ours = {text for text in texts if isinstance(text, str) and text.startswith("gen_ai.")}
    theirs = {value for name, value in vars(gen_ai_attributes).items() if name.startswith("GEN_AI_")}
    assert ours - theirs == set()


STEPS = st.sampled_from(["a", "b", "m", "m.a#0", "m.a#1", "m.n#0", "m.n.c#0#1", "f.x", "f"])
EVENTS = st.one_of(
    st.builds(StepStarted, step=STEPS, kind=st.sampled_from(["llm", "map", "flow"])),
    st.builds(StepFinished, step=STEPS, seconds=st.just(0.1)),
    st.builds(StepFailed, step=STEPS, problem=st.just("no"), kind=st.sampled_from(["", "tool"])),
    st.builds(Recovered, step=STEPS, kind=st.just("tool"), problem=st.just("no")),
    st.builds(Wrote, step=STEPS, text=st.just("x")),
    st.builds(Finished, step=STEPS, prompt_tokens=st.just(1), cached_tokens=st.just(0), completion_tokens=st.just(1)),
    st.builds(Called, step=STEPS, tool=st.just("t"), arguments=st.just({})),
    st.builds(Returned, step=STEPS, tool=st.just("t"), value=st.just(1)),
)


@given(st.lists(EVENTS, max_size=40), st.booleans())
def test_whatever_happens_each_span_ends_once_after_those_within_it(events: list[Event], fails: bool) -> None:
    done: list[Span] = []
    spans = Spans(done.append)
    spans.tell(BEGIN)
    for i, event in enumerate(events):
        object.__setattr__(event, "at_s", float(i))
        spans.tell(event)
    spans.close("failed" if fails else "finished", "x" if fails else "", 50.0)
    ids = [one.id for one in done]
    assert len(ids) == len(set(ids))
    assert done[-1].parent == 0
    assert all(one.parent in ids[i + 1 :] for i, one in enumerate(done[:-1]))
    assert all(one.ended is not None and one.began <= one.ended <= 50 for one in done)
