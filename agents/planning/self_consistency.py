"""Self-consistency: several chains of thought are sampled, and the answer that most of them come to is taken.

Wang et al. 2022, "Self-Consistency Improves Chain of Thought Reasoning in Language Models", arXiv 2203.11171.
"""

from dataclasses import replace
from typing import Literal

from pydantic import Field

from .chain_of_thought import Exemplar, reasoning
from .extracting import Kind, final_answer
from .settings import Strategy
from .types import Finish, Move, Think, Transcript
from .voting import majority, sound


class SelfConsistency(Strategy):
    """Think several times by chance, and take the answer that most agree on. It calls no tools.

    Of answers with equal votes the one with the most likely path wins, by its mean log-probability of a token. `check`
    is not in the paper: code reckons again what the paths reckon.
    """

    strategy: Literal["self_consistency"] = "self_consistency"
    answer: Kind = Field(default="text", description="text, one number, or a choice: a letter, yes or no")
    samples: int = Field(default=4, ge=1, le=64, description="so many reasoning paths are sampled (40 in the paper)")
    temperature: float = Field(default=0.7, gt=0, le=2, description="of the sampling (0.5 to 0.7 in the paper)")
    seed: int = Field(default=0, ge=0, description="of the first path; the others count on from it")
    check: bool = Field(default=False, description="a path with a wrong sum has no vote where others hold")
    trigger: str = Field(default="", description="the words that make it think, as for chain_of_thought")
    exemplars: tuple[Exemplar, ...] = Field(
        default=(), max_length=16, description="questions worked out; none: zero-shot"
    )

    def next(self, so_far: Transcript, /) -> Move:
        """Sample all paths side by side, as many as the budget leaves; then count."""
        replies = tuple(so_far.replies)
        if replies or so_far.spent:
            voters = sound(replies) if self.check else replies
            answers = (final_answer(reply.text, self.answer) for reply in voters)
            found = majority(answers, self.answer, (reply.mean_logprob for reply in voters))
            first = next((reply.text.strip() for reply in replies), "")
            return Finish(found.answer or first, {"votes": dict(found.votes)})
        left = so_far.calls_left
        many = self.samples if left is None else max(1, min(self.samples, left))
        path = reasoning(
            so_far.task,
            self.answer,
            trigger=self.trigger,
            exemplars=self.exemplars,
            temperature=self.temperature,
        )
        return Think(tuple(replace(path, seed=self.seed + i, top_logprobs=1) for i in range(many)))
