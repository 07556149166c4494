"""Best of n: several chains of thought are sampled, and the one the model itself found most likely is taken.

Ranked by the mean log-probability of the tokens that were written, the unsupervised ranking that Wang et al. 2022
(arXiv 2203.11171, section 3.1) and Chen et al. 2021 (arXiv 2107.03374, section 4.4) compare their methods with.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from pydantic import Field

from ..models.chat import Reply
from .chain_of_thought import Exemplar, concluded, reasoning
from .extracting import Kind
from .settings import Strategy
from .types import Finish, Move, Think, Transcript


class BestOf(Strategy):
    """Think several times by chance, and take the answer of the chain the model was surest of. It calls no tools.

    Its chains are those of self_consistency with the same settings. Without log-probabilities from the server, the
    first chain counts.
    """

    strategy: Literal["best_of"] = "best_of"
    answer: Kind = Field(default="text", description="text, one number, or a choice: a letter, yes or no")
    n: int = Field(default=4, ge=1, le=64, description="so many chains are sampled")
    temperature: float = Field(default=0.7, gt=0, le=2, description="of the sampling")
    seed: int = Field(default=0, ge=0, description="of the first chain; the others count on from it")
    trigger: str = Field(default="", description="the words that make it think, as for chain_of_thought")
    exemplars: tuple[Exemplar, ...] = Field(
        default=(), max_length=16, description="questions worked out; none: zero-shot"
    )

    def next(self, so_far: Transcript, /) -> Move:
        """Sample all chains side by side, as many as the budget leaves; then choose."""
        replies = tuple(so_far.replies)
        if replies or so_far.spent:
            return _best(replies, self.answer)
        left = so_far.calls_left
        many = self.n if left is None else max(1, min(self.n, left))
        task, kind = so_far.task, self.answer
        chains = (
            reasoning(
                task,
                kind,
                trigger=self.trigger,
                exemplars=self.exemplars,
                temperature=self.temperature,
                seed=self.seed + i,
            )
            for i in range(many)
        )
        return Think(tuple(replace(chain, top_logprobs=1) for chain in chains))


def _best(replies: Sequence[Reply], kind: Kind) -> Finish:
    """The answer of the surest, and how sure each was."""
    if not replies:
        return Finish("")
    sure = [reply.mean_logprob for reply in replies]
    known = [i for i, one in enumerate(sure) if one is not None]
    best = max(known, key=lambda i: sure[i] or 0.0) if known else 0
    rounded = [None if one is None else round(one, 4) for one in sure]
    return Finish(concluded(replies[best].text, kind), {"chosen": best, "mean_logprobs": rounded})
