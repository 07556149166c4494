"""Program of thought: a program is written, run, mended once, and what it comes to is the answer."""

import json
from typing import Any

from antiphon.agents.models.chat import Reply
from antiphon.agents.planning.program import Program, came_to, code_of, runnable
from antiphon.agents.planning.program_words import WorkedProgram
from antiphon.agents.planning.types import (
    Act,
    Call,
    Finish,
    Move,
    Observation,
    Observed,
    Task,
    Think,
    Thought,
    Transcript,
)

TASK = Task("How many?", "You are terse.")
NUMBER = Program(answer="number")


def fenced(code: str) -> Reply:
    return Reply(f"```python\n{code}\n```")


def seen(call: Call, value: Any = None, output: str = "", error: str = "") -> Observation:
    return Observation(call, json.dumps({"value": value, "output": output, "error": error}))


def play(plan: Program, *rounds: tuple[list[Reply], list[dict[str, Any]]]) -> tuple[Move, Transcript]:
    """The move after some rounds of replies and of what their programs came to."""
    so_far = Transcript(TASK)
    for replies, runs in rounds:
        move = plan.next(so_far)
        assert isinstance(move, Think)
        so_far = Transcript(TASK, (*so_far.steps, Thought(move.requests, tuple(replies))))
        if runs:
            act = plan.next(so_far)
            assert isinstance(act, Act)
            observations = tuple(seen(call, **run) for call, run in zip(act.calls, runs, strict=True))
            so_far = Transcript(TASK, (*so_far.steps, Observed(observations)))
    return plan.next(so_far), so_far


def test_it_shows_worked_programs_before_the_question_and_is_greedy() -> None:
    move = NUMBER.next(Transcript(TASK))
    assert isinstance(move, Think)
    roles = [one.role for one in move.requests[0].messages]
    assert (roles[0], set(roles[1::2]), roles[-1]) == ("system", {"user"}, "user")
    assert (move.requests[0].messages[-1].content, move.requests[0].temperature) == ("How many?", 0.0)


def test_worked_programs_of_ones_own_take_the_place_of_the_built_in_ones() -> None:
    plan = Program(exemplars=(WorkedProgram(question="1+1?", program="def solution():\n    return 1 + 1"),))
    move = plan.next(Transcript(TASK))
    assert isinstance(move, Think)
    assert [one.content for one in move.requests[0].messages[1:3]] == [
        "1+1?",
        "```python\ndef solution():\n    return 1 + 1\n```",
    ]


def test_what_the_program_returns_is_the_answer() -> None:
    move, _ = play(NUMBER, ([fenced("def solution():\n    return 6 * 7")], [{"value": "42.0"}]))
    assert isinstance(move, Finish)
    assert move.answer == "42"


def test_the_interpreter_is_asked_for_the_value_of_solution_as_text() -> None:
    first = NUMBER.next(Transcript(TASK))
    assert isinstance(first, Think)
    so_far = Transcript(TASK, (Thought(first.requests, (fenced("def solution():\n    return 6 * 7"),)),))
    code = "def solution():\n    return 6 * 7\n\nstr(solution())\n"
    assert NUMBER.next(so_far) == Act((Call("python", {"code": code}),))


def test_without_a_value_what_was_printed_counts() -> None:
    move, _ = play(NUMBER, ([fenced("print('It is', 42)")], [{"output": "It is 42\n"}]))
    assert isinstance(move, Finish)
    assert move.answer == "42"


def test_an_error_is_told_once_and_the_new_program_answers() -> None:
    error = "Traceback:\n  line 1\nNameError: name 'x' is not defined"
    move, so_far = play(NUMBER, ([fenced("x")], [{"error": error}]), ([fenced("41 + 1")], [{"value": 42}]))
    thought = so_far.steps[2]
    assert isinstance(thought, Thought)
    assert "NameError: name 'x' is not defined" in thought.requests[0].messages[-1].content
    assert move == Finish("42", {"votes": {"42": 1}, "ran": 1, "failed": 1})


def test_an_error_is_not_told_twice() -> None:
    move, _ = play(NUMBER, *[([fenced("x")], [{"error": "NameError"}])] * 2)
    told = "I could not work it out: the program ended with “NameError”."
    assert move == Finish(told, {"votes": {}, "ran": 0, "failed": 2})


