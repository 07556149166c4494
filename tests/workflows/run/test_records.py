"""The record of finished runs: nothing is lost, nobody else may read it, and what is deleted is gone."""

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon import Workflow, run
from antiphon.agents.events import RunFinished, Warned
from antiphon.agents.models.scripted import Scripted
from antiphon.agents.roles.types import App
from antiphon.agents.timeline.opening import open_timeline, open_timeline_if_kept
from antiphon.agents.timeline.query import Query
from antiphon.agents.timeline.timeline import Timeline
from antiphon.agents.timeline.types import Entry, Part
from antiphon.tools.base.errors import EndpointBrokeOff, FileError, StorageError
from antiphon.workflows.run.records import Records, Row
from antiphon.workflows.run.resuming import resume
from antiphon.workflows.storage.store import open_store

NOON = datetime(2046, 11, 22, 12, tzinfo=UTC)  # after whatever the clock says while the tests run
SECRET = "a secret about octopuses 章鱼的秘密"


def row(question: str = "Why?", hours: float = 0, *, run: str = "", **values: Any) -> Row:
    began = NOON + timedelta(hours=hours)
    return Row("w", began, 2.5, "answered", {"question": question, **values}, "c1", run)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "timeline.sqlite"


@pytest.fixture
async def records(file: Path) -> AsyncIterator[Records]:
    async with open_timeline(file) as timeline:
        yield Records(timeline)


@pytest.fixture(params=["sqlite", "postgres"])
async def either(request: pytest.FixtureRequest, file: Path) -> AsyncIterator[Records]:
    """In both databases."""
    async with open_timeline(request.getfixturevalue("postgres_url") if request.param == "postgres" else file) as it:
        yield Records(it)


def bytes_of(file: Path) -> bytes:
    return b"".join(path.read_bytes() for path in file.parent.iterdir())


def questions(rows: list[Row]) -> list[str]:
    return [one.values["question"] for one in rows]


async def say(timeline: Timeline, run: str, *texts: str) -> None:
    """What is kept of a run that has ended."""
    for text, kind in zip(texts, ("utterance", "answer"), strict=False):
        await timeline.append(Entry(thread="c1", run=run, who="x", kind=kind, parts=(Part("text", text),)))  # type: ignore[arg-type]


async def test_what_is_kept_is_read_again(either: Records) -> None:
    await either.append(row(sources=[{"title": "章鱼", "source": "octopus.md"}], run="fq3k-7mzt"))
    (found,) = await either.rows("w")
    assert found == Row(
        "w",
        NOON,
        2.5,
        "answered",
        {"question": "Why?", "sources": [{"title": "章鱼", "source": "octopus.md"}]},
        "c1",
        "fq3k-7mzt",
        found.id,
    )


async def test_what_json_has_no_form_for_is_left_out(either: Records) -> None:
    await either.append(row(sound=object(), number=float("nan")))
    assert (await either.rows("w"))[0].values == {"question": "Why?", "sound": None, "number": None}


async def test_what_was_said_in_the_run_stands_once(either: Records) -> None:
    await say(either.timeline, "r1", "Why is it blue?", "Because light scatters.")
    await either.append(row("Why is it blue?", answer="Because light scatters.", topic="sky", run="r1"))
    written = str(await either.timeline.find(Query(kinds=["record"])))
    assert ("Why is it blue?" in written, "Because" in written, "sky" in written) == (False, False, True)
    values = (await either.rows("w"))[0].values
    assert values == {"question": "Why is it blue?", "answer": "Because light scatters.", "topic": "sky"}


async def test_a_run_that_is_recorded_again_is_there_once(either: Records) -> None:
    for _ in range(2):
        await either.append(row(run="r1"))
    assert len(await either.rows("w")) == 1


async def test_a_record_is_no_part_of_its_conversation(either: Records) -> None:
    await say(either.timeline, "r1", "Why?")
    before = await either.timeline.latest("c1")
    await either.append(row(run="r1"))
    assert await either.timeline.latest("c1") == before


