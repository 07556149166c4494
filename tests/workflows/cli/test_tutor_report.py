"""A parent's view: `antiphon tutor report` and `forget`, and what `run` leaves for them."""

import asyncio
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.agents.timeline.opening import open_timeline
from antiphon.workflows.report.days import Question, question_of, report_of, seconds_spent
from antiphon.workflows.report.labels import LABELS, label
from antiphon.workflows.report.page import page
from antiphon.workflows.run.records import Records, Row

Call = Callable[..., Any]

SUNDAY = date(2026, 11, 22)
WEEK = ("--since", "2026-11-16", "--until", "2026-11-22")
OCTOPUS = [{"title": "Octopus", "source": "knowledge/en/octopus.md"}]


def row(question: str, outcome: str = "answered", *, days: int = 0, minutes: int = 0, **values: Any) -> Row:
    began = datetime.combine(SUNDAY - timedelta(days=days), time(16, 2)).astimezone() + timedelta(minutes=minutes)
    answer = "I don't know that yet." if outcome == "dont_know" else f"The answer to {question}"
    return Row("child_tutor", began, 12, outcome, {"question": question, "answer": answer, **values})


async def keep(where: Path | str, *rows: Row) -> None:
    async with open_timeline(where) as timeline:
        for one in rows:
            await Records(timeline).append(one)


def rows_in(where: Path | str) -> list[Row]:
    async def found() -> list[Row]:
        async with open_timeline(where) as timeline:
            return await Records(timeline).rows("child_tutor")

    return asyncio.run(found())


