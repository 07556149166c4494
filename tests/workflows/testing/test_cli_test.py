"""`antiphon test`: what it prints, how it ends, and what takes place becomes a test that passes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from antiphon import run
from antiphon.agents.models.abilities import Abilities
from antiphon.agents.models.chat import Reply, ToolCall
from antiphon.agents.models.scripted import Scripted
from antiphon.agents.roles.types import App
from antiphon.workflows.cli.main import main
from antiphon.workflows.loading import load_with
from antiphon.workflows.testing.judging import says
from antiphon.workflows.testing.outcomes import Outcome
from antiphon.workflows.testing.playing import Job, play
from antiphon.workflows.testing.reading import read_suite
from antiphon.workflows.testing.recording import Recording
from antiphon.workflows.testing.reporting import Rate, as_junit
from antiphon.workflows.testing.saving import save

APP = App.model_validate({"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": "none"}}})
Write = Callable[..., Path]
READ = "script: [{json: {item: pencil, count: 3}}]"
GOOD = f"- {{name: good, say: Three pencils, {READ}, answers: {{agree: false}}, expect: {{equals: Then not.}}}}\n"
BAD = f"- {{name: bad, say: Three pencils, {READ}, answers: {{agree: false}}, expect: {{contains: 391}}}}\n"


@pytest.fixture
def antiphon(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Call the command; its status and what it printed."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["antiphon", *map(str, arguments)])
        status = 0
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return call


def test_a_line_for_each_test_and_what_they_come_to(antiphon: Any, write: Write) -> None:
    write(GOOD)
    status, out, _ = antiphon("test", "--python", "tools.py")
    lines = out.splitlines()
    assert (status, lines[0], lines[1][:8], lines[2][:11]) == (0, "tests.yaml", "  ✓ good", "1 passed in")


def test_a_failure_says_what_was_expected_said_and_called(antiphon: Any, write: Write) -> None:
    write(GOOD + BAD)
    status, out, _ = antiphon("test", "tests.yaml", "--python", "tools.py")
    assert status == 1
    assert [line.strip() for line in out.splitlines()[3:-1]] == [
        "at tests.yaml:5:3",
        "'Three pencils'",
        "the answer should say 391",
        "said:   Then not.",
        'called: price_of(item="pencil")',
    ]


def test_a_mistake_in_the_file_is_status_2(antiphon: Any, write: Write) -> None:
    write("- {name: a, sya: hi}\n")
    status, _, err = antiphon("test", "tests.yaml", "--python", "tools.py")
    assert (status, "Did you mean 'say'?" in err) == (2, True)


def test_only_the_tests_that_are_wanted_are_played(antiphon: Any, write: Write) -> None:
    write(GOOD + BAD)
    status, out, _ = antiphon("test", "tests.yaml", "--python", "tools.py", "-k", "GOOD", "--json")
    told = json.loads(out)
    assert (status, told["passed"], [one["name"] for one in told["tests"]]) == (0, 1, ["good"])


def test_a_build_server_is_told(antiphon: Any, write: Write, folder: Path) -> None:
    write(GOOD + BAD)
    antiphon("test", "tests.yaml", "--python", "tools.py", "--junit", "report.xml")
    root = ElementTree.parse(folder / "report.xml").getroot()
    failure = root.find("testsuite/testcase[@name='bad']/failure")
    assert (root.get("tests"), root.get("failures")) == ("2", "1")
    assert failure is not None
    assert failure.get("message") == "the answer should say 391"


def test_xml_holds_no_control_characters() -> None:
    data = as_junit([Outcome(Path("a"), "bell \x07 \ufffe", "a:1:1", "passed", 0.0)])
    assert ElementTree.fromstring(data)[0][0].get("name") == "bell  "


def test_what_is_repeated_is_a_rate(antiphon: Any, write: Write) -> None:
    write(GOOD)
    _, out, _ = antiphon("test", "tests.yaml", "--python", "tools.py", "--repeat", "4")
    assert "good: 4 of 4 passed (100%; 95 % interval 51% to 100%)" in out


def test_a_rate_knows_how_sure_it_is() -> None:
    assert str(Rate(8, 10)) == "8 of 10 passed (80%; 95 % interval 49% to 94%)"


@pytest.mark.parametrize(
    ("said", "part", "found"),
    [
        ("That makes 1,391 yuan.", 1391, True),
        ("That makes 1391 yuan.", 391, False),
        ("3.50 yuan", 3.5, True),
        ("共1391元", 1391, True),
        ("The  Sky is blue", "the sky", True),
        ("-5 degrees", 5, False),
    ],
)
def test_numbers_are_found_whole_and_letters_in_any_size(said: str, part: Any, found: bool) -> None:
    assert says(said, part) is found


def test_what_takes_place_becomes_a_test_that_passes(antiphon: Any, folder: Path, app_answering: Any) -> None:
    app = app_answering('{"item": "pencil", "count": 3}', '{"item": "pencil", "count": 2}')
    given = ("--python", "tools.py", "--app", app, "--answer", "agree=yes", "--no-record", "--save-test", "rec.yaml")
    antiphon("run", "order.yaml", "--text", "Three pencils", *given)
    status, _, err = antiphon("run", "order.yaml", "--text", "Three pencils", *given)
    assert (status, "'Three pencils (2)' is in rec.yaml" in err) == (0, True)
    status, out, _ = antiphon("test", "rec.yaml", "--python", "tools.py", "--json")
    told = json.loads(out)
    assert (status, told["passed"]) == (0, 2), out
    assert told["tests"][0]["turns"][0]["said"] == "3 of pencil are on their way."
    assert (folder / "ledger").read_text() == "3 pencil\n2 pencil\n"


def test_a_talk_becomes_a_test_of_several_turns(
    antiphon: Any, folder: Path, app_answering: Any, monkeypatch: Any
) -> None:
    import io

    app = app_answering('{"item": "pencil", "count": 3}', '{"item": "pencil", "count": 2}')
    monkeypatch.setattr("sys.stdin", io.StringIO("Three pencils\nTwo: pencils\n\n"))
    given = ("--python", "tools.py", "--app", app, "--answer", "agree=yes", "--no-record", "--save-test", "rec.yaml")
    antiphon("chat", "order.yaml", *given)
    status, out, _ = antiphon("test", "rec.yaml", "--python", "tools.py", "--json")
    told = json.loads(out)
    assert (status, [turn["say"] for turn in told["tests"][0]["turns"]]) == (0, ["Three pencils", "Two: pencils"]), out


AGENT = """\
schema: workflow/v1
name: helper
input: {text: {type: string}}
state: {answer: {type: string}}
output: {answer: "${state.answer}"}
tools: {price_of: {}, send_order: {}}
start: think
nodes:
  think:
    kind: agent
    prompt: {user: "{{ input.text }}"}
    tools: [price_of, send_order]
    plan: react
    into: answer
    next: show
  show: {kind: speak, from: "${state.answer}", next: end}