@given(st.text())
@settings(max_examples=30, deadline=None)
def test_any_words_can_be_kept(tmp_path_factory: pytest.TempPathFactory, words: str) -> None:
    async def kept() -> list[str]:
        async with open_timeline(tmp_path_factory.mktemp("any") / "timeline.sqlite") as timeline:
            await Records(timeline).append(row(words))
            return questions(await Records(timeline).rows("w"))

    assert asyncio.run(kept()) == [words.encode(errors="replace").decode()]


async def test_only_this_user_may_read_it(records: Records, file: Path) -> None:
    await records.append(row())
    modes = [path.stat().st_mode & 0o777 for path in (file.parent, *file.parent.iterdir())]
    assert modes[:2] == [0o700, 0o600]
    assert {*modes[1:]} == {0o600}


async def test_rows_of_a_time_are_those_that_began_in_it(either: Records) -> None:
    for hours in (3, 0, 1 - 1 / 3600, 1, 2):
        await either.append(row(str(hours), hours))
    assert questions(await either.rows("w", NOON + timedelta(hours=1), NOON + timedelta(hours=3))) == ["1", "2"]


async def test_rows_of_a_workflow_are_not_those_of_another(either: Records) -> None:
    await either.append(row())
    assert await either.rows("v") == []


async def test_reading_a_record_that_is_not_there_makes_none(file: Path) -> None:
    async with open_timeline_if_kept(file) as timeline:
        assert (timeline, file.parent.exists()) == (None, False)


