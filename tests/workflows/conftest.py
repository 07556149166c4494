"""What `antiphon validate` says about a workflow that a test wrote."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from antiphon.workflows.cli.validate import validate


@pytest.fixture
def checked(tmp_path: Path) -> Callable[..., Result]:
    """Check a workflow.yaml of this text, with files beside it, in a folder of the test's own."""

    def check(text: str | bytes, files: Mapping[str, str] | None = None, *, folder: Path = tmp_path) -> Result:
        for name, content in (files or {}).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
        file = folder / "workflow.yaml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        result = CliRunner().invoke(validate, ["--format", "text", str(file)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return check


@pytest.fixture
def told(checked: Callable[..., Result]) -> Callable[..., set[str]]:
    """The codes of the errors, of a workflow that must be refused."""

    def check(text: str | bytes, files: Mapping[str, str] | None = None) -> set[str]:
        result = checked(text, files)
        assert result.exit_code == 2
        return {*re.findall(r"\bE\d{3}\b", result.output)}

    return check
