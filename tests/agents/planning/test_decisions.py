"""How ReAct reads what a model wrote: cut off, with calls and an answer at once, unknown names, forms of others."""

import json
from dataclasses import replace
from typing import Any

import pytest

from antiphon.agents.models.abilities import Abilities
from antiphon.agents.models.chat import ChatRequest, Message, Reply, ToolCall
from antiphon.agents.planning.acting import answering, arguments_in, json_in
from antiphon.agents.planning.react import React
from antiphon.agents.planning.types import (
    Act,
    Call,
    Finish,
    Move,
    Observation,
    Observed,
    Offered,
    Task,
    Think,
    Thought,
    Transcript,
)

PAY = Offered("pay", "Pay.", {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]})
NATIVE, SCHEMA, WORDS = Abilities(tools=True), Abilities(), Abilities(schema=False)
TASK = Task("Transfer 1000 to Li.", "Be short.", tools=(PAY,))
CUT = '{"calls": [{"tool": "pay", "arguments": {"text": "Transfer 1'
WHOLE = '{"calls": [{"tool": "pay", "arguments": {"text": "Transfer 1000"}}]}'
PAID = Call("pay", {"text": "Transfer 1000"})


def moves(can: Abilities, *replies: Reply, plan: React | None = None, left: int | None = None) -> list[Move]:
    """The moves after each of the replies, up to an Act or a Finish; `left` counts from the last on."""
    plan, so_far, made = plan or React(), Transcript(replace(TASK, can=can)), list[Move]()
    move = plan.next(so_far)
    for i, reply in enumerate(replies):
        assert isinstance(move, Think)
        so_far = replace(so_far, steps=(*so_far.steps, Thought(move.requests, (reply,))))
        so_far = replace(so_far, calls_left=left if i == len(replies) - 1 else None)
        move = plan.next(so_far)
        made.append(move)
    return made


def last_words(move: Move) -> str:
    assert isinstance(move, Think)
    return move.requests[0].messages[-1].content


def native(arguments: str, finish: str = "length", text: str = "") -> Reply:
    return Reply(text, calls=(ToolCall("a", "pay", arguments),), finish=finish)


CHOICE = Reply("pay", logprobs=({"pay": -0.1},), finish="length")
CASES: list[tuple[Abilities, React, tuple[Reply, ...], Reply, Reply]] = [
    (NATIVE, React(), (), native('{"text": "Transfer 1'), native('{"text": "Transfer 1000"}', "tool_calls")),
    (NATIVE, React(), (), Reply("<tool_call>" + CUT, finish="length"), Reply(WHOLE)),
    (NATIVE, React(), (), Reply("```python\n" + CUT, finish="length"), Reply(WHOLE)),
    (SCHEMA, React(), (CHOICE,), Reply('{"text": "Transfer 1', finish="length"), Reply('{"text": "Transfer 1000"}')),
    (SCHEMA, React(parallel=2), (), Reply(CUT, finish="length"), Reply(WHOLE)),
    (WORDS, React(), (), Reply(CUT, finish="length"), Reply(WHOLE)),
    (WORDS, React(), (), Reply(f"I will call {CUT}", finish="length"), Reply(WHOLE)),
    (WORDS, React(), (), Reply(CUT, finish="content_filter"), Reply(WHOLE)),
]


@pytest.mark.parametrize(("can", "plan", "before", "cut", "whole"), CASES)
def test_a_call_that_was_cut_off_is_asked_for_once_more_and_never_mended(
    can: Abilities, plan: React, before: tuple[Reply, ...], cut: Reply, whole: Reply
) -> None:
    again, made = moves(can, *before, cut, whole, plan=plan)[-2:]
    assert "cut off" in last_words(again)
    assert isinstance(made, Act)
    assert [replace(one, id="") for one in made.calls] == [PAID]


