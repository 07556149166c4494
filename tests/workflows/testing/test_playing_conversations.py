"""A test that is played says whether what came of a conversation is what was expected."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from antiphon.agents.models.chat import ChatRequest, Message, complete
from antiphon.workflows.testing.outcomes import Outcome
from antiphon.workflows.testing.scripts import Script
from antiphon.workflows.testing.types import ScriptedReply

Played = Callable[..., Awaitable[Outcome]]
READ = "script: [{json: {item: pencil, count: 3}}]"
SENT = 'tools: {send_order: {returns: "3 of pencil are on their way."}}\n'
GOOD = f"- {{name: a, say: Three pencils, {READ}, answers: {{agree: true}}, "


async def test_what_is_expected_passes(played: Played) -> None:
    tests = GOOD + "expect: {contains: [3, PENCIL], matches: way, output: {price: 2.5}}, must_call: [price_of]}"
    assert (await played(tests, SENT)).status == "passed"


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ("expect: {contains: [3, 13]}", "the answer should say 13"),
        ("expect: {not_contains: pencil}", "the answer should not say 'pencil'"),
        ("expect: {contains_any: [pen knife, rubber]}", "the answer should say one of 'pen knife', 'rubber'"),
        ("expect: {matches: '^Way'}", "the answer should match '^Way'"),
        ("expect: {equals: Yes.}", "the answer should be 'Yes.'"),
        ("expect: {output: {price: 3}}", "the output 'price' should be 3, and is 2.5"),
        ("expect: {error: tool}", "it should fail (tool), and did not"),
        ("expect: {paused: true}", "it should wait for a person, and does not"),
        ("must_call: [{tool: send_order, with: {count: 4}}]", "it should call send_order(count=4)"),
        ("must_call: [price_of, price_of]", "it should call price_of"),
        ("must_not_call: [{tool: price_of, with: {item: pencil}}]", 'it should not call price_of(item="pencil")'),
        ("must_visit: [leave]", "the node 'leave' should run"),
        ("must_not_visit: [send]", "the node 'send' should not run"),
        ("max_calls: 1", "it made 2 calls, at most 1"),
    ],
)
async def test_what_is_not_as_expected_is_told(played: Played, wanted: str, problem: str) -> None:
    assert (await played(f"{GOOD}{wanted}}}", SENT)).problems == (problem,)


async def test_what_has_effects_is_never_done_by_itself(played: Played, folder: Path) -> None:
    outcome = await played(f"{GOOD}}}")
    assert not (folder / "ledger").exists()
    assert "send_order changes something outside, which a test does not do by itself" in outcome.problems[0]
    assert "tools: {send_order: {returns: ...}}" in outcome.problems[0]


async def test_a_tool_may_fail_on_demand(played: Played) -> None:
    outcome = await played(f"{GOOD}expect: {{error: sold out}}}}", "tools: {send_order: {raises: sold out}}\n")
    assert outcome.status == "passed"


async def test_answers_of_a_tool_are_taken_in_turn_and_the_last_stays(played: Played) -> None:
    prices = "[{with: {item: pen}, returns: 9.0}, {returns: 1.0}, {returns: 2.0}]"
    doubles = f"tools: {{price_of: {prices}, send_order: {{returns: ok}}}}\n"
    turn = f"{{say: A, {READ}, answers: {{agree: true}}, expect: {{output: {{price: PRICE}}}}}}"
    turns = ", ".join(turn.replace("PRICE", price) for price in ("1", "2", "2"))
    assert (await played(f"- {{name: a, turns: [{turns}]}}", doubles)).problems == ()


async def test_a_call_for_which_nothing_is_said_is_told(played: Played) -> None:
    outcome = await played(f"{GOOD}}}", "tools: {price_of: {with: {item: pen}, returns: 1.0}}\n")
    assert 'the test does not say what price_of gives back for {"item": "pencil"}' in outcome.problems[0]


async def test_a_question_nobody_answers_is_waited_at(played: Played) -> None:
    outcome = await played(f"- {{name: a, say: Three pencils, {READ}, expect: {{paused: Order 3 of pencil}}}}", SENT)
    assert outcome.status == "passed"


async def test_a_question_nobody_expected_fails(played: Played) -> None:
    outcome = await played(f"- {{name: a, say: Three pencils, {READ}}}", SENT)
    assert outcome.problems[0].startswith("it waits for a person, who is asked: 'Order 3 of pencil?'")


async def test_a_script_that_is_too_long_is_told(played: Played) -> None:
    outcome = await played(GOOD.replace("}}]", "}}, more]") + "}", SENT)
    assert outcome.problems == ("1 reply of the script was not asked for: 'more'",)


async def test_a_script_that_is_too_short_is_told(played: Played) -> None:
    outcome = await played("- {name: a, say: Three pencils, script: []}", SENT)
    assert "the script has no reply left for: Three pencils" in outcome.problems[0]


async def test_a_test_that_asks_a_model_without_a_script_is_skipped(played: Played) -> None:
    assert (await played("- {name: a, say: Three pencils}", SENT)).status == "skipped"


async def test_a_reply_goes_to_the_request_it_is_for() -> None:
    script = Script([ScriptedReply(says="first"), ScriptedReply(says="of nine", when="nine")])
    asked = [ChatRequest((Message("user", text),)) for text in ("a nine", "a one")]
    assert [(await complete(script, one)).text for one in asked] == ["of nine", "first"]


async def test_a_model_that_fails_fails_the_turn(played: Played) -> None:
    outcome = await played("- {name: a, say: x, script: [{fails: timeout}], expect: {error: timeout}}", SENT)
    assert outcome.status == "passed"


async def test_after_a_turn_that_fails_there_is_no_other(played: Played) -> None:
    turn = f"{{say: Three, {READ}, answers: {{agree: false}}, expect: {{contains: never}}}}"
    outcome = await played(f"- {{name: a, turns: [{turn}, {turn}]}}")
    assert (len(outcome.turns), outcome.status) == (1, "failed")


async def test_it_is_cut_off_after_the_time_it_may_take(played: Played, folder: Path) -> None:
    tools = (folder / "tools.py").read_text().replace("@tool\ndef price_of", "@tool\nasync def price_of")
    slow = tools.replace("return {", "await asyncio.sleep(9)\n    return {")
    (folder / "tools.py").write_text(f"import asyncio\n{slow}")
    outcome = await played(GOOD + "max_seconds: 0.2}", SENT)
    (told,) = outcome.problems
    assert "it took longer than the 0.2 s it may" in told
    assert outcome.seconds < 5
