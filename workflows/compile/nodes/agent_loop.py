"""The one loop that makes the moves of every strategy."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ....agents.events import BudgetSpent
from ....agents.planning.types import Act, Finish, Observed, Planner, Spent, Task, Think, Thought, Transcript
from ....tools.base.errors import EngineError
from ..step import BrokenOff, Step
from .agent_budget import Purse
from .agent_thinking import Thinker
from .agent_tools import Toolbox

GAP = "\n\n"
"""Between what was said on the way, such as "I look that up.", and the answer."""
MOVES = 1000
"""More than any strategy makes: one that makes so many has no end."""


@dataclass(slots=True)
class Deliberation:
    """One answer of an agent in the making.

    Attributes:
        spent: The part of the budget that was used up before the agent came to its end.
        notes: How the answer was found, as its strategy tells.
        found: The answer, without what was said on the way to it.
    """

    step: Step
    planner: Planner
    task: Task
    thinker: Thinker
    toolbox: Toolbox
    purse: Purse
    spent: Spent = ""
    notes: Mapping[str, Any] = field(default_factory=dict)
    found: str = ""
    _steps: tuple[Thought | Observed, ...] = ()

    async def answer(self) -> AsyncGenerator[str, None]:
        """The answer, piece by piece.

        Raises:
            EndpointError: the model's server failed.
        """
        shown = latest = ""
        for _ in range(MOVES):
            move = self._move()
            match move:
                case Finish():
                    self.notes, self.found = move.notes, move.answer
                    if rest := _rest(move.answer, shown, latest):
                        yield rest
                    if self._is_broken_off():
                        yield BrokenOff()
                    return
                case Think():
                    latest = ""
                    async for piece in self.thinker.think(move):
                        if shown and not latest:
                            yield GAP
                            shown += GAP
                        yield piece
                        latest += piece
                    shown += latest
                    self._steps += (Thought(self.thinker.asked, self.thinker.replies),)
                case Act():
                    self._steps += (Observed(await self.toolbox.call(move.calls, self.purse)),)
        raise EngineError(f"its strategy came to no end within {MOVES} moves", at=self.step.name)

    def _move(self) -> Think | Act | Finish:
        task = replace(self.task, tools=self.toolbox.offered())
        so_far = Transcript(task, self._steps, "", self.purse.calls_left)
        spent = self.purse.spent
        if not (self.purse.late or self._is_cut_short(spent)):
            move = self.planner.next(so_far)
            if not spent or isinstance(move, Finish) or (isinstance(move, Act) and spent != "time"):
                return move  # it has come to its end by itself, or acts on what it has thought
        self.spent = spent
        self.step.emit(BudgetSpent(step=self.step.name, what=self.spent, limit=self.purse.limit(self.spent)))
        last = self.planner.next(replace(so_far, spent=self.spent))
        return last if isinstance(last, Finish) else Finish("")

    def _is_cut_short(self, spent: Spent) -> bool:
        """Whether the last reply would have been longer with more tokens."""
        return spent == "tokens" and self._is_broken_off()

    def _is_broken_off(self) -> bool:
        last = self._steps[-1] if self._steps else None
        return isinstance(last, Thought) and any(reply.finish == "length" for reply in last.replies)


def _rest(answer: str, shown: str, latest: str) -> str:
    """What of the answer is not yet to be seen."""
    for before in (shown, latest):
        if before and answer.startswith(before):
            return answer[len(before) :]
        if before and before.startswith(answer):  # white space at the end
            return ""
    return f"{GAP}{answer}" if shown and answer else answer
