"""The tool `find_exercise`: is what a child says homework, and how far has it been helped with it?"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..base.checked import Strict, settings
from ..base.tool import Tool


class Settings(Strict):
    """The tool has none."""


def find_exercise(workflow_folder: Path, written: Mapping[str, Any]) -> Tool:
    """Make the tool: what a child says, what it was helped with before and how far; the exercise, the step, the words.

    The steps are 1, a hint; 2, a like exercise worked out; 3, the answer; 0 means that this is no homework.
    `says` holds the words for an exercise in arithmetic; for others it is "" and a model must find them.
    """
    settings(written, Settings, "tool find_exercise")

    async def look(text: str, language: str, before: str, helped: int) -> dict[str, Any]:
        """Find out whether this is homework, and what to say next."""
        from .homework import step_of  # not needed to know what the tool wants, which is all that a check asks

        return step_of(text, language, before, helped)

    return Tool("find_exercise", "Find out whether this is homework, and what to say next.", look)