@pytest.mark.parametrize(("can", "plan", "before", "cut", "whole"), CASES)
def test_a_call_that_was_cut_off_twice_or_without_budget_leads_to_an_answer(
    can: Abilities, plan: React, before: tuple[Reply, ...], cut: Reply, whole: Reply
) -> None:
    answer = answering(Transcript(TASK), 2000)
    twice, poor = moves(can, *before, cut, cut, plan=plan)[-1], moves(can, *before, cut, plan=plan, left=1)[-1]
    assert [move.requests for move in (twice, poor) if isinstance(move, Think)] == [(answer,), (answer,)]


@pytest.mark.parametrize(
    ("can", "plan", "before", "reply"),
    [
        (NATIVE, React(), (), native('{"text": "Transfer 1000"}')),
        (SCHEMA, React(), (CHOICE,), Reply('{"text": "Transfer 1000"}', finish="length")),
        (WORDS, React(), (), Reply(WHOLE, finish="length")),
    ],
)
def test_a_call_that_is_whole_though_the_reply_was_cut_off_is_made(
    can: Abilities, plan: React, before: tuple[Reply, ...], reply: Reply
) -> None:
    made = moves(can, *before, reply, plan=plan)[-1]
    assert isinstance(made, Act)
    assert [replace(one, id="") for one in made.calls] == [PAID]


def test_the_same_schema_is_decoded_against_when_a_cut_off_decision_is_asked_for_again() -> None:
    plan = React(parallel=2)
    first = plan.next(Transcript(TASK))
    (again,) = moves(SCHEMA, Reply(CUT, finish="length"), plan=plan)
    assert isinstance(first, Think)
    assert isinstance(again, Think)
    assert again.requests[0].schema == first.requests[0].schema is not None


def test_an_answer_that_was_cut_off_is_given_as_far_as_it_goes() -> None:
    assert moves(WORDS, Reply('{"answer": "It was a long', finish="length")) == [Finish("It was a long")]


def test_words_that_were_cut_off_are_given_as_far_as_they_go() -> None:
    assert moves(NATIVE, Reply("It was a long", finish="length")) == [Finish("It was a long")]


def test_a_decision_with_an_answer_and_calls_is_calls() -> None:
    text = f'{{"answer": "Paid.", {WHOLE[1:]}'
    assert moves(WORDS, Reply(text)) == [Act((PAID,))]


def test_no_answer_is_shown_where_calls_may_follow_it() -> None:
    text = f'{{"answer": "Paid.", {WHOLE[1:]}'
    move = React().next(Transcript(replace(TASK, can=WORDS)))
    assert isinstance(move, Think)
    assert move.visible is not None
    assert {move.visible(text[:end]) for end in range(len(text))} == {""}


def test_against_a_schema_an_answer_is_shown_while_it_is_written() -> None:
    move = React(parallel=2).next(Transcript(TASK))
    assert isinstance(move, Think)
    assert move.visible is not None
    assert move.visible('{"thought": "hm", "answer": "It i') == "It i"


def test_words_before_a_native_call_are_no_part_of_the_answer() -> None:
    task = replace(TASK, can=NATIVE)
    thoughts = [Thought((ChatRequest(()),), (one,)) for one in (native("{}", text="Let me see."), Reply(" Paid. "))]
    seen = Observed((Observation(Call("pay", {}), "ok"),))
    assert React().next(Transcript(task, (thoughts[0], seen, thoughts[1]))) == Finish("Paid.")


def after(*observations: Observation, tools: tuple[Offered, ...] = (PAY,)) -> Move:
    """What follows when the model makes the same call again."""
    again = Thought((ChatRequest(()),), (native('{"text": "Transfer 1000"}', "tool_calls"),))
    steps = tuple(Observed((one,)) for one in observations)
    return React().next(Transcript(replace(TASK, can=NATIVE, tools=tools), (*steps, again)))


def test_a_call_that_failed_in_passing_may_be_made_once_more() -> None:
    busy = Observation(PAID, "busy", failed=True)
    assert isinstance(after(busy), Act)
    assert not isinstance(after(busy, busy), Act)


def test_a_call_that_came_to_something_is_not_made_again() -> None:
    assert not isinstance(after(Observation(PAID, "ok")), Act)


def test_a_call_that_a_person_refused_is_not_made_again() -> None:
    assert not isinstance(after(Observation(PAID, "no", failed=True, refused=True)), Act)


