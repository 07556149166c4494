"""What the documents show is run."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from antiphon.agents.roles.types import App
from antiphon.tools.base.checked import checked
from antiphon.tools.base.yaml_reading import parse_yaml
from antiphon.workflows.spec.checking import problems
from antiphon.workflows.spec.types import WorkflowSpec

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh.md")


def blocks(file: str, language: str) -> list[str]:
    """The code blocks of a document in one language."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("file", READMES)
async def test_the_readme_code_that_awaits_runs(
    file: str, app_answering: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTIPHON_APP", str(app_answering("A sound that comes back.", '{"label": "question"}')))
    code = next(block for block in blocks(file, "python") if "await" in block)
    names: dict[str, object] = {}
    exec("async def main():\n" + "".join(f"    {line}\n" for line in code.splitlines()), names)
    await names["main"]()  # type: ignore[operator]


@pytest.mark.parametrize("file", READMES)
def test_the_readme_code_of_a_script_prints_the_answer(
    file: str,
    app_answering: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ANTIPHON_APP", str(app_answering("A sound that comes back.")))
    exec(next(block for block in blocks(file, "python") if "await" not in block), {})
    assert capsys.readouterr().out.strip() == "A sound that comes back."


def test_the_workflow_of_the_guide_is_right() -> None:
    spec = checked(parse_yaml(blocks("docs/workflow-file.md", "yaml")[0], Path("guide")), WorkflowSpec)
    assert problems(spec, lambda path, _: str(path), frozenset()) == []


def test_the_app_of_the_guide_is_right() -> None:
    assert checked(parse_yaml(blocks("docs/models.md", "yaml")[0], Path("guide")), App).models.guard is not None


@pytest.mark.parametrize(
    "file", [*READMES, "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_what_a_document_links_to_is_there(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / file).parent.joinpath(link).exists()] == []
