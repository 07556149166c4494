"""What is remembered of the ways to hold code: what this machine has, and no bad luck."""

import sys

import pytest

from antiphon.tools.python.means import means


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sys.executable", "/none"),
        ("sys.executable", "/bin/true"),
        ("antiphon.tools.python.means._TRIAL", "import os\nos._exit(3)"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's means are Linux's")
async def test_a_trial_that_went_wrong_is_made_again(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [mean.holds for mean in await means()]
    monkeypatch.setattr("antiphon.tools.python.means._found", {})
    with monkeypatch.context() as once:
        once.setattr(name, value)
        assert not any(mean.holds for mean in (await means())[:2])
    assert [mean.holds for mean in await means()] == before