@pytest.fixture
def file(own_home: Path) -> Path:
    """Where this user's record lies."""
    return own_home / "data" / "timeline.sqlite"


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    """A week with a tutor."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    rows = (
        row("How many hearts?", topic="octopus", sources=OCTOPUS),
        row("Where does it live?", minutes=2, topic="octopus", sources=OCTOPUS),
        row("How do I make a bomb?", "refused", minutes=3, reason="weapons"),
        row("What is a quasar?", "dont_know", days=1),
        row("Hello!", "greeted", days=1, minutes=1),
        row("My uncle hits me", "refused", days=3, reason="being_hurt"),
        row("Long ago", days=10, topic="moon"),
    )
    asyncio.run(keep(file, *rows))


@pytest.mark.usefixtures("kept")
def test_the_summary_counts_questions_and_how_they_ended(antiphon: Call) -> None:
    called = antiphon("tutor", "report", *WEEK)
    assert called.out.splitlines()[:3] == [
        "What the child asked, 16 November 2026 to 22 November 2026",
        "5 questions: 2 answered, 1 not known, 2 refused · 5 minutes",
        "Asked about most: Octopus 2",
    ]


@pytest.mark.usefixtures("kept")
def test_a_question_is_shown_with_its_time_answer_and_source(antiphon: Call) -> None:
    assert (
        "  16:02  How many hearts?\n"
        "         Tutor: The answer to How many hearts?\n"
        "         Source: Octopus knowledge/en/octopus.md\n"
    ) in antiphon("tutor", "report", *WEEK).out


@pytest.mark.usefixtures("kept")
def test_a_refusal_says_what_of_in_words(antiphon: Call) -> None:
    assert (
        "  16:02  My uncle hits me\n"
        "         ✗ refused: Somebody hits, touches, threatens, bullies or neglects the child or the family, "
        "or the child is afraid of somebody.\n"
        "         Please talk with the child about this soon.\n"
    ) in antiphon("tutor", "report", *WEEK).out


@pytest.mark.usefixtures("kept")
def test_the_newest_day_comes_first(antiphon: Call) -> None:
    lines = antiphon("tutor", "report", *WEEK).out.splitlines()
    days = [line.split(" · ")[0] for line in lines if line.startswith(("Sunday", "Saturday", "Thursday"))]
    assert days == ["Sunday 22 November 2026", "Saturday 21 November 2026", "Thursday 19 November 2026"]


@pytest.mark.usefixtures("kept")
def test_the_report_says_where_the_record_lies(antiphon: Call, file: Path) -> None:
    assert f"The record is kept in {file}\n" in antiphon("tutor", "report", *WEEK).out


@pytest.mark.usefixtures("kept")
def test_the_report_is_chinese_in_a_chinese_environment(antiphon: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert antiphon("tutor", "report", *WEEK).out.splitlines()[:3] == [
        "孩子问了什么，2026年11月16日至2026年11月22日",
        "5 个问题：回答了 2 个，不知道 1 个，拒绝了 2 个 · 5 分钟",
        "问得最多：Octopus 2",
    ]


@pytest.mark.usefixtures("kept")
def test_a_language_that_is_asked_for_counts(antiphon: Call) -> None:
    assert (
        "✗ 拒绝回答：孩子想制作、弄到、携带或使用武器、炸药。"
        in antiphon("tutor", "report", *WEEK, "--language", "zh").out
    )


@pytest.mark.parametrize("name", LABELS)
def test_both_languages_put_the_same_parts_in(name: str) -> None:
    english, chinese = (label(name, language, 7, 8) for language in ("en", "zh"))
    assert english
    assert chinese
    assert ("7" in english, "8" in english) == ("7" in chinese, "8" in chinese)


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("options", "asked"),
    [
        (("--day", "2026-11-21"), ["What is a quasar?", "Hello!"]),
        (("--until", "2026-11-19"), ["My uncle hits me"]),
        (("--since", "2026-11-01", "--until", "2026-11-12"), ["Long ago"]),
        ((*WEEK, "--topic", "Octopus"), ["How many hearts?", "Where does it live?"]),
        ((*WEEK, "--topic", "moon"), []),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_report_is_of_what_was_asked_for(antiphon: Call, options: tuple[str, ...], asked: list[str]) -> None:
    made = json.loads(antiphon("tutor", "report", "--json", *options).out)
    assert [one["question"] for day in made["days"] for one in day["questions"]] == asked


def test_by_default_it_is_of_the_last_seven_days(antiphon: Call) -> None:
    made = json.loads(antiphon("tutor", "report", "--json").out)
    assert (date.fromisoformat(made["until"]) - date.fromisoformat(made["since"])).days == 6


def test_a_time_without_a_record_is_said(antiphon: Call, own_home: Path) -> None:
    called = antiphon("tutor", "report", "--language", "en")
    assert (called.status, called.out.splitlines()[1]) == (0, "Nothing is recorded of this time.")
    assert not (own_home / "data").exists()


MISTAKES = {
    "no date": (("report", "--day", "22.11.2026"), "--day: '22.11.2026' is no date. Write it like "),
    "a day that never was": (("report", "--since", "2026-02-30"), "--since: '2026-02-30' is no date."),
    "a time turned round": (("report", *WEEK, "--since", "2026-11-30"), "2026-11-30 is after"),
    "a day and a time": (("report", "--day", "today", *WEEK), "Leave one out."),
    "nothing to forget": (("forget",), "say what to delete. Give one of --day DATE, --topic TOPIC and --all."),
    "two things to forget": (("forget", "--all", "--day", "today"), "say what to delete."),
    "a wrong date to forget": (("forget", "--day", "tomorow"), "--day: 'tomorow' is no date."),
    "a folder that is not there": (("report", "--html", "none/r.html"), "none/r.html: cannot write: the folder"),
}


@pytest.mark.parametrize(("arguments", "said"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_parents_mistake_is_one_message(antiphon: Call, arguments: tuple[str, ...], said: str) -> None:
    called = antiphon("tutor", *arguments)
    assert (called.status, said in called.err, "Traceback" in called.err) == (2, True, False)


class Elements(HTMLParser):
    """The tags of a page, and what its attributes fetch from elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [f"{tag} {name}" for name, _ in attrs if name in ("src", "srcset", "data", "background")]