"""


async def test_what_an_agent_decided_by_likelihood_is_decided_again(folder: Path) -> None:
    (folder / "order.yaml").write_text(AGENT, encoding="utf-8")
    workflow = load_with("order.yaml", [Path("tools.py")])
    likely = Reply("", logprobs=({"price": -0.1, "send": -9.0, "none": -8.0},))
    chat, recording = (
        Scripted([likely, '{"item": "pencil"}', Reply("", logprobs=({"none": 0.0},)), "2.5 yuan."]),
        Recording(),
    )
    result = await run(workflow, "What is a pencil?", app=APP, engines={"chat": chat, "double": recording})
    recording.went_on({"text": "What is a pencil?"}, result.events)
    save(folder / "rec.yaml", recording.case(), workflow)
    outcome = await play(Job(read_suite(folder / "rec.yaml", APP, [Path("tools.py")]), 0), real=False)
    assert (outcome.problems, len(outcome.turns[0].calls)) == ((), 1)


CALL = Reply("", calls=(ToolCall("c1", "price_of", '{"item": "pencil"}'),), finish="tool_calls")
LOOK = '{"thought": "Look.", "calls": [{"tool": "price_of", "arguments": {"item": "pencil"}}]}'
WORDS = Scripted([LOOK, '{"answer": "2.5 yuan."}'])


@pytest.mark.parametrize(
    ("able", "script", "decisions"),
    [(Abilities(tools=True), Scripted([CALL, "2.5 yuan."]), "native"), (Abilities(schema=False), WORDS, "words")],
    ids=["native", "words"],
)
async def test_an_agent_is_recorded_as_it_decided(folder: Path, able: Any, script: Scripted, decisions: str) -> None:
    (folder / "order.yaml").write_text(AGENT, encoding="utf-8")
    workflow = load_with("order.yaml", [Path("tools.py")])
    script.abilities = able  # type: ignore[attr-defined]
    recording = Recording()
    result = await run(workflow, "What is a pencil?", app=APP, engines={"chat": script, "double": recording})
    recording.went_on({"text": "What is a pencil?"}, result.events)
    save(folder / "rec.yaml", recording.case(), workflow)
    read = read_suite(folder / "rec.yaml", APP, [Path("tools.py")])
    outcome = await play(Job(read, 0), real=False)
    assert (outcome.problems, read.suite.tests[0].decisions) == ((), decisions)


def test_a_test_is_never_written_over_something_else(antiphon: Any, folder: Path) -> None:
    before = (folder / "order.yaml").read_text()
    status, _, _ = antiphon("run", "order.yaml", "--python", "tools.py", "--text", "x", "--save-test", "order.yaml")
    assert (status, (folder / "order.yaml").read_text()) == (2, before)
