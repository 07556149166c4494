"""The command line in this process."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from antiphon.workflows.cli.main import main


@dataclass(frozen=True)
class Called:
    """What a command left behind."""

    status: int
    out: str
    err: str


@pytest.fixture
def antiphon(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Called]:
    """Call the command: `antiphon("run", "child-tutor")`."""

    def call(*arguments: object) -> Called:
        monkeypatch.setattr("sys.argv", ["antiphon", *map(str, arguments)])
        status = 0
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
        out, err = capsys.readouterr()
        return Called(status, out, err)

    return call