@pytest.mark.usefixtures("kept")
def test_the_page_needs_nothing_from_elsewhere(antiphon: Call, tmp_path: Path) -> None:
    antiphon("tutor", "report", *WEEK, "--html", tmp_path / "r.html")
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    elements = Elements(text)
    assert ({"script", "link", "img", "iframe"} & {*elements.tags}, elements.fetched) == (set(), [])
    assert "url(" not in text
    assert "@import" not in text


@pytest.mark.usefixtures("kept")
def test_the_page_has_headings_captions_and_bars(antiphon: Call, tmp_path: Path) -> None:
    antiphon("tutor", "report", *WEEK, "--html", tmp_path / "r.html")
    tags = Elements((tmp_path / "r.html").read_text(encoding="utf-8")).tags
    counts = [tags.count(tag) for tag in ("h1", "h3", "table", "caption", "rect")]
    assert counts == [1, 3, 2, 2, 15]


@pytest.mark.usefixtures("kept")
def test_on_the_page_the_refusal_that_calls_for_care_comes_first(antiphon: Call, tmp_path: Path) -> None:
    antiphon("tutor", "report", *WEEK, "--html", tmp_path / "r.html")
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert text.index("My uncle hits me") < text.index("How do I make a bomb?") < text.index("How many hearts?")


EVIL = '<script>alert("x")</script>'


def test_words_on_the_page_are_only_words() -> None:
    evil = row(EVIL, answer=EVIL, topic=EVIL, sources=[{"title": EVIL, "source": "javascript:alert(1)"}])
    text = page(report_of([evil], SUNDAY, SUNDAY, {}, "en"), "en", about=EVIL)
    elements = Elements(text)
    assert ({"script", "a"} & {*elements.tags}, "&lt;script&gt;" in text) == (set(), True)


def test_words_do_not_steer_the_terminal() -> None:
    assert question_of(row("why\x1b[31m\r\nis\u202e it red?"), {}, "en").question == "why [31m is it red?"


@given(st.dictionaries(st.sampled_from(["question", "answer", "topic", "reason", "sources", "rewritten"]), st.none()
       | st.integers() | st.text() | st.lists(st.text() | st.dictionaries(st.text(), st.text()))))  # fmt: skip
def test_a_row_with_anything_in_it_can_be_shown(values: dict[str, Any]) -> None:
    strange = Row("child_tutor", datetime.now(UTC), 1.0, "", values)
    assert isinstance(question_of(strange, {}, "zh"), Question)


def test_pauses_of_minutes_count_as_time_and_pauses_of_hours_do_not() -> None:
    minutes = (0, 3, 3, 120)
    asked = [question_of(row("Why?", minutes=minute), {}, "en") for minute in minutes]
    assert seconds_spent(asked) == 3 * 60 + 12 + 12


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("what", "left"),
    [(("--day", "2026-11-22"), 4), (("--topic", "octopus"), 5), (("--topic", "OCTOPUS "), 5), (("--all",), 0)],
    ids=["a day", "a topic by its id", "a topic by its title", "everything"],
)
def test_what_a_parent_deletes_is_gone(antiphon: Call, file: Path, what: tuple[str, ...], left: int) -> None:
    called = antiphon("tutor", "forget", *what, "--yes", "--language", "en")
    assert (called.status, len(rows_in(file))) == (0, left)


