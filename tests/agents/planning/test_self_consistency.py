"""Self-consistency: several chains are sampled, and the majority answers."""

from antiphon.agents.models.chat import Reply
from antiphon.agents.planning.self_consistency import SelfConsistency
from antiphon.agents.planning.types import Finish, Move, Task, Think, Thought, Transcript

TASK = Task("How many?")
PLAN = SelfConsistency(answer="number", samples=3, temperature=0.6, seed=7)


def answered(plan: SelfConsistency, *replies: Reply) -> Move:
    first = plan.next(Transcript(TASK))
    assert isinstance(first, Think)
    return plan.next(Transcript(TASK, (Thought(first.requests, replies),)))


def test_its_samples_differ_by_seed_and_by_nothing_else() -> None:
    move = PLAN.next(Transcript(TASK))
    assert isinstance(move, Think)
    assert [(one.temperature, one.seed) for one in move.requests] == [(0.6, 7), (0.6, 8), (0.6, 9)]
    assert len({one.messages for one in move.requests}) == 1


def test_the_answer_that_most_chains_come_to_wins_and_the_votes_are_told() -> None:
    move = answered(PLAN, Reply("Answer: 5"), Reply("Answer: $4.00"), Reply("so 4"))
    assert move == Finish("4", {"votes": {"4": 2, "5": 1}})


def test_of_answers_with_equal_votes_the_surest_wins() -> None:
    move = answered(PLAN, Reply("Answer: 5", chosen=(-2.0,)), Reply("Answer: 4", chosen=(-0.1,)))
    assert isinstance(move, Finish)
    assert move.answer == "4"


def test_without_log_probabilities_the_first_of_them_wins() -> None:
    move = answered(PLAN, Reply("Answer: 5"), Reply("Answer: 4"))
    assert isinstance(move, Finish)
    assert move.answer == "5"


def test_chains_without_a_number_do_not_vote() -> None:
    move = answered(PLAN, Reply("I cannot say."), Reply("No idea."), Reply("Answer: 4"))
    assert move == Finish("4", {"votes": {"4": 1}})


def test_where_no_chain_answers_the_first_reply_is_given() -> None:
    assert answered(PLAN, Reply(" I cannot say."), Reply("No idea.")) == Finish("I cannot say.", {"votes": {}})


def test_it_samples_no_more_than_the_budget_leaves() -> None:
    move = PLAN.next(Transcript(TASK, calls_left=2))
    assert isinstance(move, Think)
    assert len(move.requests) == 2


def test_a_path_with_a_wrong_sum_has_no_vote_where_that_is_checked() -> None:
    wrong = Reply("3 * 4 = 13, so 13 of them. Answer: 13")
    checked = PLAN.model_copy(update={"check": True})
    assert answered(checked, wrong, wrong, Reply("3 * 4 = 12. Answer: 12")) == Finish("12", {"votes": {"12": 1}})


def test_where_every_path_has_a_wrong_sum_all_of_them_vote() -> None:
    wrong = Reply("3 * 4 = 13, so 13 of them. Answer: 13")
    checked = PLAN.model_copy(update={"check": True})
    assert answered(checked, wrong) == Finish("13", {"votes": {"13": 1}})
