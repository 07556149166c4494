"""Whatever a model writes and a tool says, a strategy ends within a few moves and raises nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.agents.models.chat import Reply
from antiphon.agents.planning.chain_of_thought import ChainOfThought
from antiphon.agents.planning.program import Program
from antiphon.agents.planning.self_consistency import SelfConsistency
from antiphon.agents.planning.types import (
    Act,
    Finish,
    Observation,
    Observed,
    Planner,
    Task,
    Think,
    Thought,
    Transcript,
)

KINDS = ("text", "number", "choice")
PLANS = st.one_of(
    st.builds(ChainOfThought, answer=st.sampled_from(KINDS)),
    st.builds(SelfConsistency, answer=st.sampled_from(KINDS), samples=st.integers(1, 4)),
    st.builds(
        Program,
        answer=st.sampled_from(KINDS),
        samples=st.integers(1, 3),
        chains=st.integers(0, 2),
        repair=st.booleans(),
    ),
)
PIECES = (
    "```python\n", "\n```", "```", "def solution():\n    return ", "1/0", "7", "1,234.5", "½", "十二", "万", "Answer: ",
    "**Answer:**", "答案：", "####", "\\boxed{", "}", "(B)", "\n", " ", "{", '{"value": ', '"error": "no"}',
    "null", "%", "{error}",
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=20), st.lists(st.sampled_from(PIECES), max_size=8).map("".join))


@settings(max_examples=80, deadline=None)
@given(
    plan=PLANS,
    language=st.sampled_from(["en", "zh", "fr"]),
    left=st.one_of(st.none(), st.integers(1, 5)),
    data=st.data(),
)
def test_a_strategy_ends_within_a_few_moves(
    plan: Planner, language: str, left: int | None, data: st.DataObject
) -> None:
    so_far = Transcript(Task("How many?", language=language), calls_left=left)
    for _ in range(5):
        move = plan.next(so_far)
        if isinstance(move, Finish):
            break
        so_far = made(so_far, move, data)
    assert isinstance(plan.next(so_far), Finish)


def made(so_far: Transcript, move: Think | Act, data: st.DataObject) -> Transcript:
    """What a loop would make of a move."""
    left = so_far.calls_left
    if isinstance(move, Think):
        assert left is None or len(move.requests) <= left
        left = None if left is None else left - len(move.requests)
        replies = tuple(Reply(data.draw(TEXTS)) for _ in move.requests)
        return Transcript(so_far.task, (*so_far.steps, Thought(move.requests, replies)), calls_left=left)
    seen = tuple(Observation(call, data.draw(TEXTS), data.draw(st.booleans())) for call in move.calls)
    return Transcript(so_far.task, (*so_far.steps, Observed(seen)), calls_left=left)


@settings(max_examples=50, deadline=None)
@given(plan=PLANS, texts=st.lists(TEXTS, max_size=5))
def test_a_spent_budget_ends_it_at_once(plan: Planner, texts: list[str]) -> None:
    steps = (Thought((), tuple(map(Reply, texts))),) if texts else ()
    assert isinstance(plan.next(Transcript(Task("How many?"), steps, spent="time")), Finish)
