"""Chain of thought: the steps first, and of them only the answer is shown."""

from collections.abc import Callable

import pytest

from antiphon.agents.models.chat import Message, Reply
from antiphon.agents.planning.chain_of_thought import ChainOfThought, Exemplar
from antiphon.agents.planning.types import Finish, Task, Think, Thought, Transcript

TASK = Task("How many?", "You are terse.", (Message("user", "Hi"), Message("assistant", "Hello")))


def asked(plan: ChainOfThought, task: Task = TASK) -> Think:
    move = plan.next(Transcript(task))
    assert isinstance(move, Think)
    return move


def answered(plan: ChainOfThought, reply: str) -> Finish:
    requests = asked(plan).requests
    move = plan.next(Transcript(TASK, (Thought(requests, (Reply(reply),)),)))
    assert isinstance(move, Finish)
    return move


def visible(move: Think) -> Callable[[str], str]:
    assert move.visible is not None
    return move.visible


def test_it_asks_for_steps_beside_the_question_and_is_greedy() -> None:
    request = asked(ChainOfThought(answer="number")).requests[0]
    assert (request.messages[-1].content, request.temperature) == ("How many?", 0.0)
    assert request.messages[0].content == (
        "You are terse.\n\nPlease reason step by step. Put your final answer within \\boxed{}."
    )


def test_a_trigger_of_ones_own_takes_the_place_of_the_usual_one() -> None:
    content = asked(ChainOfThought(trigger="Slowly now.")).requests[0].messages[0].content
    assert "Slowly now." in content
    assert "step by step" not in content


def test_chinese_is_asked_in_chinese() -> None:
    content = asked(ChainOfThought(), Task("多少？", language="zh")).requests[0].messages[0].content
    assert "请一步一步地推理。" in content


def test_exemplars_stand_between_the_instructions_and_the_history() -> None:
    plan = ChainOfThought(exemplars=(Exemplar(question="1+1?", chain_of_thought="One and one.", answer="2"),))
    messages = asked(plan).requests[0].messages
    assert [one.role for one in messages] == ["system", "user", "assistant", "user", "assistant", "user"]
    assert messages[2].content == "One and one.\nAnswer:\n2"


def test_only_what_comes_after_the_marker_is_shown() -> None:
    show = visible(asked(ChainOfThought()))
    assert (show("First, the sky. Answ"), show("First, the sky. Answer: It is b")) == ("", "It is b")


def test_what_was_shown_is_the_beginning_of_the_answer() -> None:
    text = "First, the sky.\n**Answer:** It is blue,\nor has vitamin A "
    answer, shown = answered(ChainOfThought(), text).answer, visible(asked(ChainOfThought()))(text)
    assert (answer, shown) == ("It is blue,\nor has vitamin A", "It is blue,\nor has vitamin")


def test_an_answer_that_is_taken_back_is_not_the_answer() -> None:
    assert answered(ChainOfThought(), "Answer: 4? No wait.\nAnswer: 5").answer == "5"


@pytest.mark.parametrize(("kind", "answer"), [("number", "12"), ("choice", "B"), ("text", "(B) 12.0 eggs")])
def test_the_answer_has_the_form_that_is_asked_for(kind: str, answer: str) -> None:
    assert answered(ChainOfThought.model_validate({"answer": kind}), "So.\nAnswer: (B) 12.0 eggs").answer == answer


def test_a_reply_without_an_answer_of_that_kind_is_the_answer_as_it_is() -> None:
    assert answered(ChainOfThought(answer="number"), " I cannot say. ") == Finish("I cannot say.")


def test_a_spent_budget_without_a_reply_ends_with_nothing() -> None:
    assert ChainOfThought().next(Transcript(TASK, spent="time")) == Finish("")
