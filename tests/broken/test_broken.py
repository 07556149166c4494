"""Broken files, and word for word what `antiphon validate` says about each.

After a message has changed, record anew with `ANTIPHON_RECORD=1 pytest tests/broken`, and read every difference as the
person would who made the mistake: is the place right, is the sentence true, does the hint help?
"""

import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from antiphon.workflows.cli.validate import validate

HERE = Path(__file__).parent
CODES = Path(__file__).parents[2] / "workflows" / "diagnostics" / "codes"
MADE = {"013-too-large": "# The same thing a million times.\n" + "# and again\n" * 100_000}
"""Files too large to keep."""
NAMES = sorted([path.stem for path in HERE.glob("*.yaml") if not path.stem.endswith(".app")] + [*MADE])


def said(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a person sees who checks the file where it lies."""
    if name in MADE:
        (folder / f"{name}.yaml").write_text(MADE[name], encoding="utf-8")
    monkeypatch.chdir(folder if name in MADE else HERE)
    app = HERE / f"{name}.app.yaml"
    if app.exists():
        monkeypatch.setenv("ANTIPHON_APP", app.name)
    result = CliRunner().invoke(validate, ["--format", "text", f"{name}.yaml"])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return f"{result.output}exit status {result.exit_code}\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_file_is_told_all_that_is_wrong(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    got, expected = said(name, tmp_path, monkeypatch), HERE / f"{name}.txt"
    if os.environ.get("ANTIPHON_RECORD"):
        expected.write_text(got, encoding="utf-8")
    assert got == expected.read_text(encoding="utf-8")


def test_every_code_has_a_broken_file() -> None:
    told = {code for path in HERE.glob("*.txt") for code in re.findall(r"\b[EW]\d{3}\b", path.read_text("utf-8"))}
    assert {path.stem for path in CODES.glob("*.yaml")} - told == set()


def test_nothing_expected_is_left_over() -> None:
    assert {path.stem for path in HERE.glob("*.txt")} - {*NAMES} == set()
