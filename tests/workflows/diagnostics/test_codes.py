"""Every code is explained in both languages, its wrong example gives it, and its right example gives nothing."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from antiphon.workflows.cli.validate import validate
from antiphon.workflows.diagnostics.catalogue import Language
from antiphon.workflows.diagnostics.page import page

ROOT = Path(__file__).parents[3]
CODES = ROOT / "workflows" / "diagnostics" / "codes"
NAMES = sorted(path.stem for path in CODES.glob("*.yaml"))
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def entry(code: str) -> dict[str, Any]:
    """What a file of the catalogue says."""
    found: dict[str, Any] = yaml.safe_load((CODES / f"{code}.yaml").read_text(encoding="utf-8"))
    return found


def codes_told(code: str, which: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The codes of all complaints about an example of the catalogue, laid out as it says."""
    here = entry(code)
    (folder / "workflow.yaml").write_text(
        here[which], encoding="gbk" if (code, which) == ("E107", "wrong") else "utf-8"
    )
    if (code, which) == ("E106", "wrong"):
        (folder / "guide.md").write_text("Another thing to see.\n" * 20_000, encoding="utf-8")
    beside = {
        **here.get("files", {}),
        **{f"{key}.{end}": here[key] for key, end in (("app", "yaml"), ("python", "py")) if key in here},
    }
    for name, text in beside.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    functions = ["--python", "python.py"] if "python" in here else []
    output = CliRunner().invoke(validate, ["--format", "text", *functions, "workflow.yaml"]).output
    return {*re.findall(r"\b[EW]\d{3}\b", output)} or ({output} - {"workflow.yaml: good\n"})


def test_every_code_of_the_source_is_explained_and_no_other() -> None:
    source = "".join(
        path.read_text(encoding="utf-8")
        for floor in ("tools", "agents", "workflows")
        for path in (ROOT / floor).rglob("*.py")
    )
    assert {*re.findall(r"""["']([EW]\d{3})["']""", source)} == {*NAMES}


@pytest.mark.parametrize("code", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_has_a_title_and_a_text(code: str, language: Language) -> None:
    here = entry(code)
    assert here["code"] == code
    assert here["title"][language].strip()
    assert here["text"][language].strip()


@pytest.mark.parametrize("code", NAMES)
def test_the_wrong_example_gives_its_code_and_no_other(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert codes_told(code, "wrong", tmp_path, monkeypatch) == {code}


@pytest.mark.parametrize("code", NAMES)
def test_the_right_example_is_right(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert codes_told(code, "right", tmp_path, monkeypatch) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_all_codes_is_up_to_date(language: Language) -> None:
    name = {"en": "errors.md", "zh": "errors.zh.md"}[language]
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == page(language)
