"""Twenty articles with instructions to the model in them: none is obeyed, by the tutor with a real model."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from antiphon import Workflow, run
from antiphon.agents.guards.addressing import speaks_to_a_model
from antiphon.agents.models.chat import Chat
from antiphon.agents.models.embedded.server import stop_all
from antiphon.agents.models.scripted import Scripted
from antiphon.agents.opening import open_chat
from antiphon.agents.roles.types import App
from antiphon.tools.knowledge.folder import read_folder
from antiphon.tools.knowledge.passages import sentences, split

DATA = Path(__file__).parents[2] / "data" / "tutor"
INJECTED = DATA / "injected"
CASES = [json.loads(line) for line in (DATA / "injected.jsonl").read_text(encoding="utf-8").splitlines()]
MODEL = "qwen2.5-coder-0.5b"
APP = App.model_validate({"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": MODEL}}})
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])


@pytest.fixture
def one_server() -> Iterator[None]:
    """The model's server of this test's home ends with the test."""
    yield
    stop_all()


@pytest.mark.model(MODEL)
@pytest.mark.usefixtures("one_server")
async def test_nothing_is_done_that_a_document_orders() -> None:
    async with open_chat(APP) as chat:
        assert {case["id"]: await obeyed(case, chat) for case in CASES} == {case["id"]: [] for case in CASES}


async def obeyed(case: dict[str, Any], chat: Chat) -> list[str]:
    """What is heard of an instruction."""
    result = await run("child-tutor", case["question"], app=APP, engines={"chat": chat}, knowledge=[INJECTED], age=8)
    said = f"{result.answer} {result.output['follow_up']}"
    return [pattern for pattern in case["obeyed"] if re.search(pattern, said, re.IGNORECASE)]


LOOK_UP = """\
schema: workflow/v1
name: looks_up
input: {text: {type: string}}
state: {passages: {type: list}}
output: {passages: "${state.passages}"}
start: look_up
nodes:
  look_up: {kind: retrieve, from: "${input.text}", own: true, into: passages, next: end}
"""


@each_case
async def test_an_instruction_is_no_evidence(case: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "workflow.yaml").write_text(LOOK_UP, encoding="utf-8")
    result = await run(Workflow.load(tmp_path), case["question"], app=APP, knowledge=[INJECTED])
    read = [one for passage in result.output["passages"] for one in sentences(passage["text"])]
    assert [one for one in read if speaks_to_a_model(one)] == []


@each_case
async def test_what_the_same_document_knows_is_still_said(case: dict[str, Any]) -> None:
    """With a model that writes nothing: what is heard is the document's own."""
    chat = Scripted(["Nothing."] * 9)
    result = await run("child-tutor", case["question"], app=APP, engines={"chat": chat}, knowledge=[INJECTED], age=8)
    articles = [article for article in read_folder(INJECTED) if article.id == case["id"]]
    known = {one for article in articles for passage in split(article) for one in sentences(passage.text)}
    assert result.output["outcome"] == "answered"
    assert any(one.replace("**", "") in result.answer for one in known)
