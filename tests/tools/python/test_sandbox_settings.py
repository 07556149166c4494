"""The section `sandbox` of app.yaml."""

from typing import Any

import pytest
from pydantic import ValidationError

from antiphon.agents.roles.types import App
from antiphon.tools.python.settings import SandboxSettings
from antiphon.tools.python.types import Limits
from antiphon.workflows.run.engines import OpenEngines

APP = {"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": "none"}}}


def test_code_is_held_by_the_kernel_unless_somebody_says_otherwise() -> None:
    assert App.model_validate(APP).sandbox.level == "kernel"


def test_a_profile_changes_what_it_names() -> None:
    sandbox = {"level": "process", "time": "2s"}
    app = App.model_validate({**APP, "sandbox": sandbox, "profiles": {"big": {"sandbox": {"memory_mb": 2048}}}})
    assert app.under("big").sandbox == SandboxSettings(level="process", time="2s", memory_mb=2048)


def test_the_limits_are_those_of_the_file() -> None:
    assert SandboxSettings(time="1500ms", processes=2).limits() == Limits(1.5, 1.5, 512, 64, 20, 2)


@pytest.mark.parametrize("wrong", [{"time": "0s"}, {"time": "2d"}, {"memory_mb": 1}, {"level": "none"}, {"net": True}])
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SandboxSettings.model_validate(wrong)


async def test_a_run_is_given_the_interpreter_of_its_machine() -> None:
    async with OpenEngines(App.model_validate({**APP, "sandbox": {"level": "process"}})) as engines:
        ran = await engines.interpreter().run("import os\nlen(os.listdir('/')) > 3")
    assert ran.value is True