@pytest.mark.usefixtures("kept")
def test_before_it_deletes_it_says_how_much_and_asks(
    antiphon: Call, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    called = antiphon("tutor", "forget", "--day", "2026-11-22")
    assert "This deletes 3 entries, for good." in called.err
    assert (called.out, len(rows_in(file))) == ("", 7)


@pytest.mark.usefixtures("kept")
def test_where_nobody_can_answer_yes_is_needed(antiphon: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    called = antiphon("tutor", "forget", "--all")
    assert (called.status, "Give --yes." in called.err) == (2, True)


def test_nothing_to_delete_is_said(antiphon: Call) -> None:
    called = antiphon("tutor", "forget", "--all", "--language", "en")
    assert (called.status, called.out) == (0, "There is nothing to delete.\n")


TINY = """\
schema: workflow/v1
name: child_tutor
input: {text: {type: string}}
state: {answer: {type: string}, outcome: {type: string}}
output: {answer: "${state.answer}"}
record: {question: "${input.text}", answer: "${state.answer}", outcome: "${state.outcome}"}
start: answer
nodes:
  answer: {kind: set, values: {answer: "Because.", outcome: answered}, next: say}
  say: {kind: speak, from: "${state.answer}", next: end}
"""


@pytest.fixture
def tiny(tmp_path: Path, app_answering: Callable[..., Path]) -> tuple[object, ...]:
    """A workflow that needs no model, as arguments."""
    (tmp_path / "workflow.yaml").write_text(TINY, encoding="utf-8")
    return tmp_path / "workflow.yaml", "--app", app_answering()


def test_what_is_asked_on_the_command_line_is_in_the_report(antiphon: Call, tiny: tuple[object, ...]) -> None:
    antiphon("run", *tiny, "--text", "Why is the sky blue?")
    assert "Why is the sky blue?\n         Tutor: Because." in antiphon("tutor", "report", "--language", "en").out


def test_with_the_record_goes_all_that_the_timeline_has_of_the_run(
    antiphon: Call, tiny: tuple[object, ...], file: Path
) -> None:
    antiphon("run", *tiny, "--text", "Why is the sky blue?")
    assert b"Why is the sky blue?" in bytes_of(file)
    antiphon("tutor", "forget", "--all", "--yes")
    assert (b"Why is the sky blue?" in bytes_of(file), b"Because" in bytes_of(file)) == (False, False)


def bytes_of(file: Path) -> bytes:
    return b"".join(path.read_bytes() for path in file.parent.iterdir() if path.is_file())


def test_in_a_database_it_is_the_same(
    antiphon: Call, tiny: tuple[object, ...], own_home: Path, postgres_url: str
) -> None:
    app = Path(str(tiny[-1]))
    app.write_text(f"{app.read_text(encoding='utf-8')}storage: {{url: '{postgres_url}'}}\n", encoding="utf-8")
    antiphon("run", *tiny, "--text", "Why is the sky blue?")
    shown = antiphon("tutor", "report", "--language", "en", "--app", app).out
    assert "Why is the sky blue?\n         Tutor: Because." in shown
    assert "The record is kept in the database that app.yaml names\n" in shown
    antiphon("tutor", "forget", "--all", "--yes", "--app", app)
    assert (rows_in(postgres_url), (own_home / "data").exists()) == ([], False)


def test_the_turns_of_a_chat_belong_together(
    antiphon: Call, tiny: tuple[object, ...], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("One?\nTwo?\n"))
    antiphon("chat", *tiny)
    kept = rows_in(file)
    assert [one.values["question"] for one in kept] == ["One?", "Two?"]
    assert len({one.conversation for one in kept} - {""}) == 1


def test_no_record_is_kept_where_the_command_says_so(antiphon: Call, tiny: tuple[object, ...], own_home: Path) -> None:
    assert antiphon("run", *tiny, "--text", "Why?", "--no-record").out == "Because.\n"
    assert not (own_home / "data").exists()


def test_no_record_is_kept_where_the_app_says_so(antiphon: Call, tiny: tuple[object, ...], own_home: Path) -> None:
    app = Path(str(tiny[-1]))
    app.write_text(app.read_text(encoding="utf-8") + "record: false\n", encoding="utf-8")
    assert antiphon("run", *tiny, "--text", "Why?").out == "Because.\n"
    assert not (own_home / "data").exists()
