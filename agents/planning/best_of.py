"""Best of n: several chains of thought are sampled, and the one the model itself found most likely is taken.

Ranked by the mean log-probability of the tokens that were written, the unsupervised ranking that Wang et al. 2022
(arXiv 2203.11171, section 3.1) and Chen et al. 2021 (arXiv 2107.03374, section 4.4) compare their methods with.
"""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from ..models.chat import Reply
from .chain_of_thought import Sampled, concluded
from .extracting import Kind
from .types import Finish, Move, Transcript


class BestOf(Sampled):
    """Think several times by chance, and take the answer of the chain the model was surest of. It calls no tools.

    Its chains are those of self_consistency with the same settings. Without log-probabilities from the server, the
    first chain counts.
    """

    strategy: Literal["best_of"] = "best_of"
    n: int = Field(default=4, ge=1, le=64, description="so many chains are sampled")

    def next(self, so_far: Transcript, /) -> Move:
        """Sample, then choose."""
        replies = tuple(so_far.replies)
        if replies or so_far.spent:
            return _best(replies, self.answer)
        return self.chains(so_far, self.n)


def _best(replies: Sequence[Reply], kind: Kind) -> Finish:
    """The answer of the surest, and how sure each was."""
    if not replies:
        return Finish("")
    sure = [reply.mean_logprob for reply in replies]
    known = [i for i, one in enumerate(sure) if one is not None]
    best = max(known, key=lambda i: sure[i] or 0.0) if known else 0
    rounded = [None if one is None else round(one, 4) for one in sure]
    return Finish(concluded(replies[best].text, kind), {"chosen": best, "mean_logprobs": rounded})
