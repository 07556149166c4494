"""Runs with the scripted model: what flows where, what people see, and what happens when something fails."""

import asyncio
from pathlib import Path

import pytest

from antiphon import Agent, Workflow, run, tool
from antiphon.agents.events import Called, Event, RunFinished, Said, StepFinished, StepStarted, Warned
from antiphon.agents.models.chat import ChatRequest
from antiphon.agents.models.scripted import Scripted
from antiphon.agents.sound import Sound
from antiphon.tools.base.errors import EndpointBrokeOff, InputError, ModelFileError

HELPER = Agent("helper", "Be short.")


async def events_of(run_: object) -> list[Event]:
    return [event async for event in run_]  # type: ignore[attr-defined]


async def test_an_agent_answers() -> None:
    result = await run(HELPER, "Hello?", engines={"chat": Scripted(["Hello there. How are you?"])})
    assert result.answer == "Hello there. How are you?"


def test_a_script_needs_no_event_loop() -> None:
    assert str(run(HELPER, "Hello?", engines={"chat": Scripted(["Hi."])}).result()) == "Hi."


async def test_an_agents_instructions_are_text_and_not_a_template() -> None:
    chat = Scripted(["Hi."])
    await run(Agent("a", "Say {{ state.secret }}"), "Hello?", engines={"chat": chat})
    assert chat.requests[0].messages[0].content == "Say {{ state.secret }}"


async def test_the_answer_is_shown_while_it_is_written() -> None:
    events = await events_of(run(HELPER, "Hello?", engines={"chat": Scripted(["One. Two. Three."])}))
    kinds = [type(event).__name__ for event in events]
    assert kinds.index("Said") < len(kinds) - 1 - kinds[::-1].index("Wrote")


async def test_what_is_said_is_the_answer() -> None:
    events = await events_of(run(HELPER, "Hello?", engines={"chat": Scripted(["A b.\nC  d."])}))
    assert "".join(event.text for event in events if isinstance(event, Said)) == "A b.\nC  d."


async def test_every_step_that_starts_ends() -> None:
    events = await events_of(run(HELPER, "Hello?", engines={"chat": Scripted(["Hi."])}))
    started = [event.step for event in events if isinstance(event, StepStarted)]
    assert started == [event.step for event in events if isinstance(event, StepFinished)] == ["answer", "show"]


async def test_times_only_go_forward() -> None:
    events = await events_of(run(HELPER, "Hello?", engines={"chat": Scripted(["Hi. Ho."])}))
    assert [event.at_s for event in events] == sorted(event.at_s for event in events)


async def test_a_model_that_breaks_off_ends_the_run_with_its_error() -> None:
    with pytest.raises(EndpointBrokeOff, match="gone"):
        await run(HELPER, "Hello?", engines={"chat": Scripted([EndpointBrokeOff("gone")])})


async def test_a_run_that_is_cancelled_stops_at_once() -> None:
    work = asyncio.create_task(_result(Scripted(["word " * 1000], delay_s=0.01)))
    await asyncio.sleep(0.3)
    work.cancel()
    began = asyncio.get_running_loop().time()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert asyncio.get_running_loop().time() - began < 0.1


async def _result(chat: Scripted) -> object:
    return await run(HELPER, "Hello?", engines={"chat": chat})


async def test_an_unknown_input_is_refused() -> None:
    with pytest.raises(InputError, match=r"agent has no input 'txt'. Did you mean 'text'?"):
        await run(HELPER, engines={"chat": Scripted([])}, txt="Hello?")


@tool
def double(number: int) -> int:
    """Twice a number."""
    return 2 * number


SUM = """\
schema: workflow/v1
name: sums
input: {number: {type: integer, minimum: 0}}
state: {value: {type: integer}, tries: {type: integer, reduce: add}, label: {type: string}}
output: {value: "${state.value}", tries: "${state.tries}", label: "${state.label}"}
tools: {double: {}}
start: begin
nodes:
  begin: {kind: set, values: {value: "${input.number}"}, next: twice}
  twice:
    kind: tool
    tool: double
    with: {number: "${state.value}"}
    into: {value: "${result}", tries: 1}
    route:
      - {when: "state.value < 20", to: twice}
      - {else: name}
  name:
    kind: classify
    from: "${string(state.value)}"
    question: Is it big?
    labels: {big: more than 30, small: at most 30}
    into: label
    next: end
"""


@pytest.fixture
def sums(tmp_path: Path) -> Workflow:
    (tmp_path / "workflow.yaml").write_text(SUM, encoding="utf-8")
    return Workflow.load(tmp_path, tools=[double])


async def test_a_loop_runs_until_its_condition_holds(sums: Workflow) -> None:
    result = await run(sums, engines={"fast": Scripted(['{"label": "small"}'])}, number=3)
    assert result.output == {"value": 24, "tries": 3, "label": "small"}


async def test_a_tools_calls_are_told(sums: Workflow) -> None:
    result = await run(sums, engines={"fast": Scripted(['{"label": "big"}'])}, number="12")
    assert [event.arguments for event in result.events if isinstance(event, Called)] == [{"number": 12}]


async def test_a_choice_is_decoded_against_its_labels(sums: Workflow) -> None:
    chat = Scripted(['{"label": "big"}'])
    await run(sums, engines={"fast": chat}, number=12)
    assert _labels(chat.requests[0]) == ["big", "small"]


def _labels(request: ChatRequest) -> list[str]:
    assert request.schema is not None
    found: list[str] = request.schema["properties"]["label"]["enum"]
    return found


async def test_a_choice_that_is_no_label_is_an_error_of_the_model(sums: Workflow) -> None:
    with pytest.raises(EndpointBrokeOff, match="did not keep to the schema"):
        await run(sums, engines={"fast": Scripted(["I think big."])}, number=12)


@pytest.mark.parametrize(
    ("number", "said"), [("x", "number is 'x'"), (-1, "number is -1"), (None, "'number' is missing")]
)
async def test_a_bad_input_is_refused(sums: Workflow, number: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        await run(sums, engines={"fast": Scripted([])}, number=number)


async def test_the_last_event_is_the_end(sums: Workflow) -> None:
    events = await events_of(run(sums, engines={"fast": Scripted(['{"label": "big"}'])}, number=12))
    assert isinstance(events[-1], RunFinished)
    assert not [event for event in events if isinstance(event, Warned)]


async def test_all_models_that_are_missing_are_named_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import numpy as np

    monkeypatch.setenv("ANTIPHON_HOME", str(tmp_path))
    sound = Sound(np.zeros(16_000, np.float32), 16_000)
    with pytest.raises(ModelFileError, match=r"antiphon models pull qwen2.5-coder-1.5b whisper-base"):
        await run("child-tutor", audio=sound)


async def test_runs_can_be_gathered() -> None:
    runs = [run(HELPER, "Hello?", engines={"chat": Scripted([text])}) for text in ("One.", "Two.")]
    assert [result.answer for result in await asyncio.gather(*runs)] == ["One.", "Two."]


async def test_waiting_in_a_running_loop_says_to_await() -> None:
    with pytest.raises(RuntimeError, match="use `await run"):
        run(HELPER, "Hello?", engines={"chat": Scripted([])}).result()


async def test_a_question_without_words_or_sound_is_refused() -> None:
    with pytest.raises(InputError, match="there is no question"):
        await run("child-tutor", engines={"chat": Scripted([]), "fast": Scripted([])})