def test_where_all_programs_fail_the_last_error_is_told_as_a_sentence() -> None:
    error = "Traceback:\n  line 1\nZeroDivisionError: division by zero"
    bare = Reply("def solution():\n    return 1/0")
    move, _ = play(Program(), ([fenced("x")], [{"error": "NameError"}]), ([bare], [{"error": error}]))
    assert isinstance(move, Finish)
    assert move.answer == "I could not work it out: the program ended with “ZeroDivisionError: division by zero”."


def test_where_all_programs_fail_words_without_a_number_are_better_than_nothing() -> None:
    written = Reply("I am not sure.\n```python\nx\n```")
    move, _ = play(Program(answer="number", repair=False), ([written], [{"error": "NameError"}]))
    assert isinstance(move, Finish)
    assert move.answer == "I am not sure."


def test_an_error_is_not_told_where_the_model_may_not_be_asked_again() -> None:
    so_far = play(NUMBER, ([fenced("x")], [{"error": "NameError"}]))[1]
    assert isinstance(NUMBER.next(Transcript(TASK, so_far.steps, calls_left=0)), Finish)


def test_where_no_program_runs_the_words_answer() -> None:
    move, _ = play(
        Program(answer="number", repair=False), ([Reply("It is 42.\n```python\nx\n```")], [{"error": "NameError"}])
    )
    assert isinstance(move, Finish)
    assert move.answer == "42"


def test_a_reply_without_a_program_is_the_answer() -> None:
    assert play(Program(), ([Reply("Good morning!")], []))[0] == Finish(
        "Good morning!", {"votes": {}, "ran": 0, "failed": 0}
    )


def test_results_of_several_programs_vote() -> None:
    plan = Program(answer="number", samples=3, repair=False)
    move, _ = play(plan, ([fenced("5"), fenced("4"), fenced("4.0")], [{"value": 5}, {"value": 4}, {"value": 4.0}]))
    assert move == Finish("4", {"votes": {"4": 2, "5": 1}, "ran": 3, "failed": 0})


def test_chains_of_thought_vote_besides_programs() -> None:
    plan = Program(answer="number", samples=1, chains=2)
    move, _ = play(plan, ([fenced("5"), Reply("Answer: 4"), Reply("Answer: $4")], [{"value": 5}]))
    assert isinstance(move, Finish)
    assert move.answer == "4"


def test_only_the_first_of_several_programs_is_greedy() -> None:
    move = Program(samples=3, chains=1, temperature=0.6).next(Transcript(TASK))
    assert isinstance(move, Think)
    assert [(one.temperature, one.seed) for one in move.requests] == [(0.0, 0), (0.6, 1), (0.6, 2), (0.0, 0)]


def test_a_small_budget_leaves_fewer_samples() -> None:
    move = Program(samples=3, chains=3).next(Transcript(TASK, calls_left=4))
    assert isinstance(move, Think)
    assert len(move.requests) == 4


def test_a_spent_budget_takes_the_result_there_is() -> None:
    plan = Program(answer="number")
    so_far = play(plan, ([fenced("5")], [{"value": 5}]))[1]
    assert plan.next(Transcript(TASK, so_far.steps, spent="calls")) == Finish(
        "5", {"votes": {"5": 1}, "ran": 1, "failed": 0}
    )


def test_a_block_that_was_cut_off_is_a_program() -> None:
    assert code_of(Reply("So:\n```python\nprint(1)\nprint(")) == "print(1)\nprint("


def test_a_program_without_a_fence_is_a_program() -> None:
    assert code_of(Reply("def solution():\n    return 1")) == "def solution():\n    return 1"


def test_a_sentence_is_no_program() -> None:
    assert code_of(Reply("Import duties are high.")) == ""


def test_a_program_that_defines_no_solution_is_run_as_it_is() -> None:
    assert runnable("6 * 7") == "6 * 7"


def test_what_a_tool_says_in_words_is_its_value_unless_it_failed() -> None:
    call = Call("python", {})
    assert [came_to(Observation(call, "42")).value, came_to(Observation(call, "no", failed=True)).error] == ["42", "no"]


def test_of_what_a_tool_says_a_cut_off_end_does_no_harm() -> None:
    assert came_to(Observation(Call("python", {}), '{"value": 42, "output": "1 2 3 ...')).value == "42"
