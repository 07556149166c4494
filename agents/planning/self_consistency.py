"""Self-consistency: several chains of thought are sampled, and the answer that most of them come to is taken.

Wang et al. 2022, "Self-Consistency Improves Chain of Thought Reasoning in Language Models", arXiv 2203.11171.
"""

from typing import Literal

from pydantic import Field

from .chain_of_thought import Sampled
from .extracting import final_answer
from .types import Finish, Move, Transcript
from .voting import majority, sound


class SelfConsistency(Sampled):
    """Think several times by chance, and take the answer that most agree on. It calls no tools.

    Of answers with equal votes the one with the most likely path wins, by its mean log-probability of a token. `check`
    is not in the paper: code reckons again what the paths reckon.
    """

    strategy: Literal["self_consistency"] = "self_consistency"
    samples: int = Field(default=4, ge=1, le=64, description="so many reasoning paths are sampled (40 in the paper)")
    check: bool = Field(default=False, description="a path with a wrong sum has no vote where others hold")

    def next(self, so_far: Transcript, /) -> Move:
        """Sample, then count."""
        replies = tuple(so_far.replies)
        if replies or so_far.spent:
            voters = sound(replies) if self.check else replies
            answers = (final_answer(reply.text, self.answer) for reply in voters)
            found = majority(answers, self.answer, (reply.mean_logprob for reply in voters))
            first = next((reply.text.strip() for reply in replies), "")
            return Finish(found.answer or first, {"votes": dict(found.votes)})
        return self.chains(so_far, self.samples)
