"""What the page about runs shows is what happens."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
PAGES = ("docs/runs.md", "docs/runs.zh.md")
SHOWN = "fq3k-7mzt"
_CHANGING = {r"\d{4}-\d\d-\d\d \d\d:\d\d": "2026-11-22 18:04", r"\d+\.\d s": "0.1 s", r"whole \d+\.\d": "whole 0.1"}
Call = Callable[..., Any]


def blocks(page: str, language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def alike(text: str) -> str:
    """Without what differs from run to run."""
    for pattern, instead in _CHANGING.items():
        text = re.sub(pattern, instead, text)
    return text


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.yaml").write_text("schema: app/v1\nmodels: {chat: {engine: embedded, model: none}}\n")
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_the_page_show_what_it_says(antiphon: Call, folder: Path, page: str) -> None:
    (folder / "books.yaml").write_text(blocks(page, "yaml")[0], encoding="utf-8")
    own, seen, (console,) = SHOWN, "", blocks(page, "console")
    for command in re.findall(r"^\$ (.*)$", console, re.MULTILINE):
        called = antiphon(*shlex.split(command.replace(SHOWN[:4], own[:4]))[1:])
        found = re.search(r"resume (\S+) --answer", called.err)
        own = found[1] if found and own == SHOWN else own
        seen += f"$ {command}\n{called.err}{called.out}"
    assert alike(seen.replace(own, SHOWN)).strip() == console.strip()


@pytest.mark.parametrize("page", PAGES)
async def test_the_python_of_the_page_runs(folder: Path, page: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "books.yaml").write_text(blocks(page, "yaml")[0], encoding="utf-8")
    names: dict[str, Any] = {}
    exec(blocks(page, "python")[0], names)
    await names["main"]()
    assert capsys.readouterr().out == "2 of Momo\n"
