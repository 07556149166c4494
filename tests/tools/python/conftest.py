"""An interpreter that holds code in each way this machine has."""

from dataclasses import replace
from pathlib import Path

import pytest

from antiphon.tools.python.interpreter import Interpreter
from antiphon.tools.python.means import means
from antiphon.tools.python.settings import SandboxSettings
from antiphon.tools.python.types import Ran
from antiphon.tools.python.world import Plan

LIMITS = SandboxSettings(time="3s", memory_mb=256, files_mb=4, output_kb=8).limits()
PLANS: tuple[Plan, ...] = ("namespaces", "landlock")


@pytest.fixture(params=PLANS)
async def held(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Interpreter:
    """An interpreter that holds code in one way."""
    return await by(request.param, monkeypatch)


@pytest.fixture
async def by_landlock(monkeypatch: pytest.MonkeyPatch) -> Interpreter:
    return await by("landlock", monkeypatch)


@pytest.fixture
async def by_namespaces(monkeypatch: pytest.MonkeyPatch) -> Interpreter:
    return await by("namespaces", monkeypatch)


async def by(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> Interpreter:
    mean = next(mean for mean in await means() if mean.name == plan)
    if not mean.holds:
        pytest.skip(mean.told)

    async def chosen(level: str) -> Plan:
        return plan

    monkeypatch.setattr("antiphon.tools.python.interpreter.plan_for", chosen)
    return Interpreter(SandboxSettings())


async def ran(held: Interpreter, code: str, **limits: float) -> Ran:
    return await held.run(code, limits=replace(LIMITS, **limits))  # type: ignore[arg-type]


def processes() -> int:
    return sum(path.name.isdigit() for path in Path("/proc").iterdir())
