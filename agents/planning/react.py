"""ReAct: decide, act, observe, and again, until the question can be answered.

Yao et al. 2022, "ReAct: Synergizing Reasoning and Acting in Language Models", arXiv 2210.03629. The paper writes
thoughts and actions as free text for a very large model; here a decision is a native call, or decoded against a
schema, and a tiny model decides in stages.
"""

from typing import ClassVar, Literal

from pydantic import Field

from .acting import answering, best
from .decisions import in_words
from .settings import Strategy
from .types import Finish, Move, Observed, Think, Thought, Transcript
from .ways import Native, Staged, Way, Whole, plain


class React(Strategy):
    """Call tools, look at what they give, and answer when enough is known."""

    WEIGHS_LIKENESS: ClassVar[bool] = True

    strategy: Literal["react"] = "react"
    max_steps: int = Field(default=7, ge=1, le=50, description="so many times tools are called (7 and 5 in the paper)")
    parallel: int = Field(
        default=1, ge=1, le=16, description="so many calls at once; above 1 a decision is written whole, by able models"
    )
    thoughts: bool = Field(default=True, description="think before each call, where decisions are written whole")
    observation: int = Field(default=2000, ge=100, le=20_000, description="characters of an observation that are read")

    def next(self, so_far: Transcript, /) -> Move:
        """Decide, act, and answer at the end."""
        if so_far.spent:
            return Finish(best(so_far))
        last = so_far.steps[-1] if so_far.steps else None
        way = self._way(so_far)
        if not isinstance(last, Thought):
            asked = None if self._must_answer(so_far, way.needs) else way.decide(so_far)
            return asked or self._answer(so_far)
        if not last.replies:
            return Finish(best(so_far))
        answer = self._answer(so_far).requests[0]
        if last.requests[0].messages == answer.messages and not last.requests[0].tools:
            names = {tool.name for tool in so_far.task.tools}
            return Finish(in_words(last.replies[0].text, names) or best(so_far))
        move = way.read(so_far, last)
        if move is None or (isinstance(move, Think) and so_far.calls_left is not None and so_far.calls_left <= 1):
            return self._answer(so_far)
        return move

    def _way(self, so_far: Transcript) -> Way:
        can = so_far.task.can
        if can.tools:
            return Native(self.observation)
        if can.schema and self.parallel == 1:
            return Staged(self.observation)
        return Whole(self.observation, self.parallel, self.thoughts, can.schema)

    def _must_answer(self, so_far: Transcript, needs: int) -> bool:
        acted = sum(1 for step in so_far.steps if isinstance(step, Observed))
        few = so_far.calls_left is not None and so_far.calls_left < needs
        return few or acted >= self.max_steps or not so_far.task.tools

    def _answer(self, so_far: Transcript) -> Think:
        return Think((answering(so_far, self.observation),), visible=plain)
