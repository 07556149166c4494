"""The tool `calculator`: arithmetic, algebra, units and dates, from one line of text."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from ..base.checked import Strict, settings
from ..base.tool import Tool

DESCRIPTION = (
    "Work out numbers, equations, units and dates exactly. Write one expression, for example: (12.5+3)*4, 15% of 80, "
    "sqrt(2)^3, solve x^2-5x+6=0, derivative of x^3, 5 km in miles, 2026-12-25 - 2026-11-22, 2026-11-22 + 45 days, "
    "weekday of 2026-02-14"
)

EXAMPLES = ("How much is 17 times 23?", "把三百块平分给八个人，每人多少？")


class Settings(Strict):
    """What a file may say of it."""

    limit_s: float = Field(default=5.0, gt=0, le=60, description="seconds that algebra or units may take")


def calculator(folder: Path, written: Mapping[str, Any]) -> Tool:
    """Make the tool: `expression` in; out `result` (a decimal), `exact` ("" where it is not known), at times `note`.

    Plain arithmetic and dates are answered at once; algebra and units by a process that is killed when it takes
    longer than `limit_s`.
    """
    limit_s = settings(written, Settings, "tool calculator").limit_s
    made: list[Any] = []

    async def calculate(expression: str) -> dict[str, str]:
        """Work out an expression."""
        from .asking import understood  # not needed to know what the tool wants
        from .conversion import Conversion

        found = understood(expression)
        if isinstance(found, dict):
            return found
        if not made:
            from .children import Children

            made.append(Children(limit_s))
        answer: dict[str, str] = await made[0].ask(found.plain(), "pint" if isinstance(found, Conversion) else "sympy")
        return answer

    return Tool("calculator", DESCRIPTION, calculate, examples=EXAMPLES)
