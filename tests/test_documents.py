"""What the documents show is run."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from antiphon.agents.roles.types import App
from antiphon.tools.base.checked import checked
from antiphon.tools.base.yaml_reading import parse_yaml
from antiphon.workflows.spec.checks import problems
from antiphon.workflows.spec.known import Subject
from antiphon.workflows.spec.types import WorkflowSpec
from antiphon.workflows.testing.playing import Job, play_all
from antiphon.workflows.testing.reading import read_suite
from antiphon.workflows.workflow import known

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


FIELDS: dict[str, Any] = {
    "input": {
        "text": {"type": "string"},
        "language": {"type": "string", "default": "en"},
        "items": {"type": "list", "items": {"type": "string"}, "default": []},
    },
    "state": {
        "question": {"type": "string", "default": ""},
        "language": {"type": "string", "default": "en"},
        "answer": {"type": "string", "default": ""},
        "known": {"type": "boolean", "default": False},
        "passages": {"type": "list", "default": []},
        "score": {"type": "number", "default": 0.5},
        "notes": {"type": "list", "items": {"type": "string"}, "default": [], "reduce": "append"},
    },
}
"""What the nodes that a document shows alone may name."""


def completed(shown: Mapping[str, Any]) -> dict[str, Any]:
    """A whole workflow of some of its keys, or of some of its nodes; nodes that are only named are made up."""
    head: dict[str, Any] = {"schema": "workflow/v1", "name": "shown"}
    if "kind" not in next(iter(shown.values())):
        return {**head, **shown, "start": "done", "nodes": {"done": {"kind": "end"}}}
    named = {target for node in shown.values() for target in targets_of(node)} - {*shown, "end"}
    return {
        **head,
        **FIELDS,
        "start": next(iter(shown)),
        "nodes": {**shown, **{name: {"kind": "end"} for name in named}},
    }


def targets_of(node: Mapping[str, Any]) -> list[str]:
    """Every node that a node leads to."""
    next_ = node.get("next", [])
    cases = [case.get("to") or case["else"] for case in node.get("route", [])]
    recovers = [node["on_error"]["to"]] if "to" in node.get("on_error", {}) else []
    return [*([next_] if isinstance(next_, str) else next_), *cases, *recovers]


SHOP = '''\
from antiphon import tool


@tool
def price(item: str) -> float:
    """The price of a thing in the shop, in yuan."""
    return {"notebook": 12.0, "笔记本": 12.0, "pencil": 2.5, "铅笔": 2.5}[item]


@tool(effects=True)
def order(item: str, count: int) -> str:
    """Order things for the shop."""
    raise AssertionError("no test orders anything")
'''
MACHINE = App.model_validate({"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": "none"}}})


async def outcomes_of(tests: str, language: str, folder: Path) -> list[tuple[str, str]]:
    """Play a file of tests about the clerk of docs/agents.md, who has two tools more: each test and its problems."""
    agents = "docs/agents.zh.md" if language == "zh" else "docs/agents.md"
    clerk = next(block for block in blocks(agents, "yaml") if "schema: workflow/v1" in block)
    more = clerk.replace("  calculator: {}\n", "  calculator: {}\n  price: {}\n  order: {}\n")
    more = more.replace("tools: [calculator]", "tools: [calculator, price, order]")
    for name, text in (("workflow.yaml", more), ("shop.py", SHOP), ("tests.yaml", tests)):
        (folder / name).write_text(text, encoding="utf-8")
    read = read_suite(folder / "tests.yaml", MACHINE, [folder / "shop.py"])
    jobs = [Job(read, number) for number in range(len(read.suite.tests))]
    return [(one.name, f"{one.status} {one.problems}") for one in await play_all(jobs, real=False, told=lambda _: None)]


def yaml_blocks() -> list[Any]:
    """Each YAML block of the documents that has to do with workflows and machines."""
    files = [*READMES, *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]
    made_elsewhere = ("docs/nodes", "docs/errors", "docs/side-by-side")  # these have tests of their own
    return [
        pytest.param(file, block, id=f"{file}-{i}")
        for file in files
        if not file.startswith(made_elsewhere)
        for i, block in enumerate(blocks(file, "yaml"))
    ]


@pytest.mark.parametrize(("file", "block"), yaml_blocks())
async def test_the_yaml_of_a_document_is_right(file: str, block: str, tmp_path: Path) -> None:
    document = parse_yaml(block, Path(file))
    if document.value.get("schema") == "test/v1":
        told = await outcomes_of(block, "zh" if file.endswith(".zh.md") else "en", tmp_path)
        assert [(name, how) for name, how in told if how != "passed ()"] == []
        return
    if document.value.get("schema") == "app/v1":
        assert checked(document, App).models.chat is not None
        return
    whole = "nodes" in document.value
    data = document if whole else parse_yaml(json.dumps(completed(document.value), ensure_ascii=False), Path(file))
    for folder in ("documents", "knowledge"):
        (tmp_path / folder).mkdir()
    found = problems(Subject(checked(data, WorkflowSpec), tmp_path, lambda at, _: str(at), known()))
    assert [one for one in found if whole or one.level == "error"] == []


@pytest.mark.parametrize("file", ["docs/workflow-file.md", "docs/workflow-file.zh.md"])
def test_the_python_of_the_guide_makes_a_workflow(file: str) -> None:
    names: dict[str, Any] = {}
    exec(blocks(file, "python")[0], names)
    assert names["echo"].spec.name == "echo"


def test_both_guides_show_the_same_files() -> None:
    def keys(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: keys(one) for key, one in value.items()}
        return [keys(one) for one in value] if isinstance(value, list) else type(value)

    english, chinese = (
        [keys(parse_yaml(block, Path(file)).value) for block in blocks(file, "yaml")]
        for file in ("docs/workflow-file.md", "docs/workflow-file.zh.md")
    )
    assert english == chinese


@pytest.mark.parametrize(
    "file", [*READMES, "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_what_a_document_links_to_is_there(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / file).parent.joinpath(link).exists()] == []
