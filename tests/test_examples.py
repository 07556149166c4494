"""The examples run, and print what they should; the scripted model plays the model."""

import runpy
from pathlib import Path
from typing import Any

import pytest

from antiphon.agents.models.scripted import Scripted

EXAMPLES = Path(__file__).parents[1] / "examples"


def main_of(name: str) -> Any:
    return runpy.run_path(str(EXAMPLES / name))["main"]


async def test_an_agent_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    await main_of("01_agent.py")(chat=Scripted(["An echo is a sound that comes back. A wall sends it back."]))
    assert capsys.readouterr().out == "An echo is a sound that comes back. A wall sends it back.\n"


async def test_a_workflow_calls_a_tool(capsys: pytest.CaptureFixture[str]) -> None:
    await main_of("02_tool/palindromes.py")()
    assert capsys.readouterr().out.splitlines() == [
        "Never odd or even: Yes, backwards it reads the same.",
        "上海自来水来自海上: Yes, backwards it reads the same.",
        "Antiphon: No, backwards it reads differently.",
    ]
