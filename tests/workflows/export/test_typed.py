"""The builder as people write it: mypy and pyright read this file, too, and find nothing wrong with it."""

from antiphon import tool
from antiphon.workflows.build import (
    Cache,
    Else,
    Input,
    Llm,
    Loop,
    Map,
    OnError,
    Prompt,
    Retry,
    Set,
    Shape,
    Speak,
    State,
    Timeout,
    ToolCall,
    Wait,
    When,
    workflow,
)


@tool
def length(text: str) -> int:
    """How many characters a text has."""
    return len(text)


WRITE = Llm(
    prompt=Prompt(user="Write about {{ input.about }}."),
    into="draft",
    retry=Retry(times=2, on=["timeout", "model"]),
    timeout=Timeout(run="20s", idle="5s"),
    on_error=OnError(set={"draft": "${error.message}"}, to="say"),
    cache=Cache(for_="5m"),
    next="measure",
)

ESSAY = workflow(
    "essay",
    title={"en": "An essay", "zh": "一篇短文"},
    input={"about": Input(type="string", enum=["echo", "moon"])},
    state={
        "draft": State(type="string"),
        "size": State(type="integer", default=0),
        "words": State(type="list", items=Shape(type="string"), default=["a", "b"]),
    },
    output={"draft": "${state.draft}", "size": "${state.size}"},
    tools=[length],
    start="write",
    nodes={
        "write": WRITE,
        "measure": ToolCall(tool="length", arguments={"text": "${state.draft}"}, into="size", next="again"),
        "again": Loop(max=2, while_="state.size < 1", do=Set(values={"size": "${state.size + 1}"}), next="each"),
        "each": Map(over="${state.words}", as_="word", do=Speak(text="${word}"), next="rest"),
        "rest": Wait(for_="1ms", route=[When("state.size > 100", to="write"), Else("say")]),
        "say": Speak(text="${state.draft}", next="end"),
    },
)


def test_the_builder_makes_what_it_says() -> None:
    assert list(ESSAY.spec.nodes) == ["write", "measure", "again", "each", "rest", "say"]


def test_a_list_becomes_a_tuple_in_the_spec() -> None:
    assert ESSAY.spec.nodes["rest"].route == (When("state.size > 100", to="write"), Else("say"))