def test_four_processes_that_write_at_once_lose_nothing(file: Path) -> None:
    code = (
        "import asyncio, sys; from pathlib import Path; from datetime import UTC, datetime\n"
        "from antiphon.agents.timeline.opening import open_timeline\n"
        "from antiphon.workflows.run.records import Records, Row\n"
        "async def main():\n"
        "    for i in range(25):\n"
        "        values = {'question': f'{sys.argv[2]}-{i}'}\n"
        "        async with open_timeline(Path(sys.argv[1])) as timeline:\n"
        "            await Records(timeline).append(Row('w', datetime.now(UTC), 1.0, 'answered', values))\n"
        "asyncio.run(main())\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(file), str(n)]) for n in range(4)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0, 0]

    async def found() -> list[str]:
        async with open_timeline(file) as timeline:
            return questions(await Records(timeline).rows("w"))

    assert sorted(asyncio.run(found())) == sorted(f"{n}-{i}" for n in range(4) for i in range(25))


async def test_deleted_words_are_gone_from_the_bytes(records: Records, file: Path) -> None:
    for i in range(50):
        await records.append(row(f"{SECRET} {i}", answer=SECRET * 40))
    await records.append(row("This one stays."))
    await records.delete([one for one in await records.rows("w") if SECRET in one.values["question"]])
    found = bytes_of(file)
    assert (b"octopus" in found, "章鱼".encode() in found, b"This one stays." in found) == (False, False, True)


async def test_deleted_words_are_gone_while_another_program_has_the_file_open(records: Records, file: Path) -> None:
    await records.append(row())
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT count(*) FROM timeline_entries").fetchone() == (1,)
        await records.append(row(SECRET))
        await records.delete(await records.rows("w"))
        assert b"octopus" not in bytes_of(file)


async def test_with_a_record_goes_all_that_was_said_in_its_run(either: Records) -> None:
    await say(either.timeline, "r1", SECRET, f"{SECRET} answered")
    await say(either.timeline, "r2", "Another run.")
    await either.append(row(SECRET, answer=f"{SECRET} answered", run="r1"))
    await either.delete(await either.rows("w"))
    assert [entry.text for entry in await either.timeline.find(Query())] == ["", "", "Another run.", ""]


async def test_what_is_deleted_leaves_the_others(either: Records) -> None:
    for question in ("one", "two", "three"):
        await either.append(row(question))
    await either.delete([(await either.rows("w"))[1]])
    assert questions(await either.rows("w")) == ["one", "three"]


async def test_a_thousand_runs_are_read_at_once(records: Records) -> None:
    said = [
        Entry(thread="c", run=f"r{i}", who="x", kind="utterance", parts=(Part("text", f"Why {i}?"),))
        for i in range(1000)
    ]
    await records.timeline.append(*said)
    for i in range(1000):
        await records.append(row(f"Why {i}?", run=f"r{i}"))
    before = time.monotonic()
    assert len(await records.rows("w")) == 1000
    assert time.monotonic() - before < 1


async def test_a_file_that_is_no_record_is_said(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("not a database, but long enough to look like one " * 40, encoding="utf-8")
    with pytest.raises(StorageError, match=r"timeline.sqlite: this is no record of ours, .* Move it away"):
        async with open_timeline(file):
            pass


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


async def kept_of(home: Path) -> Row:
    async with open_timeline(home / "data" / "timeline.sqlite") as timeline:
        (found,) = await Records(timeline).rows("tiny_tutor")
        return found


async def test_a_finished_run_leaves_what_its_workflow_declares(tutor: Workflow, own_home: Path) -> None:
    chat = Scripted(["Because light scatters."])
    await run(tutor, "Why?", engines={"chat": chat}, record=True, thread="c7")
    kept = await kept_of(own_home)
    declared = {"question": "Why?", "answer": "Because light scatters.", "outcome": "answered", "part": 10}
    assert (kept.values, kept.outcome, kept.conversation) == (declared, "answered", "c7")


async def test_of_a_run_that_is_not_kept_only_its_record_is(tutor: Workflow, own_home: Path) -> None:
    await run(tutor, "Why?", engines={"chat": Scripted(["So."])}, record=True)
    async with open_timeline(own_home / "data" / "timeline.sqlite") as timeline:
        assert [entry.kind for entry in await timeline.find(Query())] == ["record"]


@pytest.fixture(params=["sqlite", "postgres"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> App:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    chat = {"engine": "openai", "base_url": "http://127.0.0.1:9/v1", "model": "none"}
    storage = {"folder": str(tmp_path / "kept"), "url": url}
    return App.model_validate({"schema": "app/v1", "models": {"chat": chat}, "storage": storage})


async def test_the_words_of_a_kept_run_are_forgotten_with_its_record(tutor: Workflow, app: App) -> None:
    chat = Scripted(["Secret octopuses."])
    await run(tutor, f"{SECRET}?", app=app, engines={"chat": chat}, record=True, durable=True)
    async with open_timeline(app) as timeline:
        (found,) = rows = await Records(timeline).rows("tiny_tutor")
        assert (found.values["question"], found.values["answer"]) == (f"{SECRET}?", "Secret octopuses.")
        await Records(timeline).delete(rows)
        assert "octopus" not in str(await timeline.find(Query(revisions=True)))
    assert b"octopus" not in b"".join(path.read_bytes() for path in app.data.rglob("*") if path.is_file())


async def test_a_run_that_is_gone_on_with_is_recorded_since_it_began(tutor: Workflow, app: App) -> None:
    with pytest.raises(EndpointBrokeOff):
        await run(tutor, "Why?", app=app, engines={"chat": Scripted([])}, record=True, durable=True)
    async with open_store(app) as store:
        (broken,) = await store.runs.list()
        await resume(broken.id, app=app, workflow=tutor, engines={"chat": Scripted(["So."])}, record=True, store=store)
        (found,) = await Records(store.timeline).rows("tiny_tutor")
    assert (found.run, found.conversation, found.values["question"]) == (broken.id, broken.thread, "Why?")
    assert found.began.timestamp() == pytest.approx(broken.began)


async def test_the_times_of_a_run_are_kept(tutor: Workflow, own_home: Path) -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    await run(tutor, "Why?", engines={"chat": Scripted(["So."])}, record=True)
    kept = await kept_of(own_home)
    assert before <= kept.began <= kept.began + timedelta(seconds=kept.seconds) <= datetime.now(UTC)


async def test_a_sentence_that_was_rewritten_is_kept(tutor: Workflow, own_home: Path) -> None:
    chat = Scripted(["This sentence is much too long.", "This is short."])
    await run(tutor, "Why?", engines={"chat": chat}, record=True)
    assert (await kept_of(own_home)).values["rewritten"] == [
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
