"""The command line in this process."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

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


SHOP = """\
schema: workflow/v1
name: shop
input: {book: {type: string, default: Momo}}
state: {copies: {type: object, fields: {number: {type: integer}}}, order: {type: string}}
output: {answer: "${state.order}"}
start: ask
nodes:
  ask:
    kind: ask
    show: "${'How many copies of ' + input.book + '?'}"
    who: Ada
    form: {number: {type: integer, minimum: 1, about: how many}}
    into: copies
    next: buy
  buy:
    kind: python
    function: order
    with: {book: "${input.book}", copies: "${state.copies.number}"}
    effects: once
    into: order
    next: show
  show: {kind: speak, from: "${state.order}", next: end}
"""
FUNCTIONS = """\
from pathlib import Path


def order(book: str, copies: int) -> str:
    with Path(__file__).with_name("ledger").open("a") as ledger:
        ledger.write(f"{copies} {book}\\n")
    if copies > 100:
        raise RuntimeError("so many are not there")
    return f"{copies} of {book} are ordered"
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a workflow that asks a person, then orders once; `ledger` has a line for each order."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.yaml").write_text("schema: app/v1\nmodels: {chat: {engine: embedded, model: none}}\n")
    (tmp_path / "shop.yaml").write_text(SHOP)
    (tmp_path / "shop.py").write_text(FUNCTIONS)
    return tmp_path


@pytest.fixture
def begun(antiphon: Callable[..., Called], shop: Path) -> str:
    """The name of a run that waits for an answer."""
    called = antiphon("run", "shop.yaml", "--python", "shop.py", "--json")
    assert called.status == 3
    return str(json.loads(called.out)["run"])


@pytest.fixture
def done(antiphon: Callable[..., Called], begun: str) -> str:
    """The name of a run that has ordered two books."""
    assert antiphon("runs", "resume", begun, "--answer", "number=2").status == 0
    return begun
