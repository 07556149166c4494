"""What every strategy has in common in a file: its budget."""

from typing import Annotated

from pydantic import Field, StringConstraints

from ...tools.base.checked import Strict
from ...tools.base.patterns import DURATION


class Budget(Strict):
    """What an agent may use up for one answer; where it is used up, it gives the best answer it has so far."""

    calls: int | None = Field(default=None, ge=1, le=1000, description="so many times its model may be asked")
    tokens: int | None = Field(default=None, ge=1, description="so many tokens its model may write in all")
    time: Annotated[str, StringConstraints(pattern=DURATION)] | None = Field(
        default=None, description="so long it may take: 20s"
    )


class Strategy(Strict):
    """What every strategy has."""

    budget: Budget = Field(default=Budget(), description="what it may use up for one answer")
