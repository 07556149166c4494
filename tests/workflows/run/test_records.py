"""The record of finished runs: nothing is lost, nobody else may read it, and what is deleted is gone."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antiphon import Workflow, run
from antiphon.agents.events import RunFinished, Warned
from antiphon.agents.models.scripted import Scripted
from antiphon.tools.base.errors import FileError, StorageError
from antiphon.workflows.run.records import Records, Row, records_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET = "a secret about octopuses 章鱼的秘密"


def row(question: str = "Why?", hours: float = 0, **values: Any) -> Row:
    return Row("w", NOON + timedelta(hours=hours), 2.5, "answered", {"question": question, **values}, "c1")


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path / "records" / "w.sqlite")


def bytes_of(records: Records) -> bytes:
    return b"".join(path.read_bytes() for path in records.path.parent.iterdir())


def test_what_is_kept_is_read_again(records: Records) -> None:
    records.append(row(sources=[{"title": "章鱼", "source": "octopus.md"}]))
    found = records.rows()[0]
    assert found == Row(
        "w",
        NOON,
        2.5,
        "answered",
        {"question": "Why?", "sources": [{"title": "章鱼", "source": "octopus.md"}]},
        "c1",
        found.id,
    )


@given(st.text())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_can_be_kept(records: Records, words: str) -> None:
    records.append(row(words))
    assert records.rows()[-1].values["question"] == words.encode(errors="replace").decode()


def test_only_this_user_may_read_it(records: Records) -> None:
    records.append(row())
    modes = [path.stat().st_mode & 0o777 for path in (records.path.parent, records.path)]
    assert modes == [0o700, 0o600]


def test_rows_of_a_time_are_those_that_began_in_it(records: Records) -> None:
    for hours in (3, 0, 1, 2):
        records.append(row(str(hours), hours))
    found = records.rows(NOON + timedelta(hours=1), NOON + timedelta(hours=3))
    assert [one.values["question"] for one in found] == ["1", "2"]


def test_reading_a_record_that_is_not_there_makes_none(records: Records) -> None:
    assert (records.rows(), records.path.exists()) == ([], False)


def test_four_processes_that_write_at_once_lose_nothing(records: Records) -> None:
    code = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime\n"
        "from antiphon.workflows.run.records import Records, Row\n"
        "for i in range(25):\n"
        "    values = {'question': f'{sys.argv[2]}-{i}'}\n"
        "    Records(Path(sys.argv[1])).append(Row('w', datetime.now(UTC), 1.0, 'answered', values))\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(records.path), str(n)]) for n in range(4)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0, 0]
    assert {one.values["question"] for one in records.rows()} == {f"{n}-{i}" for n in range(4) for i in range(25)}


def test_deleted_words_are_gone_from_the_bytes(records: Records) -> None:
    for i in range(50):
        records.append(row(f"{SECRET} {i}", answer=SECRET * 40))
    records.append(row("This one stays."))
    records.delete([one for one in records.rows() if SECRET in one.values["question"]])
    found = bytes_of(records)
    assert (b"octopus" in found, "章鱼".encode() in found, b"This one stays." in found) == (False, False, True)


def test_deleted_words_are_gone_while_another_program_has_the_file_open(records: Records) -> None:
    records.append(row())
    with closing(sqlite3.connect(records.path)) as other:
        assert other.execute("SELECT count(*) FROM runs").fetchone() == (1,)
        records.append(row(SECRET))
        records.delete(records.rows())
        assert b"octopus" not in bytes_of(records)


def test_what_is_deleted_leaves_the_others(records: Records) -> None:
    for question in ("one", "two", "three"):
        records.append(row(question))
    records.delete([records.rows()[1]])
    assert [one.values["question"] for one in records.rows()] == ["one", "three"]


def test_a_file_that_is_no_record_is_said(records: Records) -> None:
    records.path.parent.mkdir()
    records.path.write_text("not a database, but long enough to look like one " * 40, encoding="utf-8")
    with pytest.raises(StorageError, match=r"w.sqlite: this is no record of ours, .* Move it away"):
        records.append(row())


TUTOR = """\
schema: workflow/v1
name: tiny_tutor
input: {text: {type: string}, number: {type: integer, default: 1}}
state: {answer: {type: string}, outcome: {type: string, default: answered}}
output: {answer: "${state.answer}"}
record:
  question: "${input.text}"
  answer: "${state.answer}"
  outcome: "${state.outcome}"
  part: "${10 / input.number}"
start: write
nodes:
  write: {kind: llm, prompt: {user: "{{ input.text }}"}, next: check}
  check:
    kind: guard
    side: answer
    follows: write
    max_words: 4
    rewrite: {prompt: {user: "Shorter: {{ result.sentence }}"}}
    into: answer
    next: end
"""


@pytest.fixture
def tutor(tmp_path: Path) -> Workflow:
    (tmp_path / "workflow.yaml").write_text(TUTOR, encoding="utf-8")
    return Workflow.load(tmp_path)


async def test_a_finished_run_leaves_what_its_workflow_declares(tutor: Workflow) -> None:
    chat = Scripted(["Because light scatters."])
    await run(tutor, "Why?", engines={"chat": chat}, record=True, thread="c7")
    kept = records_of("tiny_tutor").rows()[0]
    declared = {"question": "Why?", "answer": "Because light scatters.", "outcome": "answered", "part": 10}
    assert (kept.values, kept.outcome, kept.conversation) == (declared, "answered", "c7")


async def test_the_times_of_a_run_are_kept(tutor: Workflow) -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    await run(tutor, "Why?", engines={"chat": Scripted(["So."])}, record=True)
    kept = records_of("tiny_tutor").rows()[0]
    assert before <= kept.began <= kept.began + timedelta(seconds=kept.seconds) <= datetime.now(UTC)


async def test_a_sentence_that_was_rewritten_is_kept(tutor: Workflow) -> None:
    chat = Scripted(["This sentence is much too long.", "This is short."])
    await run(tutor, "Why?", engines={"chat": chat}, record=True)
    kept = records_of("tiny_tutor").rows()[0].values["rewritten"]
    assert kept == [
        {"before": "This sentence is much too long.", "after": "This is short.", "reason": "6 words, at most 4"}
    ]


async def test_nothing_is_kept_unless_it_is_wanted(tutor: Workflow, own_home: Path) -> None:
    await run(tutor, "Why?", engines={"chat": Scripted(["So."])})
    assert not (own_home / "data").exists()


@pytest.mark.parametrize("number", [1, 0], ids=["a full disk or the like", "an expression that fails"])
async def test_a_record_that_cannot_be_written_does_not_lose_the_answer(
    tutor: Workflow, own_home: Path, number: int
) -> None:
    if number:
        (own_home / "data").write_text("a file where the folder should be", encoding="utf-8")
    result = await run(tutor, "Why?", engines={"chat": Scripted(["So."])}, record=True, number=number)
    warned = [event.problem for event in result.events if isinstance(event, Warned)]
    assert result.answer == "So."
    assert isinstance(result.events[-1], RunFinished)
    assert [problem.startswith("this turn is not recorded: ") for problem in warned] == [True]


def test_a_wrong_name_in_a_record_is_told_with_its_line(tmp_path: Path) -> None:
    text = TUTOR.replace("${state.outcome}", "${state.outcom}")
    (tmp_path / "workflow.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=r"workflow.yaml:9:\d+: E502 nothing is called 'state.outcom'"):
        Workflow.load(tmp_path)