def test_a_tool_that_does_not_exist_is_called_once_so_that_the_model_is_told() -> None:
    other = (replace(PAY, name="send"),)
    assert isinstance(after(tools=other), Act)
    assert not isinstance(after(Observation(PAID, "there is no tool", failed=True), tools=other), Act)


@pytest.mark.parametrize(
    "text",
    [
        '{"action": "pay", "action_input": {"text": "Transfer 1000"}}',
        '{"pay": {"text": "Transfer 1000"}}',
        '{"calls": [{"pay": {"text": "Transfer 1000"}}]}',
    ],
)
def test_calls_are_read_as_other_libraries_write_them(text: str) -> None:
    assert moves(WORDS, Reply(text)) == [Act((PAID,))]


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ({"answer": 12}, "12"),
        ({"answer": 12.5}, "12.5"),
        ({"answer": True}, "true"),
        ({"action": "Final Answer", "action_input": "12"}, "12"),
    ],
)
def test_an_answer_may_be_a_number_a_truth_value_or_an_action(value: Any, answer: str) -> None:
    assert moves(WORDS, Reply(json.dumps(value))) == [Finish(answer)]


def test_a_person_with_a_name_is_no_call() -> None:
    text = '{"name": "Li", "age": 12}'
    assert moves(NATIVE, Reply(text)) == [Finish(text)]


def ended(reply: str) -> str:
    """The answer where the model is asked for it in words."""
    seen = Observed((Observation(PAID, "Paid 1000."),))
    so_far = Transcript(TASK, (seen,), calls_left=1)
    move = React().next(so_far)
    assert isinstance(move, Think)
    finish = React().next(replace(so_far, steps=(seen, Thought(move.requests, (Reply(reply),)))))
    assert isinstance(finish, Finish)
    return finish.answer


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ('{"answer": "It is paid."}', "It is paid."),
        ('```json\n{"thought": "hm", "answer": 12}\n```', "12"),
        (WHOLE, "Paid 1000."),
        (CUT, "Paid 1000."),
        ('{"calls": ', "Paid 1000."),
        ("<tool_call>", "Paid 1000."),
        ('{"sum": 1000, "to": "Li"}', '{"sum": 1000, "to": "Li"}'),
        ('{"question": "Who?", "answer": "Li"}', '{"question": "Who?", "answer": "Li"}'),
        ('```python\nd = {"answer": 1}\n```', '```python\nd = {"answer": 1}\n```'),
    ],
)
def test_an_answer_is_taken_out_of_its_json_and_calls_are_never_shown(reply: str, answer: str) -> None:
    assert ended(reply) == answer


@pytest.mark.parametrize("text", [WHOLE, '{"answer": "It is paid."}', "<tool_call>{}"])
def test_json_is_not_shown_while_an_answer_in_words_is_written(text: str) -> None:
    move = React().next(Transcript(TASK, calls_left=1))
    assert isinstance(move, Think)
    assert move.visible is not None
    assert {move.visible(text[:end]) for end in range(len(text) + 1)} == {""}


@pytest.mark.parametrize("text", [r'{"a \ud83d": ["b \udc00"]}', r"{'a \ud83d': ['b \udc00'],}"])
def test_half_a_character_does_not_come_out_of_json(text: str) -> None:
    assert json_in(text) == arguments_in(text) == {"a ?": ["b ?"]}


def test_an_answer_with_half_a_character_can_be_written_to_a_file() -> None:
    (finish,) = moves(WORDS, Reply(r'{"answer": "cut \ud83d"}'))
    assert isinstance(finish, Finish)
    assert finish.answer.encode() == b"cut ?"


def test_a_question_in_chinese_is_told_of_the_cut_in_chinese() -> None:
    task = replace(TASK, can=WORDS, language="zh")
    first = React().next(Transcript(task))
    assert isinstance(first, Think)
    again = React().next(Transcript(task, (Thought(first.requests, (Reply(CUT, finish="length"),)),)))
    assert isinstance(again, Think)
    assert again.requests[0].messages[-2:-1] == (Message("assistant", CUT),)
    assert "截断" in last_words(again)
