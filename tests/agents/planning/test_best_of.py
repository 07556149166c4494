"""Best of n: the surest chain is taken."""

from hypothesis import given
from hypothesis import strategies as st

from antiphon.agents.models.chat import Reply
from antiphon.agents.planning.best_of import BestOf
from antiphon.agents.planning.self_consistency import SelfConsistency
from antiphon.agents.planning.types import Finish, Task, Think, Thought, Transcript

TASK = Task("2 + 3?")


def after(plan: BestOf, replies: tuple[Reply, ...]) -> Finish:
    move = plan.next(Transcript(TASK, (Thought((), replies),)))
    assert isinstance(move, Finish)
    return move


def test_the_answer_of_the_surest_chain_is_taken() -> None:
    replies = (Reply("Answer: 6", chosen=(-1.0, -1.0)), Reply("Answer: 5", chosen=(-0.2,)), Reply("Answer: 7"))
    assert after(BestOf(answer="number"), replies) == Finish("5", {"chosen": 1, "mean_logprobs": [-1.0, -0.2, None]})


def test_without_log_probabilities_the_first_counts() -> None:
    assert after(BestOf(), (Reply("Answer: 6"), Reply("Answer: 5"))).answer == "6"


def test_its_chains_are_those_of_self_consistency_but_for_the_log_probabilities() -> None:
    moves = BestOf().next(Transcript(TASK)), SelfConsistency().next(Transcript(TASK))
    ours, theirs = (move.requests for move in moves if isinstance(move, Think))
    assert [(one.messages, one.seed, one.temperature) for one in ours] == [
        (one.messages, one.seed, one.temperature) for one in theirs
    ]
    assert {one.top_logprobs for one in ours} == {1}


def test_a_small_budget_makes_fewer_chains() -> None:
    move = BestOf(n=8).next(Transcript(TASK, calls_left=3))
    assert isinstance(move, Think)
    assert len(move.requests) == 3


replies_ = st.builds(Reply, st.text(), chosen=st.lists(st.floats(-50, 0), max_size=3).map(tuple))


@given(st.lists(replies_, max_size=5).map(tuple), st.sampled_from(["", "calls", "tokens", "time"]))
def test_whatever_was_replied_it_ends(replies: tuple[Reply, ...], spent: str) -> None:
    steps = (Thought((), replies),) if replies else ()
    move = BestOf().next(Transcript(TASK, steps, spent))  # type: ignore[arg-type]
    assert isinstance(move, Finish if replies or spent else Think)
