"""What people wait for before anything happens, in a fresh process each time; the best of five on a shared machine."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = str(Path(sys.executable).with_name("antiphon"))


def best_ms(*command: str) -> float:
    """Wall time of a whole process less that of a bare interpreter, in milliseconds."""
    return 1000 * min(wall_s(*command) for _ in range(5))


def wall_s(*command: str) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


@pytest.mark.parametrize(
    ("command", "at_most_ms"),
    [
        ((sys.executable, "-c", "import antiphon"), 100),
        ((sys.executable, "-c", "from antiphon import Agent"), 300),
        ((SCRIPT, "--help"), 300),
    ],
    ids=["import antiphon", "import Agent", "--help"],
)
def test_the_first_step_is_quick(command: tuple[str, ...], at_most_ms: float) -> None:
    assert best_ms(*command) <= at_most_ms


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from antiphon.workflows.cli.main import antiphon; antiphon(['--help'], standalone_mode=False); "
    code += "heavy = ('langgraph', 'openai', 'numpy', 'pydantic', 'yaml', 'rich', 'httpx2'); "
    code += "print([name for name in heavy if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_checking_a_file_imports_no_engine() -> None:
    code = "import sys; from antiphon import Workflow; Workflow.load('child-tutor'); "
    code += "print([m for m in ('langgraph', 'openai', 'numpy', 'httpx2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
