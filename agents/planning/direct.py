"""Direct: the model is asked once, and what it writes is the answer."""

from typing import Literal

from .messages import asked
from .settings import Strategy
from .types import Finish, Move, Think, Transcript


class Direct(Strategy):
    """Ask once; what the model writes is the answer. It calls no tools."""

    strategy: Literal["direct"] = "direct"

    def next(self, so_far: Transcript, /) -> Move:
        """Ask, then answer."""
        reply = next(iter(so_far.replies), None)
        if reply is not None or so_far.spent:
            return Finish(reply.text.strip() if reply else "")
        return Think((asked(so_far.task),), visible=str.lstrip)
